/** What every benchmark needs before it can measure: its contestants, a server with their sites, an adapter. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { findAdapter, withBrowser, withProfile } from './browser/chromium.js';
import { EMPTY, contestants } from './contestants.js';
import { drawCovers, exactCovers } from './covers.js';
import { EMULATED, FULL, QUICK } from './measure/plan.js';
import { peerModel } from './model/index.js';
import { conditions } from './report/conditions.js';
import { Assets } from './serve/asset.js';
import { Server } from './serve/server.js';
import { makeSite } from './serve/site.js';

/** @typedef {import('./contestants.js').Backend} Backend */
/** @typedef {import('./contestants.js').Contestant} Contestant */
/** @typedef {import('./measure/bench.js').Bench} Bench */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** @type {Backend[]} */
const BACKENDS = ['cpu', 'webgpu'];

/**
 * @typedef {object} Setup
 * @property {string} out folder for the report
 * @property {import('./model/index.js').Manifest} manifest
 * @property {Record<string, string>} conditions
 * @property {Bench[]} benches one for each backend
 * @property {() => void} close
 */

/**
 * As the command line asks for it.
 * @returns {Promise<Setup>}
 */
export async function setUp() {
  const options = readOptions();
  if (process.platform !== 'linux') throw new Error('processes are measured by /proc, which only Linux has');
  const manifest = JSON.parse(readFileSync(join(ROOT, 'www/models/undercover/manifest.json'), 'utf8'));
  const chosen = choose(contestants(), options);
  const { server, chromium, paths } = await serve(chosen, manifest, options);
  const needsGpu = chosen.some(({ backend }) => backend === 'webgpu');
  const gpu = needsGpu ? await findAdapter(server.address(EMPTY.id, {})) : null;
  const common = { server, ...paths, expected: manifest.self_test.logits };
  const benches = BACKENDS.flatMap((backend) => {
    const those = chosen.filter((contestant) => contestant.backend === backend);
    const adapter = (backend === 'webgpu' && gpu?.adapter) || null;
    const plan = adapter && gpu?.emulated ? EMULATED : options.quick ? QUICK : FULL;
    return those.length ? [{ ...common, backend, contestants: those, adapter, plan, results: new Map() }] : [];
  });
  return {
    out: options.out,
    manifest,
    conditions: conditions(ROOT, chromium, gpu?.name ?? null),
    benches,
    close: () => server.close(),
  };
}

/** @typedef {{onnx: string, out: string, cache: string, only?: string, backend?: string, quick: boolean}} Options */

/** @returns {Options} */
function readOptions() {
  const { values } = parseArgs({
    options: {
      onnx: { type: 'string' },
      out: { type: 'string' },
      cache: { type: 'string' },
      only: { type: 'string' },
      backend: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const { onnx, out, cache } = values;
  if (!onnx || !out || !cache) throw new Error('--onnx, --out and --cache are needed: `cargo xtask bench` gives them');
  return { ...values, onnx, out, cache };
}

/**
 * @param {Contestant[]} all
 * @param {Pick<Options, 'backend' | 'only'>} options
 * @returns {Contestant[]}
 */
function choose(all, { backend, only }) {
  const names = only?.split(',').map((name) => name.trim());
  // A whole name is just that one, though others begin with it.
  const named = (/** @type {string} */ id, /** @type {string} */ name) =>
    all.some((contestant) => contestant.id === name) ? id === name : id.startsWith(name);
  const chosen = all.filter(
    (contestant) =>
      (!backend || contestant.backend === backend) && (!names || names.some((name) => named(contestant.id, name))),
  );
  if (chosen.length) return chosen;
  throw new Error(`nothing is left to measure: there are ${all.map(({ id }) => id).join(', ')}`);
}

/**
 * Starts the server with the sites of those who are measured.
 * @param {Contestant[]} chosen
 * @param {import('./model/index.js').Manifest} manifest
 * @param {Options} options
 */
async function serve(chosen, manifest, { onnx, cache }) {
  process.stderr.write('   compressing what is served (minutes the first time)\n');
  const assets = new Assets(join(cache, 'brotli'));
  const { version, covers } = await withProfile((profile) =>
    withBrowser(profile, null, async (browser) => ({
      version: await browser.version(),
      covers: await drawCovers((await browser.pages())[0]),
    })),
  );
  const drawn = covers.map((body, index) => ({ path: `/covers/${index}.jpg`, body }));
  const exact = exactCovers(manifest.input.size).map((body, index) => ({ path: `/covers/exact-${index}.png`, body }));
  const entries = [...drawn, ...exact].map(async ({ path, body }) => /** @type {const} */ ([path, await assets.make(path, body)]));
  const server = new Server(new Map(await Promise.all(entries)));
  const model = peerModel(readFileSync(onnx), manifest);
  const sources = { site: join(ROOT, 'www'), model, input: manifest.input, assets };
  for (const contestant of [...chosen, EMPTY]) server.add(contestant.id, await makeSite(contestant, sources));
  await server.listen();
  const paths = { covers: drawn.map(({ path }) => path), exactCovers: exact.map(({ path }) => path) };
  return { server, chromium: version, paths };
}
