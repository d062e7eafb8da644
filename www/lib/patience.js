/** A time limit that a sleeping device, a frozen tab or a slowed-down clock does not use up. */

/**
 * How late a timer may fire, in milliseconds, before it tells nothing: while a tab is frozen its workers are as well,
 * and whatever they have answered since is read after the timer.
 */
const LATE = 5_000;

export class Patience {
  #milliseconds;
  #onEnd;
  #forgiven = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {number} milliseconds
   * @param {() => void} onEnd called once they are over, unless it was ended before
   */
  constructor(milliseconds, onEnd) {
    this.#milliseconds = milliseconds;
    this.#onEnd = onEnd;
    this.#wait();
  }

  /** Something happened: the time is counted from now on. */
  renew() {
    this.#forgiven = false;
    this.#wait();
  }

  end() {
    clearTimeout(this.#timer);
  }

  #wait() {
    this.end();
    const due = performance.now() + this.#milliseconds;
    this.#timer = setTimeout(() => this.#fire(performance.now() - due), this.#milliseconds);
  }

  /**
   * The time is given once more, and no oftener: in a tab that stays hidden every timer is late.
   * @param {number} late in milliseconds
   */
  #fire(late) {
    if (late < LATE || this.#forgiven) return this.#onEnd();
    this.#forgiven = true;
    this.#wait();
  }
}
