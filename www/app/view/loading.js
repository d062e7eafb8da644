/** How far the network has come. */

import { element } from '../dom.js';
import { number, text } from '../i18n.js';

/** @typedef {import('../../lib/progress.js').Progress} Progress */

export class Loading {
  #root = element('loading', HTMLElement);
  #bar = element('progress', HTMLProgressElement);
  #words = element('loading-text', HTMLElement);
  /** What has come of each stage that the first answer waits for. @type {Map<string, Progress>} */
  #stages = new Map();

  start() {
    this.#stages.clear();
    this.#bar.value = 0;
    this.#words.textContent = text('loading');
    this.#root.hidden = false;
  }

  end() {
    this.#root.hidden = true;
  }

  /** @param {Progress} progress */
  show(progress) {
    // The module for the GPU comes later, beside the work.
    if (progress.stage === 'webgpu') return;
    this.#stages.set(progress.stage, progress);
    // Of a compressed program the length is not known: it counts once the model's does.
    const known = [...this.#stages.values()].filter(({ total }) => total !== null);
    const loaded = known.reduce((sum, stage) => sum + stage.loaded, 0);
    const total = known.reduce((sum, stage) => sum + (stage.total ?? 0), 0);
    if (!total || !this.#stages.has('model')) return;
    this.#bar.value = loaded / total;
    this.#words.textContent =
      loaded < total ? text('loadingBytes', { loaded: megabytes(loaded), total: megabytes(total) }) : text('starting');
  }
}

/** @param {number} bytes */
function megabytes(bytes) {
  return number(bytes / 1e6, 1);
}
