/** The classifier of the page: loaded once, and again if that failed. */

import { Undercover } from '../undercover.js';

/** @typedef {import('../undercover.js').LoadOptions} LoadOptions */

export class LazyClassifier {
  /** @type {Promise<Undercover> | null} */
  #loading = null;
  #options;

  /** @param {LoadOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @returns {Promise<Undercover>} */
  load() {
    this.#loading ??= Undercover.load(this.#options).catch((error) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }
}

/** `?backend=cpu` or `?backend=webgpu` forces one. @returns {LoadOptions['backend']} */
export function wantedBackend() {
  const wanted = new URLSearchParams(location.search).get('backend');
  return wanted === 'cpu' || wanted === 'webgpu' ? wanted : 'auto';
}
