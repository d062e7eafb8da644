/** The texts of the page in the visitor's language. */

import { en } from './i18n/en.js';

/** @typedef {import('./i18n/en.js').Texts} Texts */
/** @typedef {{[Key in keyof Texts]: Texts[Key] extends string ? Key : never}[keyof Texts]} TextKey */

/** Each in its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', ja: '日本語' };

/** @typedef {keyof typeof LANGUAGES} Language */

/** @type {Record<Language, () => Promise<Texts>>} */
const LOADERS = {
  en: async () => en,
  de: async () => (await import('./i18n/de.js')).de,
  es: async () => (await import('./i18n/es.js')).es,
  fr: async () => (await import('./i18n/fr.js')).fr,
  ja: async () => (await import('./i18n/ja.js')).ja,
};

const STORAGE_KEY = 'undercover-language';

/** @type {Language} */
let language = 'en';
let texts = en;

/** @param {string} wanted @returns {wanted is Language} */
const isLanguage = (wanted) => Object.hasOwn(LANGUAGES, wanted);

/** @returns {Language} chosen before, else the first of the browser's that there is */
export function preferredLanguage() {
  const wanted = [remembered(), ...navigator.languages.map((tag) => tag.split('-')[0])];
  return wanted.find(isLanguage) ?? 'en';
}

/**
 * Loads a language and translates what the document holds.
 * @param {string} wanted
 */
export async function useLanguage(wanted) {
  if (!isLanguage(wanted)) return;
  texts = await LOADERS[wanted]();
  language = wanted;
  document.documentElement.lang = wanted;
  document.title = texts.title;
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

export function currentLanguage() {
  return language;
}

/**
 * @param {TextKey} key
 * @param {Record<string, string | number>} [values]
 */
export function text(key, values = {}) {
  return fill(texts[key], values);
}

/** @param {string} genre */
export function genreName(genre) {
  return genre in texts.genres ? texts.genres[/** @type {keyof Texts['genres']} */ (genre)] : genre;
}

/** @param {{code?: string, message?: string, detail?: string}} error */
export function errorText({ code = 'other', message = '', detail = '' }) {
  const key = code === 'panic' ? 'crashed' : code in texts.errors ? code : 'other';
  const template = texts.errors[/** @type {keyof Texts['errors']} */ (key)];
  return fill(template, { message, detail });
}

/** @param {number} probability from 0 to 1 */
export function percent(probability) {
  return new Intl.NumberFormat(language, { style: 'percent' }).format(probability);
}

/**
 * @param {number} value
 * @param {number} [digits] after the point
 */
export function number(value, digits = 0) {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/**
 * @param {string} template
 * @param {Record<string, string | number>} values
 */
function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * Elements say what they hold: `data-text="key"`, `data-label="key"` (for `aria-label`), `data-placeholder="key"`.
 * @param {ParentNode} root
 */
function translate(root) {
  for (const element of root.querySelectorAll('[data-text]')) {
    element.textContent = text(/** @type {TextKey} */ (/** @type {HTMLElement} */ (element).dataset.text));
  }
  for (const [attribute, name] of [['label', 'aria-label'], ['placeholder', 'placeholder']]) {
    for (const element of root.querySelectorAll(`[data-${attribute}]`)) {
      element.setAttribute(name, text(/** @type {TextKey} */ (element.getAttribute(`data-${attribute}`))));
    }
  }
}
