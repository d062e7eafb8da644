/** How often what is measured. */

/**
 * @typedef {object} Plan
 * @property {number} visits new profiles for each contestant and line; each gives one cold and one warm visit
 * @property {boolean} slowLine whether also over a slow line
 * @property {number} rounds of latency, each contestant once in each
 * @property {number} warmUp covers at the start of a turn that do not count
 * @property {number} perRound covers of a contestant in a round
 * @property {number} runs of throughput
 * @property {number} covers of a run of throughput
 * @property {number} budget milliseconds after which such a run ends with fewer covers
 */

/** @type {Plan} */
export const FULL = { visits: 5, slowLine: true, rounds: 10, warmUp: 2, perRound: 10, runs: 3, covers: 200, budget: 120_000 };

/** @type {Plan} */
export const QUICK = { visits: 2, slowLine: true, rounds: 4, warmUp: 2, perRound: 5, runs: 1, covers: 200, budget: 30_000 };

/**
 * On an emulated GPU, where a cover takes seconds: neither a line shows beside that, nor what another left in the caches.
 * @type {Plan}
 */
export const EMULATED = { visits: 1, slowLine: false, rounds: 3, warmUp: 0, perRound: 1, runs: 1, covers: 200, budget: 30_000 };
