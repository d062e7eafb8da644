/**
 * Which backend answers.
 *
 * On `auto` the CPU answers first. A GPU takes over once it has passed its self-test and is the faster of the two by
 * measurement on this very device: a GPU that is emulated by the CPU passes the test, and is slower.
 */

import { BackendBroken } from './backend.js';
import { UndercoverError, isAbort, toUndercoverError } from './errors.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./engine.js').ReadyBackend} ReadyBackend */
/** @typedef {import('./protocol.js').BackendName} BackendName */

/** Runs of a measurement; the best counts, as everything else on the device only ever slows one down. */
const RUNS = 3;

/**
 * What became of a backend.
 * - `unused`: another was forced
 * - `starting`
 * - `ready`: has passed its self-test, and is being measured
 * - `active`: answers
 * - `standby`: would answer if the active one broke
 * - `slower`: given up for a faster one
 * - `unavailable`: could not be started
 * - `lost`: broke at work
 * @typedef {'unused' | 'starting' | 'ready' | 'active' | 'standby' | 'slower' | 'unavailable' | 'lost'} State
 */

/**
 * @typedef {object} BackendReport
 * @property {State} state
 * @property {string} [adapter] the device in words
 * @property {number} [milliseconds] of a picture, warm, where it was measured
 * @property {string} [code] why it does not answer
 * @property {string} [message] the same, in English
 */

/** @typedef {Record<BackendName, BackendReport>} Report */

export class Selection {
  /** @type {Report} */
  report = { cpu: { state: 'unused' }, webgpu: { state: 'unused' } };
  #engine;
  #onChange;

  /**
   * @param {Engine} engine
   * @param {(report: Report) => void} onChange
   */
  constructor(engine, onChange) {
    this.#engine = engine;
    this.#onChange = onChange;
  }

  /**
   * Starts one backend and lets it answer.
   * @param {BackendName} name
   * @throws {UndercoverError}
   */
  async force(name) {
    const ready = await this.#start(name);
    this.#engine.use(ready);
    this.#note(name, { state: 'active' });
    return ready;
  }

  /**
   * The CPU, or a GPU where the CPU fails.
   * @returns {Promise<{settled: Promise<void>}>} once one answers; `settled` when the choice is final
   * @throws {UndercoverError} what the CPU failed with, if no GPU works either
   */
  async automatic() {
    try {
      const cpu = await this.force('cpu');
      return { settled: this.#tryGpu(cpu) };
    } catch (failure) {
      if (isAbort(failure)) throw failure;
      await this.force('webgpu').catch(() => {
        throw failure;
      });
      return { settled: Promise.resolve() };
    }
  }

  /**
   * @param {BackendName} name
   * @param {UndercoverError} reason
   */
  noteLoss(name, { code, message }) {
    this.#note(name, { state: 'lost', code, message });
    // Where nothing else stands by, the engine starts the same one again.
    const next = this.report.cpu.state === 'standby' ? 'cpu' : name;
    this.#note(next, { state: 'active' });
  }

  /**
   * Why it does not answer, where it does not, is in the report: the CPU goes on.
   * @param {ReadyBackend} cpu
   */
  async #tryGpu(cpu) {
    const gpu = await this.#start('webgpu').catch(() => null);
    if (!gpu) return;
    try {
      await this.#choose(cpu, gpu);
    } catch (error) {
      this.#engine.stop(gpu.backend);
      const { code, message } = toUndercoverError(error instanceof BackendBroken ? error.reason : error, 'crashed');
      this.#note('webgpu', { state: 'unavailable', code, message });
    }
  }

  /**
   * @param {ReadyBackend} cpu
   * @param {ReadyBackend} gpu
   */
  async #choose(cpu, gpu) {
    await this.#engine.idle();
    const cpuTime = await cpu.backend.measure(RUNS);
    this.#note('cpu', { milliseconds: cpuTime });
    const gpuTime = await gpu.backend.measure(RUNS, 2 * cpuTime);
    this.#note('webgpu', { milliseconds: gpuTime });
    if (gpuTime < cpuTime) return this.#takeOver(gpu);
    this.#engine.stop(gpu.backend);
    const times = `${Math.round(gpuTime)} ms instead of ${Math.round(cpuTime)} ms`;
    this.#note('webgpu', { state: 'slower', code: 'slower', message: `The GPU is slower here: ${times} a picture.` });
  }

  /** @param {ReadyBackend} gpu */
  #takeOver(gpu) {
    this.#engine.use(gpu);
    this.#note('cpu', { state: 'standby' });
    this.#note('webgpu', { state: 'active' });
  }

  /**
   * @param {BackendName} name
   * @returns {Promise<ReadyBackend>}
   */
  async #start(name) {
    this.#note(name, { state: 'starting' });
    try {
      // Whether it has a device to offer is asked in the worker: the first question may hold a thread up.
      if (name === 'webgpu' && !navigator.gpu) throw new UndercoverError('no-webgpu', 'This browser has no WebGPU.');
      const ready = await this.#engine.start(name);
      this.#note(name, { state: 'ready', adapter: ready.info.adapter });
      return ready;
    } catch (error) {
      if (isAbort(error)) throw error;
      const { code, message } = toUndercoverError(error, 'crashed');
      this.#note(name, { state: 'unavailable', code, message });
      throw error;
    }
  }

  /**
   * @param {BackendName} name
   * @param {Partial<BackendReport>} news
   */
  #note(name, news) {
    this.report = { ...this.report, [name]: { ...this.report[name], ...news } };
    this.#onChange(this.report);
  }
}
