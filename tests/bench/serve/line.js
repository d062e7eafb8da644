/**
 * A slow line, in the server and not in the browser: a browser's own throttling leaves out workers.
 *
 * All connections share the rate. A request waits one round trip for its answer, the first of a connection one more
 * for the handshake.
 */

import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{name: string, bitsPerSecond: number, roundTrip: number}} LineOptions `roundTrip` in milliseconds */

/** What is written at a time, in bytes: small enough for connections to share the line. */
const PART = 8192;

export class Line {
  #options;
  /** When all that is on the way has arrived, on the clock of `performance.now()`. */
  #free = 0;
  /** @type {WeakSet<import('node:net').Socket>} */
  #connected = new WeakSet();

  /** @param {LineOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Ends a response whose head has been set.
   * @param {import('node:http').ServerResponse} response
   * @param {Buffer} body
   */
  async send(response, body) {
    const { roundTrip, bitsPerSecond } = this.#options;
    const { socket } = response;
    const handshake = socket && !this.#connected.has(socket) ? roundTrip : 0;
    if (socket) this.#connected.add(socket);
    await sleep(roundTrip + handshake);
    for (let at = 0; at < body.length && !response.destroyed; at += PART) {
      const part = body.subarray(at, at + PART);
      const begin = Math.max(performance.now(), this.#free);
      this.#free = begin + (8000 * part.length) / bitsPerSecond;
      const wait = this.#free - performance.now();
      if (wait > 1) await sleep(wait);
      response.write(part);
    }
    response.end();
  }
}

/** As fast as this machine. */
export const direct = {
  /**
   * @param {import('node:http').ServerResponse} response
   * @param {Buffer} body
   */
  async send(response, body) {
    response.end(body);
  },
};
