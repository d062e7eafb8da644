/** What the page and a worker tell each other. No code: types only. */

/** @typedef {import('./answer.js').BackendName} BackendName */
/** @typedef {import('./errors.js').ErrorData} ErrorData */

/**
 * Once, at the start: which module to fetch and compile.
 * @typedef {{type: 'start', backend: BackendName}} Start
 */

/**
 * Once: that program as far as the page has compiled it, or null where the worker is to do so.
 * @typedef {{type: 'program', program: WebAssembly.Module | null}} Program
 */

/**
 * Once, when the model has arrived.
 * @typedef {{type: 'load', manifest: Uint8Array<ArrayBuffer>, weights: Blob | ArrayBuffer}} Load
 */

/** @typedef {{type: 'classify', id: number, picture: Blob, question: import('./answer.js').Question}} Classify */

/**
 * How long a picture takes, warm, in milliseconds: the best of `runs`, which end early once one takes over `enough`.
 * @typedef {{type: 'measure', id: number, runs: number, enough: number}} Measure
 */

/** @typedef {Start | Program | Load | Classify | Measure} ToWorker */

/** @typedef {{backend: BackendName, adapter: string, modelVersion: string}} BackendInfo */

/**
 * `broken` ends a worker: whatever it was asked will not be answered by it.
 * @typedef {{type: 'progress', loaded: number, total: number | null}
 *   | {type: 'ready', info: BackendInfo}
 *   | {type: 'answer', id: number, answer: import('./answer.js').NetworkAnswer}
 *   | {type: 'measured', id: number, milliseconds: number}
 *   | {type: 'error', id: number, error: ErrorData}
 *   | {type: 'broken', error: ErrorData}} FromWorker
 */

export {};
