/** What a worker does with each message. */

import { UndercoverError, toErrorData } from '../errors.js';
import { readableHere } from './decode.js';
import { watchDevices } from './devices.js';
import { fetchModule } from './module.js';
import { measure } from './measure.js';

/** @typedef {import('./module.js').Classifier} Classifier */
/** @typedef {import('../protocol.js').ToWorker} ToWorker */
/** @typedef {import('../protocol.js').FromWorker} FromWorker */

/** Errors after which a backend gives no answer that could be trusted. */
const FATAL = new Set(['device-failed', 'device-lost', 'panic', 'self-test-failed']);

export class Host {
  #tell;
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
    if (backend === 'webgpu') {
      watchDevices((message) => this.#tell({ type: 'broken', error: { code: 'device-lost', message } }));
    }
    this.#module = fetchModule(backend, (loaded, total) => this.#tell({ type: 'progress', loaded, total }));
    await this.#module;
  }

  /** @param {import('../protocol.js').Load} message */
  async #load({ manifest, weights }) {
    const [module, bytes] = await Promise.all([this.#module, weights.arrayBuffer()]);
    if (!module) throw new Error('load came before start');
    this.#classifier = await module.Classifier.load(manifest, new Uint8Array(bytes));
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
