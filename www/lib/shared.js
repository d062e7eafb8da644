/**
 * One classifier for all that ask for the same: elements, badges and snippets of a page share its worker and its
 * model, even where the page holds two copies of this script.
 */

import { Undercover } from '../undercover.js';
import { folderUrl } from './worker-url.js';

/** @typedef {import('./progress.js').Progress} Progress */

/**
 * @typedef {object} Wanted
 * @property {string} base folder of the program
 * @property {string} [model] folder of the bundle; the shipped one by default
 * @property {'auto' | 'cpu' | 'webgpu'} [backend]
 */

/** How long a classifier that nobody uses is kept, in milliseconds: the next page of an app may want it again. */
const KEPT = 5_000;

/** The same for every copy of this script; a number for each change of what is shared. */
const REGISTRY = Symbol.for('undercover.shared.1');

/** @returns {Map<string, Shared>} */
function registry() {
  const holder = /** @type {{[REGISTRY]?: Map<string, Shared>}} */ (globalThis);
  return (holder[REGISTRY] ??= new Map());
}

/** A classifier and how many use it. */
class Shared {
  users = 0;
  progress = new EventTarget();
  /** @type {Promise<Undercover> | null} */
  #loading = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #wanted;
  #forget;

  /**
   * @param {Wanted} wanted
   * @param {() => void} forget called when it is disposed of
   */
  constructor(wanted, forget) {
    this.#wanted = wanted;
    this.#forget = forget;
  }

  take() {
    this.users += 1;
    clearTimeout(this.#timer);
  }

  give() {
    this.users -= 1;
    if (this.users === 0) this.#timer = setTimeout(() => this.#end(), KEPT);
  }

  /** Loaded once, and again if that failed. */
  load() {
    this.#loading ??= Undercover.load({ ...this.#wanted, onProgress: (progress) => this.#tell(progress) }).catch((error) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  /** @param {Progress} progress */
  #tell(progress) {
    this.progress.dispatchEvent(new CustomEvent('progress', { detail: progress }));
  }

  #end() {
    this.#forget();
    this.#loading?.then((undercover) => undercover.dispose()).catch(() => {});
  }
}

/** One user's hold on a shared classifier. */
export class Lease {
  #shared;
  #held = true;

  /** @param {Wanted} wanted */
  constructor({ base, model, backend = 'auto' }) {
    const wanted = { base: folderUrl(base).href, model: model && folderUrl(model).href, backend };
    // Two copies of the script, from two places, are the same program: the first one's is taken.
    const key = JSON.stringify([wanted.model ?? 'shipped', backend]);
    const all = registry();
    const shared = all.get(key) ?? new Shared(wanted, () => all.delete(key));
    all.set(key, shared);
    shared.take();
    this.#shared = shared;
  }

  /**
   * Resolves when it can answer.
   * @param {(progress: Progress) => void} onProgress
   * @param {AbortSignal} [signal] ends the waiting; the loading goes on for the others
   * @returns {Promise<Undercover>}
   */
  async load(onProgress, signal) {
    const { progress } = this.#shared;
    const listen = (/** @type {Event} */ event) => onProgress(/** @type {CustomEvent<Progress>} */ (event).detail);
    progress.addEventListener('progress', listen);
    try {
      return await abortable(this.#shared.load(), signal);
    } finally {
      progress.removeEventListener('progress', listen);
    }
  }

  /** No longer needed; the last one's ends the worker, a little later. */
  release() {
    if (this.#held) this.#shared.give();
    this.#held = false;
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
async function abortable(promise, signal) {
  if (!signal) return promise;
  signal.throwIfAborted();
  /** @type {PromiseWithResolvers<never>} */
  const aborted = Promise.withResolvers();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
