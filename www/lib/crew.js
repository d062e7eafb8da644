/**
 * Workers beside the one that answers, while a long queue waits for the CPU. Each computes on one core, and needs some
 * 40 MB; all answer alike.
 */

/** @typedef {import('./engine.js').ReadyBackend} ReadyBackend */

/** So many answers in a row, each with more waiting behind it, are a long queue: two or three covers are not. */
const LONG_QUEUE = 3;

/** Milliseconds without work after which they are let go. */
const REST = 10_000;

/** Workers that compute at a time, at most: one core is left to the page, where there are more than two. */
export function mostWorkers() {
  const { hardwareConcurrency: cores = 1, deviceMemory = 8 } = /** @type {Navigator & {deviceMemory?: number}} */ (navigator);
  // On a small device memory is the limit.
  if (deviceMemory < 2) return 1;
  return Math.min(cores, Math.max(2, Math.min(4, cores - 1)));
}

export class Crew {
  /** @type {Set<ReadyBackend>} */
  #members = new Set();
  /** All that ever were. @type {WeakSet<ReadyBackend>} */
  #hired = new WeakSet();
  #most = mostWorkers() - 1;
  #crowded = 0;
  #hiring = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  #start;
  #stop;

  /**
   * @param {() => Promise<ReadyBackend>} start starts one more
   * @param {(member: ReadyBackend) => void} stop ends one, when it has answered
   */
  constructor(start, stop) {
    this.#start = start;
    this.#stop = stop;
  }

  get members() {
    return [...this.#members];
  }

  /**
   * Told after every answer.
   * @param {boolean} crowded whether more is waiting
   * @returns {Promise<void>} resolves when there is one more, if there is to be
   */
  async note(crowded) {
    this.#crowded = crowded ? this.#crowded + 1 : 0;
    if (this.#crowded < LONG_QUEUE || this.#hiring || this.#members.size >= this.#most) return;
    this.#crowded = 0;
    this.#hiring = true;
    try {
      const member = await this.#start();
      this.#hired.add(member);
      this.#members.add(member);
    } catch {
      // There is no memory for it, or no connection: it goes on with those that there are.
      this.#most = this.#members.size;
    } finally {
      this.#hiring = false;
    }
  }

  /**
   * One that broke.
   * @param {ReadyBackend} member
   * @returns {boolean} whether it is or was one of these
   */
  lose(member) {
    this.#members.delete(member);
    return this.#hired.has(member);
  }

  /** @param {boolean} working whether there is anything to do */
  stay(working) {
    clearTimeout(this.#rest);
    if (!working) this.#rest = setTimeout(() => this.dismiss(), REST);
  }

  /** Ends all of them. */
  dismiss() {
    for (const member of this.#members) this.#stop(member);
    this.#members.clear();
  }
}
