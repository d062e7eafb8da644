/** What a worker does with each message. */

import { UndercoverError, toErrorData } from '../errors.js';
import { readableHere } from './decode.js';
import { requireAdapter, watchDevices } from './devices.js';
import { fetchModule } from './module.js';
import { measure } from './measure.js';

/** @typedef {import('./module.js').Classifier} Classifier */
/** @typedef {import('../protocol.js').ToWorker} ToWorker */
/** @typedef {import('../protocol.js').FromWorker} FromWorker */

/** Errors after which a backend gives no answer that could be trusted. */
const FATAL = new Set(['device-failed', 'device-lost', 'panic', 'self-test-failed']);

export class Host {
  #tell;
  /** What the page has compiled. @type {PromiseWithResolvers<WebAssembly.Module | null>} */
  #compiled = Promise.withResolvers();
  /** Whether the model has arrived. */
  #loading = false;
  /** @type {Promise<import('./module.js').Module> | undefined} */
  #module;
  /** @type {Classifier | undefined} */
  #classifier;

  /** @param {(message: FromWorker) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * @param {ToWorker} message
   * @throws whatever ends this worker
   */
  async receive(message) {
    switch (message.type) {
      case 'start':
        return this.#start(message.backend);
      case 'program':
        return this.#compiled.resolve(message.program);
      case 'load':
        return this.#load(message);
      case 'classify':
        return this.#reply(message.id, async () => {
          const answer = await this.#classify(message.picture, message.question);
          this.#tell({ type: 'answer', id: message.id, answer });
        });
      case 'measure':
        return this.#reply(message.id, async () => {
          const milliseconds = await measure(this.#ready, message);
          this.#tell({ type: 'measured', id: message.id, milliseconds });
        });
    }
  }

  /** @param {import('../protocol.js').BackendName} backend */
  async #start(backend) {
    this.#module = this.#open(backend);
    await this.#module;
  }

  /** @param {import('../protocol.js').BackendName} backend */
  async #open(backend) {
    if (backend === 'webgpu') {
      watchDevices((message) => this.#tell({ type: 'broken', error: { code: 'device-lost', message } }));
      await requireAdapter();
    }
    const note = (/** @type {number} */ loaded, /** @type {number | null} */ total) => this.#tell({ type: 'progress', loaded, total });
    const module = await fetchModule(backend, this.#compiled.promise, note);
    // While the model is on its way; whatever fails here is told when the model is loaded.
    if (backend === 'cpu' && !this.#loading) await module.warmUp().catch(() => {});
    return module;
  }

  /** @param {import('../protocol.js').Load} message */
  async #load({ manifest, weights }) {
    this.#loading = true;
    const bytes = weights instanceof Blob ? await weights.arrayBuffer() : weights;
    const [module, digest] = await Promise.all([this.#module, digestOf(bytes)]);
    if (!module) throw new Error('load came before start');
    this.#classifier = await module.Classifier.load(manifest, new Uint8Array(bytes), digest);
    const { backend, adapter, modelVersion } = this.#classifier;
    this.#tell({ type: 'ready', info: { backend, adapter, modelVersion } });
  }

  get #ready() {
    if (!this.#classifier) throw new Error('asked before it was ready');
    return this.#classifier;
  }

  /**
   * @param {Blob} picture
   * @param {import('../answer.js').Question} question
   */
  async #classify(picture, question) {
    const bytes = await bytesOf(picture);
    try {
      return await this.#ready.classify(bytes, question);
    } catch (error) {
      const decoded = await readableHere(picture, error);
      if (!decoded) throw error;
      return this.#ready.classify(await bytesOf(decoded), question);
    }
  }

  /**
   * An error of one request is its answer; a fatal one is thrown on.
   * @param {number} id
   * @param {() => Promise<void>} work
   */
  async #reply(id, work) {
    try {
      await work();
    } catch (error) {
      // A trap leaves the module's memory in an unknown state.
      if (error instanceof WebAssembly.RuntimeError) throw error;
      const data = toErrorData(error, 'crashed');
      if (FATAL.has(data.code)) throw error;
      this.#tell({ type: 'error', id, error: data });
    }
  }
}

/**
 * The SHA-256 of the weights. Browsers compute it on secure origins only; elsewhere Rust does.
 * @param {ArrayBuffer} weights
 */
async function digestOf(weights) {
  return crypto.subtle ? new Uint8Array(await crypto.subtle.digest('SHA-256', weights)) : undefined;
}

/**
 * @param {Blob} picture
 * @throws {UndercoverError} `unreadable`
 */
async function bytesOf(picture) {
  try {
    return new Uint8Array(await picture.arrayBuffer());
  } catch (cause) {
    const message = 'This file cannot be read any more: it was changed, moved or removed since it was chosen.';
    throw new UndercoverError('unreadable', message, { cause });
  }
}
