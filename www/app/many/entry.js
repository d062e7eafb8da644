/** One cover of the stack, and its cell in the grid. */

import { create } from '../dom.js';
import { errorText, genreName, percent, text } from '../i18n.js';

/** @typedef {import('../../lib/answer.js').Answer} Answer */
/** @typedef {import('../pictures.js').Picture} Picture */
/** @typedef {{code?: string, message?: string, detail?: string}} Trouble */

export class Entry {
  /** @type {Answer | null} */
  answer = null;
  /** @type {Trouble | null} */
  trouble = null;
  #result = create('span', { class: 'result' });

  /**
   * @param {Picture} picture
   * @param {number} index in the order in which they came
   * @param {(entry: Entry) => void} onOpen
   */
  constructor(picture, index, onOpen) {
    this.picture = picture;
    this.index = index;
    this.canvas = create('canvas', { width: '0', height: '0', 'aria-hidden': 'true' });
    const thumb = create('span', { class: 'thumb' }, [this.canvas]);
    const name = create('span', { class: 'name', text: picture.name, title: picture.name });
    this.button = create('button', { type: 'button' }, [thumb, this.#result, name]);
    this.button.addEventListener('click', () => onOpen(this));
    this.cell = create('li', {}, [this.button]);
    this.render();
  }

  /** The best genre, or '' before there is one. */
  get genre() {
    return this.answer?.predictions[0].genre ?? '';
  }

  /** Of the best genre, from 0 to 1. */
  get probability() {
    return this.answer?.predictions[0].probability ?? 0;
  }

  /** Shows what is known, in the language of now. */
  render() {
    this.button.disabled = !this.answer;
    this.cell.dataset.state = this.answer ? 'done' : this.trouble ? 'failed' : 'waiting';
    this.cell.dataset.genre = this.genre;
    if (this.answer) {
      const chance = create('span', { class: 'chance', text: percent(this.probability) });
      this.#result.replaceChildren(create('span', { text: genreName(this.genre) }), chance);
    } else {
      this.#result.textContent = this.trouble ? errorText(this.trouble) : text('pending');
    }
  }
}
