/** A worker: one backend, asked one thing at a time. What it is told and tells is in lib/protocol.js. */

// What those below import is named as well, so that a browser fetches all of it at once and not layer by layer.
import './lib/encode.js';
import './lib/program.js';
import './lib/progress.js';
import './lib/simd.js';
import './lib/worker/decode.js';
import './lib/worker/devices.js';
import './lib/worker/measure.js';
import './lib/worker/module.js';
import './lib/worker/probe.js';

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
