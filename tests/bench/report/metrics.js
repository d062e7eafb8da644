/** The figures of the table, out of what was measured. */

import { median, quantile } from './statistics.js';

/** @typedef {import('../measure/bench.js').Baseline} Baseline */
/** @typedef {import('../measure/bench.js').ContestantResult} Result */
/** @typedef {import('../measure/bench.js').Visit} Visit */
/** @typedef {import('../contestants.js').Backend} Backend */

/**
 * @typedef {object} Metric
 * @property {string} id
 * @property {string} title with its unit
 * @property {number} digits after the point
 * @property {(result: Result, backend: Backend, baseline: Baseline) => number} of NaN where it was not measured
 * @property {boolean} [moreIsBetter]
 * @property {boolean} [compared] whether a ratio to the best peer says anything
 * @property {Record<Backend, number>} [target] of that ratio
 * @property {boolean} [firstAnswer] whether on WebGPU it is `auto` that a visitor sees
 */

/** The names of the lines. */
export const DIRECT = 'this machine';
export const SLOW = '10 Mbit/s, 40 ms';

/**
 * @param {string} line
 * @param {'cold' | 'warm'} cache
 * @param {(visit: Visit) => number} value
 * @returns {(result: Result) => number}
 */
const ofVisits = (line, cache, value) => (result) => median((result.first[line]?.[cache] ?? []).map(value));

const seconds = (/** @type {Visit} */ { milliseconds }) => milliseconds / 1000;

const megabytes = (/** @type {Visit} */ { files }) => files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;

/**
 * The tab's process; where a GPU computes, also the process that has its memory.
 * @param {Backend} backend
 */
const peak = (backend) => (/** @type {{peakTab: number, peakGpu: number}} */ { peakTab, peakGpu }) =>
  peakTab + (backend === 'webgpu' ? peakGpu : 0);

/** @type {Metric[]} */
export const METRICS = [
  {
    id: 'bytes',
    title: 'code and weights to the first answer, brotli, MB',
    digits: 2,
    of: ofVisits(DIRECT, 'cold', megabytes),
    compared: true,
    target: { cpu: 0.35, webgpu: 0.5 },
  },
  {
    id: 'cold',
    title: 'first answer, empty cache, s',
    digits: 2,
    of: ofVisits(DIRECT, 'cold', seconds),
    compared: true,
    firstAnswer: true,
    target: { cpu: 0.4, webgpu: 0.5 },
  },
  {
    id: 'warm',
    title: 'first answer, warm cache, s',
    digits: 2,
    of: ofVisits(DIRECT, 'warm', seconds),
    compared: true,
    firstAnswer: true,
    target: { cpu: 0.4, webgpu: 0.5 },
  },
  {
    id: 'slow-cold',
    title: `first answer at ${SLOW}, empty cache, s`,
    digits: 2,
    of: ofVisits(SLOW, 'cold', seconds),
    compared: true,
    firstAnswer: true,
  },
  {
    id: 'slow-warm',
    title: `first answer at ${SLOW}, warm cache, s`,
    digits: 2,
    of: ofVisits(SLOW, 'warm', seconds),
    compared: true,
    firstAnswer: true,
  },
  {
    id: 'p50',
    title: 'a cover, warm, p50, ms',
    digits: 0,
    of: ({ latencies }) => quantile(latencies, 0.5),
    compared: true,
    target: { cpu: 0.6, webgpu: 0.5 },
  },
  { id: 'p95', title: 'a cover, warm, p95, ms', digits: 0, of: ({ latencies }) => quantile(latencies, 0.95), compared: true },
  {
    id: 'fastest',
    title: 'a cover, warm, the fastest, ms',
    digits: 0,
    of: ({ latencies }) => quantile(latencies, 0),
    compared: true,
  },
  {
    id: 'throughput',
    title: 'many covers, covers/s',
    digits: 1,
    of: ({ many }) => median(many.map(({ covers, milliseconds }) => (1000 * covers) / milliseconds)),
    moreIsBetter: true,
    compared: true,
    target: { cpu: 1.5, webgpu: 1.5 },
  },
  {
    id: 'peak',
    title: 'peak memory of the tab, MB',
    digits: 0,
    of: ({ many }, backend) => median(many.map(peak(backend))),
    compared: true,
    target: { cpu: 0.6, webgpu: 0.8 },
  },
  {
    id: 'peak-above',
    title: 'the same above an empty page, MB',
    digits: 0,
    of: ({ many }, backend, baseline) => median(many.map(peak(backend))) - peak(backend)(baseline),
    compared: true,
  },
  {
    id: 'cpu-first',
    title: 'CPU time to the first answer, empty cache, s',
    digits: 2,
    of: ofVisits(DIRECT, 'cold', ({ cpuSeconds }) => cpuSeconds),
    compared: true,
  },
  {
    id: 'cpu-cover',
    title: 'CPU time of a cover, warm, ms',
    digits: 0,
    of: ({ many }) => median(many.map(({ cpuSeconds, covers }) => (1000 * cpuSeconds) / covers)),
    compared: true,
  },
  {
    id: 'longest',
    title: 'longest main-thread task while classifying, in a worker, ms',
    digits: 0,
    of: ({ many }) => Math.max(...many.map(({ longestTask }) => longestTask)),
  },
  {
    id: 'longest-loading-page',
    title: 'the same on the main thread, loading, ms',
    digits: 0,
    of: ({ onPageThread }) => onPageThread?.loading ?? NaN,
  },
  {
    id: 'longest-page',
    title: 'the same on the main thread, classifying, ms',
    digits: 0,
    of: ({ onPageThread }) => onPageThread?.classifying ?? NaN,
  },
];
