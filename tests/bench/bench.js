/**
 * Undercover and its peers side by side in Chromium: called by `cargo xtask bench`, which prepares what it needs.
 *
 * node tests/bench/bench.js --onnx FILE --out FOLDER --cache FOLDER [--only NAME,…] [--backend cpu|webgpu] [--quick]
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { findAdapter, withBrowser, withProfile } from './browser/chromium.js';
import { EMPTY, contestants } from './contestants.js';
import { drawCovers, exactCovers } from './covers.js';
import { measureEmpty, measureFirst } from './measure/first.js';
import { measureLatency } from './measure/latency.js';
import { measureMany, measureOnPageThread } from './measure/many.js';
import { EMULATED, FULL, QUICK } from './measure/plan.js';
import { peerModel } from './model/index.js';
import { differences } from './report/agreement.js';
import { conditions } from './report/conditions.js';
import { toMarkdown } from './report/markdown.js';
import { DIRECT, SLOW } from './report/metrics.js';
import { notesOn } from './report/notes.js';
import { tablePlot } from './report/plot.js';
import { makeTable } from './report/table.js';
import { Assets } from './serve/asset.js';
import { Line, direct } from './serve/line.js';
import { Server } from './serve/server.js';
import { makeSite } from './serve/site.js';

/** @typedef {import('./contestants.js').Backend} Backend */
/** @typedef {import('./contestants.js').Contestant} Contestant */
/** @typedef {import('./measure/bench.js').Bench} Bench */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** @type {Backend[]} */
const BACKENDS = ['cpu', 'webgpu'];

const { values: options } = parseArgs({
  options: {
    onnx: { type: 'string' },
    out: { type: 'string' },
    cache: { type: 'string' },
    only: { type: 'string' },
    backend: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});

await main();

async function main() {
  const { onnx, out, cache } = options;
  if (!onnx || !out || !cache) throw new Error('--onnx, --out and --cache are needed');
  if (process.platform !== 'linux') throw new Error('processes are measured by /proc, which only Linux has');
  const manifest = JSON.parse(readFileSync(join(ROOT, 'www/models/undercover/manifest.json'), 'utf8'));
  const chosen = choose(contestants());
  const { server, chromium, paths } = await serve(chosen, manifest, onnx, cache);
  try {
    const needsGpu = chosen.some(({ backend }) => backend === 'webgpu');
    const gpu = needsGpu ? await findAdapter(server.address(EMPTY.id, {})) : null;
    const before = conditions(ROOT, chromium, gpu?.name ?? null);
    const backends = BACKENDS.filter((backend) => chosen.some((contestant) => contestant.backend === backend));
    const measured = [];
    for (const backend of backends) {
      const those = chosen.filter((contestant) => contestant.backend === backend);
      measured.push(await measure({ server, ...paths, expected: manifest.self_test.logits }, backend, those, gpu?.adapter ?? null));
    }
    await report(out, before, measured, manifest);
  } finally {
    server.close();
  }
}

/**
 * @param {Contestant[]} all
 * @returns {Contestant[]}
 */
function choose(all) {
  const { backend, only } = options;
  const names = only?.split(',').map((name) => name.trim());
  const chosen = all.filter(
    (contestant) =>
      (!backend || contestant.backend === backend) && (!names || names.some((name) => contestant.id.startsWith(name))),
  );
  if (chosen.length) return chosen;
  throw new Error(`nothing is left to measure: there are ${all.map(({ id }) => id).join(', ')}`);
}

/**
 * Starts the server with the sites of those who are measured.
 * @param {Contestant[]} chosen
 * @param {import('./model/index.js').Manifest} manifest
 * @param {string} onnx
 * @param {string} cache
 */
async function serve(chosen, manifest, onnx, cache) {
  process.stderr.write('   compressing what is served (minutes the first time)\n');
  const assets = new Assets(join(cache, 'brotli'));
  const model = peerModel(readFileSync(onnx), manifest);
  const { version, covers } = await withProfile((profile) =>
    withBrowser(profile, null, async (browser) => ({
      version: await browser.version(),
      covers: await drawCovers((await browser.pages())[0]),
    })),
  );
  const exact = exactCovers(manifest.input.size);
  const files = [...covers.map((body, index) => ({ path: `/covers/${index}.jpg`, body })), ...exact.map((body, index) => ({ path: `/covers/exact-${index}.png`, body }))];
  const served = await Promise.all(files.map(async ({ path, body }) => /** @type {const} */ ([path, await assets.make(path, body)])));
  const server = new Server(new Map(served));
  const sources = { site: join(ROOT, 'www'), model, input: manifest.input, assets };
  for (const contestant of [...chosen, EMPTY]) server.add(contestant.id, await makeSite(contestant, sources));
  await server.listen();
  const of = (/** @type {string} */ ending) => files.map(({ path }) => path).filter((path) => path.endsWith(ending));
  return { server, chromium: version, paths: { covers: of('.jpg'), exactCovers: of('.png') } };
}

/**
 * @param {Pick<Bench, 'server' | 'covers' | 'exactCovers' | 'expected'>} common
 * @param {Backend} backend
 * @param {Contestant[]} those
 * @param {import('./browser/chromium.js').Adapter | null} adapter
 */
async function measure(common, backend, those, adapter) {
  const onGpu = backend === 'webgpu';
  const plan = onGpu && adapter === 'swiftshader' ? EMULATED : options.quick ? QUICK : FULL;
  /** @type {Bench} */
  const bench = { ...common, contestants: those, adapter: onGpu ? adapter : null, plan, results: new Map() };
  await measureLatency(bench);
  const baseline = await measureEmpty(bench);
  await measureFirst(bench, DIRECT, direct);
  await measureFirst(bench, SLOW, new Line({ name: SLOW, bitsPerSecond: 10e6, roundTrip: 40 }));
  bench.server.line = direct;
  await measureMany(bench);
  await measureOnPageThread(bench);
  return { backend, plan, baseline, contestants: those, results: bench.results };
}

/** @typedef {Awaited<ReturnType<typeof measure>>} Measured */

/**
 * @param {string} folder
 * @param {Record<string, string>} conditions
 * @param {Measured[]} measured
 * @param {import('./model/index.js').Manifest} manifest
 */
async function report(folder, conditions, measured, manifest) {
  mkdirSync(folder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const { logits, tolerance } = manifest.self_test;
  const tables = measured.map(({ backend, contestants, results, baseline }) => makeTable(backend, contestants, results, baseline));
  const distances = measured.map(({ contestants, results }) => differences(contestants, results, logits));
  const notes = measured.flatMap((one, index) => notesOn(one, distances[index], tolerance));
  const text = toMarkdown({ date, conditions, notes, tables });
  writeFileSync(join(folder, 'report.md'), text);
  const raw = measured.map((one, index) => ({ ...one, results: Object.fromEntries(one.results), differences: Object.fromEntries(distances[index]) }));
  writeFileSync(join(folder, 'report.json'), JSON.stringify({ date, conditions, measured: raw }, null, 1));
  for (const table of tables) writeFileSync(join(folder, `${table.backend}.svg`), await tablePlot(table));
  process.stdout.write(text);
  process.stderr.write(`   written to ${folder}\n`);
  for (const [id, distance] of distances.flatMap((of) => [...of])) {
    if (!(distance <= tolerance)) throw new Error(`${id} computes another network: its logits are off by ${distance}`);
  }
}
