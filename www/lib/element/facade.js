/** What the element shows before anything is loaded. */

import { FACADE } from '../../texts/facade.js';
import { STYLE } from './style.js';

/** @type {Map<string, CSSStyleSheet>} */
const sheets = new Map();

/**
 * Made by script: a content security policy that forbids inline styles has nothing against it.
 * @param {string} style
 */
export function styleSheet(style) {
  const sheet = sheets.get(style) ?? new CSSStyleSheet();
  if (!sheets.has(style)) sheet.replaceSync(style);
  sheets.set(style, sheet);
  return sheet;
}

/**
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElement}
 */
export function make(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export class Facade {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.root = root;
    root.adoptedStyleSheets = [styleSheet(STYLE)];
    this.image = /** @type {HTMLImageElement} */ (make('img', { part: 'image', alt: '', hidden: '' }));
    this.slot = /** @type {HTMLSlotElement} */ (make('slot'));
    this.cover = make('div', { part: 'cover' }, [this.slot, this.image]);
    this.words = make('span');
    this.ask = /** @type {HTMLButtonElement} */ (
      make('button', { part: 'ask', type: 'button' }, [make('slot', { name: 'ask' }, [this.words])])
    );
    this.hint = make('span', { part: 'hint' });
    this.file = /** @type {HTMLInputElement} */ (make('input', { type: 'file', accept: 'image/*', hidden: '' }));
    this.answer = make('div', { part: 'answer', hidden: '' });
    this.status = make('p', { part: 'status', role: 'status' });
    this.panel = make('div', { part: 'panel' }, [this.ask, this.hint, this.status, this.answer, this.file]);
    this.frame = make('div', { part: 'frame' }, [this.cover, this.panel]);
    root.append(this.frame);
  }

  /**
   * @param {string} language
   * @param {boolean} hasCover
   */
  label(language, hasCover) {
    const words = wordsIn(language);
    this.words.textContent = hasCover ? words.ask : words.choose;
    this.hint.textContent = hasCover ? '' : words.dropped;
  }

  /**
   * Says that the rest of the element did not come.
   * @param {string} language
   */
  fail(language) {
    this.status.textContent = wordsIn(language).failed;
  }

  /** @param {string} address */
  show(address) {
    this.image.hidden = !address;
    if (address) this.image.src = address;
    else this.image.removeAttribute('src');
  }
}

/** @param {string} language */
function wordsIn(language) {
  return FACADE[language.split('-')[0].toLowerCase()] ?? FACADE.en;
}
