/** The sleeve: the cover as the network sees it, in front of its record. */

import { drawCentreSquare } from '../../lib/draw.js';
import { element } from '../dom.js';
import { text } from '../i18n.js';

/** @typedef {'idle' | 'busy' | 'done' | 'failed'} SleeveState */

export class Sleeve {
  #root = element('sleeve', HTMLElement);
  #canvas = element('cover', HTMLCanvasElement);

  /** @param {() => void} onWish called when a sleeve without a cover is pressed; buttons do the same for the keyboard */
  constructor(onWish) {
    this.#root.addEventListener('click', () => {
      if (this.state === 'idle' || this.state === 'failed') onWish();
    });
  }

  get state() {
    return /** @type {SleeveState} */ (this.#root.dataset.state);
  }

  set state(state) {
    this.#root.dataset.state = state;
  }

  /**
   * Shows the centre square: it is what the network reads. On a canvas, as a strict content security policy allows
   * no image elements with pictures that are not the site's.
   * @param {Blob} picture
   * @param {string} name
   * @returns {Promise<void>}
   */
  async show(picture, name) {
    this.#canvas.setAttribute('aria-label', text('sleeveOf', { name }));
    const bitmap = await createImageBitmap(picture).catch(() => null);
    const context = this.#canvas.getContext('2d');
    if (!bitmap || !context) return;
    drawCentreSquare(context, bitmap);
    bitmap.close();
  }

  clear() {
    this.#canvas.getContext('2d')?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#canvas.setAttribute('aria-label', text('sleeveLabel'));
  }
}
