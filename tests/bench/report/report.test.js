/** What the report says of given measurements: ratios, targets, agreement. Run with `node --test`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { noResult } from '../measure/bench.js';
import { QUICK } from '../measure/plan.js';
import { differences } from './agreement.js';
import { exponent, growthPlot, growthTable } from './growth.js';
import { toMarkdown } from './markdown.js';
import { DIRECT } from './metrics.js';
import { notesOn } from './notes.js';
import { median, quantile, theilSen } from './statistics.js';
import { tablePlot } from './plot.js';
import { makeTable } from './table.js';

const BASELINE = { cpuSeconds: 0, peakTab: 100, peakGpu: 0 };

/**
 * @param {string} id
 * @param {boolean} ours
 * @returns {import('../contestants.js').Contestant}
 */
const contestant = (id, ours) => ({ id, title: id, backend: 'cpu', ours, page: '', query: {}, weights: 'f16' });

const CONTESTANTS = [contestant('own', true), contestant('slow', false), contestant('fast', false)];

/**
 * @param {number} milliseconds of everything
 * @returns {import('../measure/bench.js').ContestantResult}
 */
function resultOf(milliseconds) {
  const usage = { cpuSeconds: milliseconds / 1000, peakTab: 100 + milliseconds, peakGpu: 50 };
  const files = [{ path: '/a', bytes: 1e4 * milliseconds }, { path: '/b', bytes: 1e4 * milliseconds }];
  const visit = { milliseconds, ready: 0, files, longestTask: 0, ...usage };
  const many = { covers: 10, milliseconds: 10 * milliseconds, longestTask: 0, ...usage };
  return {
    ...noResult(),
    first: { [DIRECT]: { cold: [visit], warm: [visit] } },
    latencies: [milliseconds],
    many: [many],
    logits: [[1, milliseconds], [2, milliseconds]],
  };
}

const RESULTS = new Map([['own', resultOf(50)], ['slow', resultOf(200)], ['fast', resultOf(100)]]);

/** @param {string} id of a metric */
function row(id, results = RESULTS) {
  const found = makeTable('cpu', CONTESTANTS, results, BASELINE).rows.find(({ metric }) => metric.id === id);
  assert.ok(found, `there is no row ${id}`);
  return found;
}

test('a quantile is a measured value, and the median lies between the two in the middle', () => {
  assert.equal(quantile([5, 1, 4, 2, 3], 0.5), 3);
  assert.equal(quantile(Array.from({ length: 100 }, (_, index) => index + 1), 0.95), 95);
  assert.equal(quantile([7], 0.95), 7);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])) && Number.isNaN(quantile([], 0.5)));
});

test('a line is found in spite of an outlier', () => {
  assert.equal(theilSen([[0, 1], [1, 3], [2, 5], [3, 100], [4, 9]]), 2);
  assert.ok(Number.isNaN(theilSen([[0, 1]])));
});

/** @param {(covers: number) => number} milliseconds */
const points = (milliseconds) =>
  [1, 10, 100, 1000].map((covers) => ({ covers, milliseconds: milliseconds(covers), peakTab: 100 + covers, peakGpu: 7 }));

test('growth that is linear has the exponent 1, and quadratic growth is seen', async () => {
  assert.ok(Math.abs(exponent(points((covers) => 30 * covers)) - 1) < 1e-9);
  assert.ok(Math.abs(exponent(points((covers) => covers * covers)) - 2) < 1e-9);
  const growth = [{ contestant: CONTESTANTS[0], points: points((covers) => 30 * covers) }, { contestant: CONTESTANTS[1], points: [] }];
  assert.match(growthTable(growth), /\| own \| 1000 \| 30\.0 \| 1\.00 \| 101 \| 1100 \|\n\| slow \| – /);
  assert.match(await growthPlot(growth), /^<svg[^]*<\/svg>$/);
});

test('a ratio is to the best peer: the lowest of costs, the highest of rates', () => {
  assert.equal(row('p50').ratio, 0.5);
  assert.deepEqual(row('throughput').values, [20, 5, 10]);
  assert.equal(row('throughput').ratio, 2);
});

test('a target is met on its right side', () => {
  assert.equal(row('p50').met, true);
  assert.equal(row('throughput').met, true);
  const slower = new Map([...RESULTS, ['own', resultOf(90)]]);
  assert.equal(row('p50', slower).met, false);
  assert.equal(row('throughput', slower).met, false);
});

test('bytes are those of all files, memory that of the tab, and what is above an empty page', () => {
  assert.deepEqual(row('bytes').values, [1, 4, 2]);
  assert.deepEqual(row('peak').values, [150, 300, 200]);
  assert.deepEqual(row('peak-above').values, [50, 200, 100]);
});

test('without peers there is no ratio, and what was not measured is no row', () => {
  const table = makeTable('cpu', CONTESTANTS.slice(0, 1), RESULTS, BASELINE);
  assert.ok(table.rows.every(({ ratio, met }) => ratio === null && met === null));
  assert.ok(!table.rows.some(({ metric }) => metric.id === 'slow-cold' || metric.id === 'longest-page'));
});

test('a contestant that failed has no figure, and its failure is told', () => {
  const results = new Map([...RESULTS, ['fast', { ...noResult(), failure: 'logits: no adapter' }]]);
  assert.equal(row('p50', results).ratio, 0.25);
  const distances = differences(CONTESTANTS, results, [1, 50]);
  assert.deepEqual([...distances.keys()], ['own', 'slow']);
  const notes = notesOn({ backend: 'cpu', plan: QUICK, contestants: CONTESTANTS, results }, distances, 0.1);
  assert.ok(notes.includes('fast failed: logits: no adapter'));
});

test('logits are compared with the known answer, and further ones with our own', () => {
  const distances = differences(CONTESTANTS, RESULTS, [1, 50.5]);
  assert.equal(distances.get('own'), 0.5);
  assert.equal(distances.get('fast'), 50);
  const broken = new Map([...RESULTS, ['fast', { ...resultOf(100), logits: [[NaN, 1], [2, 50]] }]]);
  assert.ok(Number.isNaN(differences(CONTESTANTS, broken, [1, 50]).get('fast')));
});

test('the report has a column for each, and the plot is an SVG file', async () => {
  const table = makeTable('cpu', CONTESTANTS, RESULTS, BASELINE);
  const text = toMarkdown({ date: '2026-01-02', conditions: { machine: 'this' }, notes: ['a note'], tables: [table] });
  assert.match(text, /\| a cover, warm, p50, ms \| 50 \| 200 \| 100 \| 0\.50 \| ≤ 0\.6, met \|/);
  assert.match(text, /- machine: this/);
  assert.match(text, /- a note/);
  assert.match(await tablePlot(table), /^<svg[^]*<\/svg>$/);
});
