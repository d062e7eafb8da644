/**
 * Who answers: one backend at a time, out of a queue; where that is the CPU and the queue is long, on several cores.
 *
 * A backend that breaks is replaced, and its request is asked again; only a request that breaks two in a row is
 * answered with the error. Which backend is the current one is decided in lib/selection.js.
 */

import { Backend, BackendBroken } from './backend.js';
import { Crew } from './crew.js';
import { UndercoverError } from './errors.js';
import { compileAhead } from './program.js';
import { Queue, Request } from './queue.js';

/** @typedef {import('./protocol.js').BackendInfo} BackendInfo */
/** @typedef {import('./protocol.js').BackendName} BackendName */
/** @typedef {import('./model.js').Model} Model */

/** How many backends a request may break before it is taken for the culprit. */
const MOST_FAILURES = 2;

/** A backend that has passed its self-test. */
/** @typedef {{backend: Backend, info: BackendInfo}} ReadyBackend */

export class Engine {
  #queue = new Queue();
  /** @type {ReadyBackend | null} */
  #current = null;
  /** The backend to go back to when a GPU breaks. @type {ReadyBackend | null} */
  #standby = null;
  /** @type {Set<Backend>} */
  #backends = new Set();
  /** What each one that is at work does. @type {Map<unknown, Promise<void>>} */
  #busy = new Map();
  #crew = new Crew(() => this.#startBeside(), (member) => this.#retire(member));
  /** The backend that broke last and could not be started again, and why. @type {{name: BackendName, error: unknown} | null} */
  #gone = null;
  #disposal = new AbortController();
  /** The compiled program of the CPU. @type {Promise<WebAssembly.Module | null> | null} */
  #program = null;
  /** @type {(() => void)[]} */
  #waitingForIdle = [];
  #folder;
  #model;
  #onProgress;
  #onLoss;

  /**
   * @param {URL} folder of the program
   * @param {Promise<Model>} model
   * @param {import('./progress.js').OnProgress} onProgress
   * @param {(name: BackendName, reason: UndercoverError) => void} onLoss told when the current backend broke
   */
  constructor(folder, model, onProgress, onLoss) {
    this.#folder = folder;
    this.#model = model;
    this.#onProgress = onProgress;
    this.#onLoss = onLoss;
  }

  /** The backend that answers now, or null before the first is ready. */
  get current() {
    return this.#current?.info ?? null;
  }

  /**
   * Starts a backend beside those that there are.
   * @param {BackendName} name
   * @param {import('./progress.js').OnProgress} [onProgress]
   * @returns {Promise<ReadyBackend>} once it has passed its self-test
   * @throws {UndercoverError}
   */
  async start(name, onProgress = this.#onProgress) {
    this.#throwIfDisposed();
    const backend = new Backend(name, this.#folder, this.#programOf(name), onProgress);
    this.#backends.add(backend);
    try {
      return { backend, info: await this.#load(backend) };
    } catch (error) {
      this.stop(backend);
      throw error instanceof BackendBroken ? error.reason : error;
    }
  }

  /**
   * That of the CPU is compiled once, however many workers there will be. The one for a GPU is large, and its worker
   * compiles it.
   * @param {BackendName} name
   */
  #programOf(name) {
    if (name !== 'cpu') return Promise.resolve(null);
    const note = (/** @type {number} */ loaded, /** @type {number | null} */ total) => {
      for (const backend of this.#backends) if (backend.name === name) backend.note(loaded, total);
    };
    this.#program ??= compileAhead(this.#folder, note, this.#disposal.signal).then((program) => {
      if (!program) this.#program = null;
      return program;
    });
    return this.#program;
  }

