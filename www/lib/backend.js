/** A backend in a worker of its own, so that compiling one never keeps another from answering. */

import { UndercoverError, fromErrorData } from './errors.js';
import { ANSWER_TIMEOUT, START_TIMEOUT } from './limits.js';
import { Patience } from './patience.js';
import { startWorker } from './worker-url.js';

/** @typedef {import('./protocol.js').BackendName} BackendName */
/** @typedef {import('./protocol.js').BackendInfo} BackendInfo */
/** @typedef {import('./protocol.js').ToWorker} ToWorker */
/** @typedef {import('./protocol.js').FromWorker} FromWorker */
/** @typedef {import('./answer.js').NetworkAnswer} NetworkAnswer */

/**
 * A worker that broke, and why: it is of no more use.
 * As opposed to any other error, which is the answer to one request.
 */
export class BackendBroken extends Error {
  /** @param {UndercoverError} reason */
  constructor(reason) {
    super(reason.message, { cause: reason });
    this.reason = reason;
  }
}

export class Backend {
  #worker;
  #nextId = 0;
  /** @type {Map<number, PromiseWithResolvers<any>>} */
  #asked = new Map();
  /** @type {PromiseWithResolvers<BackendInfo>} */
  #ready = Promise.withResolvers();
  /** @type {PromiseWithResolvers<BackendBroken>} */
  #broken = Promise.withResolvers();
  #onProgress;
  #alive = true;
  /** With the start. @type {Patience | null} */
  #patience = null;

  /**
   * Starts the worker.
   * @param {BackendName} name
   * @param {URL} folder of the program
   * @param {Promise<WebAssembly.Module | null>} program compiled, or null where the worker is to do so
   * @param {import('./progress.js').OnProgress} onProgress
   */
  constructor(name, folder, program, onProgress) {
    /** @readonly */
    this.name = name;
    this.#onProgress = onProgress;
    // Whoever needs it awaits `load`; the loss of one that nobody awaits is no unhandled error.
    this.#ready.promise.catch(() => {});
    this.#worker = startWorker(new URL('worker.js', folder), `undercover-${name}`);
    this.#worker.addEventListener('message', (event) => this.#receive(event.data));
    this.#worker.addEventListener('error', (event) => {
      if (event.message) this.#break('crashed', event.message);
      // Without a message it is no error of the program's: the file did not come, or was not let in.
      else this.#break('program-unreachable', `The program ${folder.href}worker.js could not be loaded.`);
    });
    this.#worker.addEventListener('messageerror', () => this.#break('crashed', 'A message could not be read.'));
    this.#tell({ type: 'start', backend: name });
    void program.then((program) => this.#tell({ type: 'program', program }));
  }

  /** Whether it can be asked. */
  get alive() {
    return this.#alive;
  }

  /** Resolves once this backend is of no more use. */
  get broken() {
    return this.#broken.promise;
  }

  /**
   * Gives it the model. Resolves once it has passed its self-test.
   * @param {import('./model.js').Model} model
   * @returns {Promise<BackendInfo>}
   * @throws {BackendBroken}
   */
  async load({ manifestBytes, weights, handOver }) {
    const bytes = handOver();
    this.#tell({ type: 'load', manifest: manifestBytes, weights: bytes ?? weights }, bytes ? [bytes] : []);
    // A program that is still coming in, however slowly, is waited for.
    this.#patience = new Patience(START_TIMEOUT, () => this.#giveUp(START_TIMEOUT));
    return this.#within(this.#patience, this.#ready.promise);
  }

  /**
   * @param {Blob} picture
   * @param {import('./answer.js').Question} question
   * @returns {Promise<NetworkAnswer>}
   * @throws {UndercoverError} if it is the picture or the question
   * @throws {BackendBroken}
   */
  classify(picture, question) {
    return this.#ask((id) => ({ type: 'classify', id, picture, question }));
  }

  /**
   * How long a picture takes, warm, in milliseconds.
   * @param {number} runs of which the best counts
   * @param {number} [enough] milliseconds of a run after which there is no other
   * @returns {Promise<number>}
   * @throws {BackendBroken}
   */
  measure(runs, enough = ANSWER_TIMEOUT) {
    return this.#ask((id) => ({ type: 'measure', id, runs, enough }), runs * ANSWER_TIMEOUT);
  }

  /**
   * Another part of its program has arrived.
   * @param {number} loaded bytes so far
   * @param {number | null} total
   */
  note(loaded, total) {
    this.#patience?.renew();
    this.#onProgress({ stage: this.name, loaded, total });
  }

  /** Ends the worker. What it was asked is rejected. */
  dispose() {
    this.#break('disposed', 'The classifier was disposed of.');
  }

  /**
   * @param {ToWorker} message
   * @param {Transferable[]} [transfer]
   */
  #tell(message, transfer = []) {
    this.#worker.postMessage(message, transfer);
  }

  /**
   * @param {(id: number) => ToWorker} question
   * @param {number} [patience] in milliseconds
   * @returns {Promise<any>}
   */
  async #ask(question, patience = ANSWER_TIMEOUT) {
    if (!this.#alive) throw await this.#broken.promise;
    const id = (this.#nextId += 1);
    /** @type {PromiseWithResolvers<any>} */
    const asked = Promise.withResolvers();
    try {
      this.#tell(question(id));
    } catch (cause) {
      throw new UndercoverError('bad-options', 'The options hold something that cannot be sent to a worker.', { cause });
    }
    this.#asked.set(id, asked);
    return this.#within(new Patience(patience, () => this.#giveUp(patience)), asked.promise);
  }

  /**
   * @template T
   * @param {Patience} patience
   * @param {Promise<T>} promise
   */
  async #within(patience, promise) {
    try {
      return await promise;
    } finally {
      patience.end();
    }
  }

  /**
   * A worker that hangs is broken.
   * @param {number} milliseconds
   */
  #giveUp(milliseconds) {
    this.#break('timeout', `No answer within ${milliseconds / 1000} s.`);
  }

  /** @param {FromWorker} message */
  #receive(message) {
    switch (message.type) {
      case 'progress':
        return this.note(message.loaded, message.total);
      case 'ready':
        return this.#ready.resolve(message.info);
      case 'answer':
        return this.#answered(message.id)?.resolve(message.answer);
      case 'measured':
        return this.#answered(message.id)?.resolve(message.milliseconds);
      case 'error':
        return this.#answered(message.id)?.reject(fromErrorData(message.error));
      case 'broken':
        return this.#break(message.error.code, message.error.message);
    }
  }

  /** @param {number} id */
  #answered(id) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  /**
   * @param {string} code
   * @param {string} message
   */
  #break(code, message) {
    if (!this.#alive) return;
    this.#alive = false;
    this.#worker.terminate();
    const broken = new BackendBroken(new UndercoverError(code, message));
    this.#broken.resolve(broken);
    this.#ready.reject(broken);
    for (const asked of this.#asked.values()) asked.reject(broken);
    this.#asked.clear();
  }
}
