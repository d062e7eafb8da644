/** A worker: one backend, asked one thing at a time. What it is told and tells is in lib/protocol.js. */

import { toErrorData } from './lib/errors.js';
import { Host } from './lib/worker/host.js';

/** @typedef {import('./lib/protocol.js').FromWorker} FromWorker */
/** @typedef {import('./lib/protocol.js').ToWorker} ToWorker */

/** @param {FromWorker} message */
const tell = (message) => /** @type {{postMessage(message: FromWorker): void}} */ (globalThis).postMessage(message);

const host = new Host(tell);

addEventListener('message', (/** @type {MessageEvent<ToWorker>} */ event) => {
  host.receive(event.data).catch((error) => tell({ type: 'broken', error: toErrorData(error, 'crashed') }));
});

// A panic within a promise of Rust's rejects nothing that anyone awaits.
addEventListener('unhandledrejection', (/** @type {PromiseRejectionEvent} */ event) => {
  tell({ type: 'broken', error: toErrorData(event.reason, 'crashed') });
});
