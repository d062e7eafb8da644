/** The sleeve: the cover as the network sees it, in front of its record. */

import { element } from '../dom.js';
import { text } from '../i18n.js';

/** @typedef {'idle' | 'busy' | 'done' | 'failed'} SleeveState */

export class Sleeve {
  #root = element('sleeve', HTMLElement);
  #canvas = element('cover', HTMLCanvasElement);

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

/**
 * @param {CanvasRenderingContext2D} context of a square canvas
 * @param {ImageBitmap} bitmap
 */
export function drawCentreSquare(context, bitmap) {
  const side = Math.min(bitmap.width, bitmap.height);
  const { width: size } = context.canvas;
  const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  context.fillStyle = 'white';
  context.fillRect(0, 0, size, size);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, x, y, side, side, 0, 0, size, size);
}
