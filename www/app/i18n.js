/** The texts of the page in the visitor's language. */

import { LANGUAGES, Wording, chooseLanguage } from '../texts/wording.js';

export { LANGUAGES };

/** @typedef {import('../texts/wording.js').TextKey} TextKey */

const STORAGE_KEY = 'undercover-language';

let wording = Wording.english;

/** Chosen before, else the first of the browser's that there is. */
export function preferredLanguage() {
  return chooseLanguage([remembered(), ...navigator.languages]);
}

/**
 * Loads a language and translates what the document holds.
 * @param {string} wanted
 */
export async function useLanguage(wanted) {
  wording = await Wording.load(wanted);
  document.documentElement.lang = wording.language;
  const title = document.querySelector('title');
  if (title?.dataset.text) document.title = text(/** @type {TextKey} */ (title.dataset.text));
  translate(document);
}

/** @param {string} chosen by the visitor */
export function rememberLanguage(chosen) {
  try {
    localStorage.setItem(STORAGE_KEY, chosen);
  } catch {
    // A browser may forbid storage: the choice then lasts as long as the page.
  }
}

function remembered() {
  try {
    return localStorage.getItem(STORAGE_KEY) ?? '';
  } catch {
    return '';
  }
}

/** The language in use, for what writes in it itself. */
export function currentWording() {
  return wording;
}

export function currentLanguage() {
  return wording.language;
}

/** @type {Wording['text']} */
export const text = (key, values) => wording.text(key, values);

/** @type {Wording['genreName']} */
export const genreName = (genre) => wording.genreName(genre);

/** @type {Wording['errorText']} */
export const errorText = (error) => wording.errorText(error);

/** @type {Wording['percent']} */
export const percent = (probability) => wording.percent(probability);

/** @type {Wording['number']} */
export const number = (value, digits) => wording.number(value, digits);

/**
 * Elements say what they hold: `data-text="key"`, `data-label="key"` (for `aria-label`), `data-placeholder="key"`.
 * @param {ParentNode} root
 */
function translate(root) {
  for (const element of root.querySelectorAll('body [data-text]')) {
    element.textContent = text(/** @type {TextKey} */ (/** @type {HTMLElement} */ (element).dataset.text));
  }
  for (const [attribute, name] of [['label', 'aria-label'], ['placeholder', 'placeholder']]) {
    for (const element of root.querySelectorAll(`[data-${attribute}]`)) {
      element.setAttribute(name, text(/** @type {TextKey} */ (element.getAttribute(`data-${attribute}`))));
    }
  }
}