  /**
   * Its module may fail before the model has arrived.
   * @param {Backend} backend
   */
  async #load(backend) {
    const broken = backend.broken.then((reason) => Promise.reject(reason));
    const model = await Promise.race([this.#model, broken]);
    return backend.load(model);
  }

  /**
   * Lets a backend answer from here on; the one before stays as the one to go back to.
   * @param {ReadyBackend} ready
   */
  use(ready) {
    this.#crew.dismiss();
    this.#standby = this.#current;
    this.#current = ready;
    this.#gone = null;
    this.#pump();
  }

  /** @param {Backend} backend */
  stop(backend) {
    this.#backends.delete(backend);
    backend.dispose();
  }

  /**
   * @param {Request} request
   */
  ask(request) {
    // Answered like any other: it listens to its signal until it is.
    if (this.#disposal.signal.aborted) request.reject(disposed());
    else this.#queue.add(request);
    if (this.#gone) this.#revive(this.#gone.name);
    else this.#pump();
    return request.answered;
  }

  /** Resolves when nothing is asked: what is measured meanwhile is not slowed down, and slows nobody down. */
  idle() {
    if (!this.#busy.size) return Promise.resolve();
    return new Promise((/** @type {(value: void) => void} */ resolve) => this.#waitingForIdle.push(resolve));
  }

  /** Ends all workers; whoever waits is rejected. */
  dispose() {
    this.#disposal.abort();
    this.#queue.rejectAll(disposed());
    for (const backend of [...this.#backends]) this.stop(backend);
  }

  #throwIfDisposed() {
    if (this.#disposal.signal.aborted) throw disposed();
  }

  /** Hands the next requests to those that are not at work. */
  #pump() {
    if (this.#gone) return this.#queue.rejectAll(this.#gone.error);
    for (const worker of this.#free()) {
      const request = this.#queue.take();
      if (!request) break;
      this.#work(worker, this.#serve(request, worker));
    }
    this.#crew.stay(this.#busy.size > 0);
    if (this.#current && !this.#busy.size) this.#tellIdle();
  }

  #free() {
    const workers = this.#current ? [this.#current, ...this.#crew.members] : this.#crew.members;
    return workers.filter((worker) => !this.#busy.has(worker));
  }

  /**
   * @param {unknown} worker
   * @param {Promise<void>} work after which the next request is handed over
   */
  #work(worker, work) {
    this.#busy.set(worker, work);
    void work.finally(() => {
      this.#busy.delete(worker);
      this.#pump();
      const crowded = this.#queue.waits && this.#current?.info.backend === 'cpu';
      void this.#crew.note(crowded).then(() => this.#pump());
    });
  }

  /** A worker for the crew. Nobody waits for it, so that its download is no progress. */
  async #startBeside() {
    const ready = await this.start('cpu', () => {});
    if (this.#current?.info.backend === 'cpu') return ready;
    this.stop(ready.backend);
    throw new UndercoverError('disposed', 'The CPU answers no longer.');
  }

  /** @param {ReadyBackend} member of the crew, which answers what it was asked and then ends */
  #retire(member) {
    const work = this.#busy.get(member) ?? Promise.resolve();
    void work.finally(() => this.stop(member.backend));
  }

  /**
   * When the last one could not be started there may have been no connection; whoever asks after that has it tried
   * again.
   * @param {BackendName} name
   */
  #revive(name) {
    this.#gone = null;
    this.#work(name, this.#restart(name));
  }

  #tellIdle() {
    for (const resolve of this.#waitingForIdle.splice(0)) resolve();
  }

  /**
   * @param {Request} request
   * @param {ReadyBackend} by
   */
  async #serve(request, by) {
    // One that broke while nobody asked was broken by nobody's picture.
    const guilty = by.backend.alive;
    try {
      const answer = await by.backend.classify(request.picture, request.question);
      if (!request.settled) request.resolve(answer, by.info);
    } catch (error) {
      if (!(error instanceof BackendBroken)) {
        if (!request.settled) request.reject(error);
        return;
      }
      if (guilty) request.failures += 1;
      await this.#recover(request, by, error.reason);
    }
  }

  /**
   * @param {Request} request that was not answered
   * @param {ReadyBackend} lost
   * @param {UndercoverError} reason
   */
  async #recover(request, lost, reason) {
    this.#backends.delete(lost.backend);
    if (this.#disposal.signal.aborted) return void request.reject(disposed());
    if (!this.#crew.lose(lost)) this.#onLoss(lost.info.backend, reason);
    if (request.failures < MOST_FAILURES) this.#queue.putBack(request);
    else if (!request.settled) request.reject(reason);
    await this.#replace(lost);
  }

  /** @param {ReadyBackend} lost */
  async #replace(lost) {
    // A backend may have been chosen meanwhile.
    if (this.#current !== lost) return;
    this.#current = this.#standby;
    this.#standby = null;
    if (!this.#current) await this.#restart(lost.info.backend);
  }

  /** @param {BackendName} name */
  async #restart(name) {
    try {
      this.#current = await this.start(name);
    } catch (error) {
      this.#gone = { name, error };
    }
  }
}

function disposed() {
  return new UndercoverError('disposed', 'The classifier was disposed of.');
}
