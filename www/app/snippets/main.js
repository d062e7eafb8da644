/** The page that makes snippets, and shows at once what they make. */

import '../../under-cover.js';

import { create, element } from '../dom.js';
import { LANGUAGES, currentLanguage, genreName, preferredLanguage, rememberLanguage, text, useLanguage } from '../i18n.js';
import { say } from '../view/status.js';
import { attributesOf, frameAddress, makePolicy, makeSnippet } from './make.js';

/** @typedef {import('./make.js').Choice} Choice */

const GENRES = ['ambient', 'classical', 'country', 'electronic', 'folk', 'hiphop', 'jazz', 'metal', 'pop', 'rock'];

/** Where this page lies, the program lies as well. */
const SITE = new URL('../../', import.meta.url).href;

const form = element('choice', HTMLFormElement);
const genres = element('genres', HTMLElement);
const preview = element('preview', HTMLElement);
const code = element('code', HTMLElement);

await useLanguage(preferredLanguage());
listenToLanguage(element('language', HTMLSelectElement));
element('lang', HTMLSelectElement).append(...languageOptions());
listGenres();
form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
element('copy', HTMLButtonElement).addEventListener('click', copy);
show();

/** @returns {Choice} */
function read() {
  const data = new FormData(form);
  const get = (/** @type {string} */ name) => String(data.get(name) ?? '').trim();
  return {
    kind: /** @type {Choice['kind']} */ (get('kind')),
    site: SITE,
    cover: get('cover'),
    genres: data.getAll('genres').map(String),
    topK: Math.min(10, Math.max(1, Number(get('top-k')) || 3)),
    lang: get('lang'),
    backend: /** @type {Choice['backend']} */ (get('backend')),
    saliency: data.has('saliency'),
    eager: data.has('eager'),
    origin: get('origin'),
    selector: get('selector') || 'img',
  };
}

function show() {
  const choice = read();
  for (const field of form.querySelectorAll('[data-for]')) {
    const kinds = /** @type {HTMLElement} */ (field).dataset.for?.split(' ');
    /** @type {HTMLElement} */ (field).hidden = !kinds?.includes(choice.kind);
  }
  code.textContent = makeSnippet(choice);
  element('policy', HTMLElement).textContent = makePolicy(choice);
  preview.replaceChildren(createPreview(choice));
}

/**
 * The real thing, of this site's own files. Badges and the API show their answer in the element's stead.
 * @param {Choice} choice
 */
function createPreview(choice) {
  const shown = { ...choice, cover: choice.cover || (choice.kind === 'annotate' ? 'samples/quintet.webp' : '') };
  if (choice.kind === 'frame') {
    const frame = create('iframe', { title: text('preview'), width: '320', height: '520', sandbox: 'allow-scripts' });
    frame.src = frameAddress({ ...shown, origin: '' });
    return frame;
  }
  const made = document.createElement('under-cover');
  for (const [name, value] of attributesOf(shown)) made.setAttribute(name, value);
  return made;
}

async function copy() {
  try {
    await navigator.clipboard.writeText(code.textContent ?? '');
    say(text('copied'));
  } catch {
    // The browser may refuse: then it is marked, to be copied by hand.
    getSelection()?.selectAllChildren(code);
    say(text('copyByHand'));
  }
}

function listGenres() {
  const chosen = new Set(read().genres);
  genres.replaceChildren(
    ...GENRES.map((genre) => {
      const box = create('input', { type: 'checkbox', name: 'genres', value: genre });
      box.checked = chosen.has(genre);
      return create('label', {}, [box, create('span', { text: genreName(genre) })]);
    }),
  );
}

function languageOptions() {
  return Object.entries(LANGUAGES).map(([tag, name]) => create('option', { value: tag, lang: tag, text: name }));
}

/** @param {HTMLSelectElement} select */
function listenToLanguage(select) {
  select.append(...languageOptions());
  select.value = currentLanguage();
  select.addEventListener('change', async () => {
    rememberLanguage(select.value);
    await useLanguage(select.value);
    listGenres();
    show();
    say('');
  });
}
