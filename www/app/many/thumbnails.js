/**
 * Small pictures in the cells that are in sight, and in no others: memory does not grow with the stack.
 */

import { drawCentreSquare } from '../../lib/draw.js';
import { toBlob } from '../../lib/sources.js';

/** @typedef {import('./entry.js').Entry} Entry */

/** In pixels: enough for a cell on a dense screen. */
const SIDE = 288;

export class Thumbnails {
  /** @type {WeakMap<Element, Entry>} */
  #entries = new WeakMap();
  /** In sight, and not drawn yet. @type {Set<Entry>} */
  #wanted = new Set();
  #drawing = false;
  #observer = new IntersectionObserver((changes) => this.#look(changes), { rootMargin: '400px' });

  /** @param {Entry} entry */
  add(entry) {
    this.#entries.set(entry.cell, entry);
    this.#observer.observe(entry.cell);
  }

  clear() {
    this.#observer.disconnect();
    this.#wanted.clear();
  }

  /** @param {IntersectionObserverEntry[]} changes */
  #look(changes) {
    for (const { target, isIntersecting } of changes) {
      const entry = this.#entries.get(target);
      if (!entry) continue;
      if (isIntersecting) {
        this.#wanted.add(entry);
      } else {
        this.#wanted.delete(entry);
        entry.canvas.width = entry.canvas.height = 0;
      }
    }
    this.#drawAll();
  }

  /** One after the other, so that scrolling stays smooth. */
  async #drawAll() {
    if (this.#drawing) return;
    this.#drawing = true;
    for (const entry of this.#wanted) {
      this.#wanted.delete(entry);
      // What cannot be drawn is named by its answer.
      await draw(entry).catch(() => {});
    }
    this.#drawing = false;
  }
}

/** @param {Entry} entry */
async function draw({ picture, canvas }) {
  const bitmap = await createImageBitmap(await toBlob(picture.source));
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext('2d');
  if (context) drawCentreSquare(context, bitmap);
  bitmap.close();
}
