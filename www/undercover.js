/**
 * Undercover tells the genre of an album from its cover, on the visitor's own device.
 *
 *     import { Undercover } from './undercover.js';
 *     const undercover = await Undercover.load();
 *     const { predictions } = await undercover.classify(file);
 *     undercover.dispose();
 */

// What those below import is named as well, so that a browser fetches all of it at once and not layer by layer.
import './lib/address.js';
import './lib/backend.js';
import './lib/encode.js';
import './lib/limits.js';
import './lib/patience.js';
import './lib/program.js';
import './lib/progress.js';
import './lib/simd.js';
import './lib/trusted.js';

import { inOrder } from './lib/ahead.js';
import { calm } from './lib/calm.js';
import { mostWorkers } from './lib/crew.js';
import { Engine } from './lib/engine.js';
import { UndercoverError, toUndercoverError } from './lib/errors.js';
import { fetchModel } from './lib/model.js';
import { Request } from './lib/queue.js';
import { Selection } from './lib/selection.js';
import { toBlob } from './lib/sources.js';
import { folderUrl } from './lib/worker-url.js';

export { UndercoverError };

/** @typedef {import('./lib/answer.js').Answer} Answer */
/** @typedef {import('./lib/answer.js').BackendName} BackendName */
/** @typedef {import('./lib/answer.js').Question} Question */
/** @typedef {import('./lib/progress.js').Progress} Progress */
/** @typedef {import('./lib/selection.js').Report} Report */
/** @typedef {import('./lib/sources.js').Source} Source */

/**
 * @typedef {object} LoadOptions
 * @property {string | URL} [base] folder that `worker.js`, `lib/`, `pkg/` and `models/` lie in, possibly of another
 *   site: where this file lies, unless a bundler has moved it
 * @property {string | URL} [model] folder of the model bundle; the shipped one by default
 * @property {'auto' | BackendName} [backend] `auto` by default: the CPU at first, a GPU once it is found to be faster
 * @property {(progress: Progress) => void} [onProgress]
 * @property {(report: Report) => void} [onBackends] told whenever what is known of the backends changes
 * @property {AbortSignal} [signal] ends the loading
 */

/** @typedef {Question & {signal?: AbortSignal}} ClassifyOptions */

/** @typedef {{index: number, source: Source, answer: Answer} | {index: number, source: Source, error: unknown}} Entry */

/** By a name, as bundlers rewrite what is written out: see `LoadOptions.base`. */
const HERE = import.meta.url;

export class Undercover {
  #engine;
  #selection;
  #model;
  /** @type {Promise<void>} */
  #settled = Promise.resolve();

