/** Which genres the answer is one of: the genre sets of the model. */

import { create, element } from '../dom.js';
import { genreName, text } from '../i18n.js';

/** @typedef {{id: string, genres: string[]}} GenreSet */

export class Tabs {
  #list = element('tabs', HTMLElement);
  #panel = element('tracks-panel', HTMLElement);
  /** @type {GenreSet[]} */
  #sets = [];
  #selected = 0;
  #onSelect;

  /** @param {() => void} onSelect */
  constructor(onSelect) {
    this.#onSelect = onSelect;
    this.#list.addEventListener('keydown', (event) => this.#key(event));
  }

  get selected() {
    return this.#sets[this.#selected];
  }

  /** @param {GenreSet[]} sets */
  show(sets) {
    this.#sets = sets;
    this.#selected = Math.min(this.#selected, sets.length - 1);
    this.#list.replaceChildren(...sets.map((set, index) => this.#createTab(set, index)));
    this.#mark();
  }

  /**
   * @param {GenreSet} set
   * @param {number} index
   */
  #createTab({ id, genres }, index) {
    const name = genres.length > 4 ? text('setTen') : genres.map(genreName).join(' · ');
    const attributes = { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': this.#panel.id, text: name };
    const tab = create('button', attributes);
    tab.addEventListener('click', () => this.#select(index));
    return tab;
  }

  /** @param {number} index */
  #select(index) {
    this.#selected = index;
    this.#mark();
    this.#onSelect();
  }

  #mark() {
    [...this.#list.children].forEach((tab, index) => {
      const selected = index === this.#selected;
      tab.setAttribute('aria-selected', String(selected));
      tab.setAttribute('tabindex', selected ? '0' : '-1');
      if (selected) this.#panel.setAttribute('aria-labelledby', tab.id);
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const last = this.#sets.length - 1;
    const forward = getComputedStyle(this.#list).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
    const index = {
      [forward]: this.#selected === last ? 0 : this.#selected + 1,
      [backward]: this.#selected === 0 ? last : this.#selected - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (index === undefined) return;
    event.preventDefault();
    this.#select(index);
    /** @type {HTMLElement} */ (this.#list.children[index]).focus();
  }
}
