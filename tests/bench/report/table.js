/** The table of a backend: figures of all contestants, ratios to the best peer, and whether the targets are met. */

import { METRICS } from './metrics.js';

/** @typedef {import('../contestants.js').Backend} Backend */
/** @typedef {import('../contestants.js').Contestant} Contestant */
/** @typedef {import('./metrics.js').Metric} Metric */

/**
 * @typedef {object} Row
 * @property {Metric} metric
 * @property {number[]} values in the order of the contestants; NaN where there is none
 * @property {number | null} ratio of ours to the best peer's
 * @property {number | null} target of the ratio
 * @property {boolean | null} met
 */

/** @typedef {{backend: Backend, contestants: Contestant[], rows: Row[]}} Table */

/**
 * @param {Backend} backend
 * @param {Contestant[]} all
 * @param {import('../measure/bench.js').Results} results
 * @param {import('../measure/bench.js').Baseline} baseline
 * @returns {Table}
 */
export function makeTable(backend, all, results, baseline) {
  const contestants = all.filter((contestant) => contestant.backend === backend && results.has(contestant.id));
  const rows = METRICS.map((metric) => {
    const values = contestants.map(({ id }) => {
      const result = results.get(id);
      return result ? metric.of(result, backend, baseline) : NaN;
    });
    const ratio = metric.compared ? ratioOf(metric, contestants, values) : null;
    const target = metric.target?.[backend] ?? null;
    const met = ratio === null || target === null ? null : metric.moreIsBetter ? ratio >= target : ratio <= target;
    return { metric, values, ratio, target, met };
  });
  return { backend, contestants, rows: rows.filter(({ values }) => values.some(Number.isFinite)) };
}

/**
 * @param {Metric} metric
 * @param {Contestant[]} contestants
 * @param {number[]} values
 */
function ratioOf({ moreIsBetter, firstAnswer }, contestants, values) {
  const peers = values.filter((value, index) => !contestants[index].ours && Number.isFinite(value));
  const ours = values.filter((_, index) => contestants[index].ours);
  const own = firstAnswer ? ours.at(-1) : ours[0];
  if (!peers.length || own === undefined || !Number.isFinite(own)) return null;
  return own / (moreIsBetter ? Math.max(...peers) : Math.min(...peers));
}