  /**
   * Loads the model and the first backend. Resolves when it can answer.
   * @param {LoadOptions} [options]
   * @returns {Promise<Undercover>}
   * @throws {UndercoverError} why there can be no answer; lib/errors.js lists the codes
   */
  static async load(options = {}) {
    const { backend = 'auto', signal } = options;
    if (!['auto', 'cpu', 'webgpu'].includes(backend)) {
      throw new UndercoverError('backend', `There is no backend "${backend}": there are auto, cpu and webgpu.`);
    }
    signal?.throwIfAborted();
    const abort = new AbortController();
    const stop = () => abort.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    const undercover = new Undercover(options, abort.signal);
    try {
      await Promise.race([undercover.#start(backend), rejectOnAbort(abort.signal)]);
      return undercover;
    } catch (error) {
      abort.abort(error);
      undercover.dispose();
      signal?.throwIfAborted();
      throw toUndercoverError(error, 'crashed');
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /**
   * Use `Undercover.load`.
   * @param {LoadOptions} options
   * @param {AbortSignal} signal
   */
  constructor({ base, model, onProgress, onBackends }, signal) {
    const progress = calm(onProgress);
    const folder = base ? folderUrl(base) : new URL('.', HERE);
    this.#model = fetchModel(model ? folderUrl(model) : new URL('models/undercover/', folder), progress, signal);
    // Whoever starts a backend awaits it; its failure is told there.
    this.#model.catch(() => {});
    this.#engine = new Engine(folder, this.#model, progress, (name, reason) => this.#selection.noteLoss(name, reason));
    this.#selection = new Selection(this.#engine, calm(onBackends));
    /** @type {import('./lib/model.js').Manifest | null} */
    this.manifest = null;
  }

  /** @param {'auto' | BackendName} backend */
  async #start(backend) {
    if (backend === 'auto') {
      const { settled } = await this.#selection.automatic();
      this.#settled = settled;
    } else {
      await this.#selection.force(backend);
    }
    this.manifest = (await this.#model).manifest;
  }

  /** The backend that answers now: `cpu` or `webgpu`. */
  get backend() {
    return this.#engine.current?.backend ?? null;
  }

  /** What is known of each backend, and why one of them does not answer. */
  get report() {
    return this.#selection.report;
  }

  /** Resolves when it is final which backend answers: on `auto` after the measurement. */
  get settled() {
    return this.#settled;
  }

  /**
   * Tells the genre of one cover, or of each of several.
   *
   * @overload
   * @param {Source} source
   * @param {ClassifyOptions} [options]
   * @returns {Promise<Answer>}
   *
   * @overload
   * @param {Source[]} source
   * @param {ClassifyOptions} [options]
   * @returns {Promise<Entry[]>} in the order of the sources; a bad picture is an error of its own entry
   *
   * @param {Source | Source[]} source
   * @param {ClassifyOptions} [options]
   * @returns {Promise<Answer | Entry[]>}
   * @throws {UndercoverError} what is wrong with the picture, or with the question
   */
  async classify(source, options = {}) {
    if (!Array.isArray(source)) return this.#classifyOne(source, options);
    const entries = [];
    for await (const entry of this.classifyAll(source, options)) entries.push(entry);
    return entries;
  }

  /**
   * The answers one by one, in the order of the sources. A few sources are asked about ahead; leaving the loop early asks
   * for no more.
   * @param {Iterable<Source> | AsyncIterable<Source>} sources
   * @param {ClassifyOptions} [options]
   * @returns {AsyncGenerator<Entry, void, void>}
   */
  async *classifyAll(sources, { signal, ...question } = {}) {
    /** @type {(source: Source, index: number, left: AbortSignal) => Promise<Entry>} */
    const ask = async (source, index, left) => {
      const either = signal ? AbortSignal.any([signal, left]) : left;
      try {
        return { index, source, answer: await this.#classifyOne(source, { ...question, signal: either }) };
      } catch (error) {
        signal?.throwIfAborted();
        return { index, source, error };
      }
    };
    signal?.throwIfAborted();
    // One more than there can be workers: none waits for the next.
    yield* inOrder(sources, ask, mostWorkers() + 1);
  }

  /**
   * @param {Source} source
   * @param {ClassifyOptions} options
   * @returns {Promise<Answer>}
   */
  async #classifyOne(source, { signal, ...question }) {
    const start = performance.now();
    signal?.throwIfAborted();
    try {
      const picture = await toBlob(source, signal);
      signal?.throwIfAborted();
      const { answer, info } = await this.#engine.ask(new Request(picture, question, signal));
      const milliseconds = { ...answer.milliseconds, total: performance.now() - start };
      return { ...answer, ...info, milliseconds, fallback: this.#fallback(info.backend) };
    } catch (error) {
      signal?.throwIfAborted();
      throw toUndercoverError(error, 'source');
    }
  }

  /**
   * Why it was this backend and not the GPU.
   * @param {BackendName} answeredBy
   * @returns {import('./lib/answer.js').Fallback | null}
   */
  #fallback(answeredBy) {
    const { code, message } = this.report.webgpu;
    return answeredBy === 'cpu' && code ? { backend: 'webgpu', code, message: message ?? code } : null;
  }

  /** Ends the workers and frees the model. What is still asked is rejected with `disposed`. */
  dispose() {
    this.#engine.dispose();
  }
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<never>}
 */
function rejectOnAbort(signal) {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
