/** Requests that wait for a backend. Each is settled exactly once. */

/** @typedef {import('./answer.js').NetworkAnswer} NetworkAnswer */

/** One picture and the promise of its answer. */
export class Request {
  /** How often a backend broke on it. */
  failures = 0;
  #settled = false;
  /** @type {PromiseWithResolvers<{answer: NetworkAnswer, info: import('./protocol.js').BackendInfo}>} */
  #promise = Promise.withResolvers();
  #signal;
  #onAbort = () => this.reject(this.#signal?.reason);

  /**
   * @param {Blob} picture
   * @param {import('./answer.js').Question} question
   * @param {AbortSignal} [signal]
   */
  constructor(picture, question, signal) {
    this.picture = picture;
    this.question = question;
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get answered() {
    return this.#promise.promise;
  }

  /** Answered, refused or no longer wanted. */
  get settled() {
    return this.#settled;
  }

  /**
   * @param {NetworkAnswer} answer
   * @param {import('./protocol.js').BackendInfo} info of the backend that answered
   */
  resolve(answer, info) {
    this.#settle();
    this.#promise.resolve({ answer, info });
  }

  /** @param {unknown} error */
  reject(error) {
    this.#settle();
    this.#promise.reject(error);
  }

  #settle() {
    this.#settled = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** First come, first served; a request that is no longer wanted is passed over. */
export class Queue {
  /** @type {Request[]} */
  #waiting = [];

  /** Whether there is any. */
  get waits() {
    return this.#waiting.length > 0;
  }

  /** @param {Request} request */
  add(request) {
    this.#waiting.push(request);
  }

  /**
   * Back to the front: its backend broke.
   * @param {Request} request
   */
  putBack(request) {
    this.#waiting.unshift(request);
  }

  /** @returns {Request | undefined} */
  take() {
    for (;;) {
      const request = this.#waiting.shift();
      if (!request?.settled) return request;
    }
  }

  /** @param {unknown} error that all who wait are answered with */
  rejectAll(error) {
    for (const request of this.#waiting.splice(0)) if (!request.settled) request.reject(error);
  }
}
