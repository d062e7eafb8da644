/** Undercover and its peers side by side in Chromium: called by `cargo xtask bench`, which prepares what it needs. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { measureEmpty, measureFirst } from './measure/first.js';
import { measureLatency } from './measure/latency.js';
import { measureMany, measureOnPageThread } from './measure/many.js';
import { differences } from './report/agreement.js';
import { toMarkdown } from './report/markdown.js';
import { DIRECT, SLOW } from './report/metrics.js';
import { notesOn } from './report/notes.js';
import { tablePlot } from './report/plot.js';
import { makeTable } from './report/table.js';
import { Line, direct } from './serve/line.js';
import { setUp } from './setup.js';

/** @typedef {import('./measure/bench.js').Bench} Bench */

const setup = await setUp();
try {
  const measured = [];
  for (const bench of setup.benches) measured.push({ ...bench, baseline: await measure(bench) });
  await report(setup, measured);
} finally {
  setup.close();
}

/** @param {Bench} bench */
async function measure(bench) {
  await measureLatency(bench);
  const baseline = await measureEmpty(bench);
  await measureFirst(bench, DIRECT, direct);
  if (bench.plan.slowLine) await measureFirst(bench, SLOW, new Line({ name: SLOW, bitsPerSecond: 10e6, roundTrip: 40 }));
  bench.server.line = direct;
  await measureMany(bench);
  await measureOnPageThread(bench);
  return baseline;
}

/** @typedef {Bench & {baseline: import('./measure/bench.js').Baseline}} Measured */

/**
 * @param {import('./setup.js').Setup} setup
 * @param {Measured[]} measured
 */
async function report({ out, conditions, manifest }, measured) {
  mkdirSync(out, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const { logits, tolerance } = manifest.self_test;
  const tables = measured.map(({ backend, contestants, results, baseline }) => makeTable(backend, contestants, results, baseline));
  const distances = measured.map(({ contestants, results }) => differences(contestants, results, logits));
  const notes = measured.flatMap((one, index) => notesOn(one, distances[index], tolerance));
  const text = toMarkdown({ date, conditions, notes, tables });
  writeFileSync(join(out, 'report.md'), text);
  const raw = measured.map(({ backend, plan, baseline, contestants, results }, index) => ({
    backend,
    plan,
    baseline,
    contestants,
    results: Object.fromEntries(results),
    differences: Object.fromEntries(distances[index]),
  }));
  writeFileSync(join(out, 'report.json'), JSON.stringify({ date, conditions, measured: raw }, null, 1));
  for (const table of tables) writeFileSync(join(out, `${table.backend}.svg`), await tablePlot(table));
  process.stdout.write(text);
  process.stderr.write(`   written to ${out}\n`);
  for (const [id, distance] of distances.flatMap((of) => [...of])) {
    if (!(distance <= tolerance)) throw new Error(`${id} computes another network: its logits are off by ${distance}`);
  }
}
