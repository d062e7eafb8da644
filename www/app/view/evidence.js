/** Why: where on the cover the evidence for a genre lies, as a heat map and in words. */

import { channels, clearHeat, drawHeat } from '../../lib/heat.js';
import { where } from '../../texts/where.js';
import { create, element } from '../dom.js';
import { currentWording, genreName, text } from '../i18n.js';

/** @typedef {import('../../lib/answer.js').Answer} Answer */

export class Evidence {
  #canvas = element('heat', HTMLCanvasElement);
  #select = element('evidence-genre', HTMLSelectElement);
  #strength = element('evidence-strength', HTMLInputElement);
  #words = element('evidence-words', HTMLElement);
  /** @type {Answer | null} */
  #answer = null;
  /** @type {string[]} */
  #genres = [];

  constructor() {
    this.#select.addEventListener('change', () => this.#draw());
    this.#strength.addEventListener('input', () => this.#fade());
    this.#fade();
  }

  /**
   * @param {Answer | null} answer
   * @param {string[]} genres to choose from, best first
   */
  show(answer, genres) {
    const chosen = answer === this.#answer && genres.includes(this.#select.value) ? this.#select.value : genres[0];
    this.#answer = answer;
    this.#genres = genres;
    this.#select.replaceChildren(...genres.map((genre) => create('option', { value: genre, text: genreName(genre) })));
    this.#select.value = chosen;
    this.#draw();
  }

  /** @param {string} genre of those that there are */
  choose(genre) {
    if (!this.#map(genre)) return;
    this.#select.value = genre;
    this.#draw();
  }

  /** @param {string} genre */
  #map(genre) {
    return this.#answer?.saliency?.maps.find((map) => map.genre === genre);
  }

  #draw() {
    const saliency = this.#answer?.saliency;
    const map = this.#genres.includes(this.#select.value) ? this.#map(this.#select.value) : undefined;
    for (const control of [this.#select, this.#strength]) control.disabled = !map;
    if (!saliency || !map) {
      clearHeat(this.#canvas);
      this.#canvas.dataset.genre = '';
      this.#words.textContent = text('whereNone');
      return;
    }
    // Its colour is that of the genre.
    this.#canvas.dataset.genre = map.genre;
    const glow = channels(getComputedStyle(this.#canvas).getPropertyValue('--spot'));
    drawHeat(this.#canvas, saliency, map.evidence, glow);
    this.#words.textContent = where(saliency, map.evidence, currentWording());
  }

  #fade() {
    this.#canvas.style.opacity = String(Number(this.#strength.value) / 100);
  }
}
