/** What a contestant's server serves: its page, its program, and the model in its own form. */

import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

import { build } from 'esbuild';

import { PEERS, peerFile } from '../peers/files.js';

/** @typedef {import('../contestants.js').Contestant} Contestant */
/** @typedef {import('../model/index.js').PeerModel} PeerModel */

/** What of the site is the library: see xtask/src/dist.rs. */
const LIBRARY = ['undercover.js', 'worker.js', 'lib', 'pkg', 'models'];

/**
 * @typedef {object} Sources
 * @property {string} site folder that the repository serves
 * @property {PeerModel} model
 * @property {import('../model/index.js').Manifest['input']} input
 * @property {import('./asset.js').Assets} assets
 */

/**
 * @param {Contestant} contestant
 * @param {Sources} sources
 * @returns {Promise<import('./server.js').Site>}
 */
export async function makeSite(contestant, sources) {
  const files = new Map([['/', await page(contestant)], ...(await program(contestant, sources))]);
  const entries = [...files].map(async ([path, body]) => {
    const name = path === '/' ? '/index.html' : path;
    return /** @type {const} */ ([path, await sources.assets.make(name, body)]);
  });
  return new Map(await Promise.all(entries));
}

/** @param {Contestant} contestant */
async function page({ title, page }) {
  const [script] = await bundle({ entryPoints: [new URL(`../page/${page}`, import.meta.url).pathname], external: ['/undercover/*'] });
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><script type="module">${script}</script></html>`;
  return Buffer.from(html);
}

/**
 * @param {Contestant} contestant
 * @param {Sources} sources
 * @returns {Promise<Map<string, Buffer>>}
 */
async function program(contestant, sources) {
  if (contestant.ours) return library(sources.site);
  if (!contestant.peer) return new Map();
  const { size, normalisation } = sources.input;
  const define = { 'globalThis.__INPUT__': JSON.stringify({ size, ...normalisation }) };
  const worker = `import { load } from './${contestant.peer}'; import { serve } from './peer.js'; serve(load);`;
  const [inWorker, onPage] = await Promise.all([
    bundle({ stdin: { contents: worker, resolveDir: PEERS }, define }),
    bundle({ entryPoints: [join(PEERS, contestant.peer)], define }),
  ]);
  /** @type {Map<string, Buffer>} */
  const files = new Map([['/worker.js', Buffer.from(inWorker[0])], ['/peer.js', Buffer.from(onPage[0])]]);
  for (const [name, path] of contestant.files ?? []) {
    files.set(`/${path.split('/').at(-1)}`, readFileSync(peerFile(name, path)));
  }
  for (const [path, body] of modelFiles(contestant, sources.model)) files.set(path, body);
  return files;
}

/**
 * @param {Contestant} contestant
 * @param {PeerModel} model
 * @returns {[string, Buffer][]}
 */
function modelFiles({ id }, { onnx, tfjs, transformers }) {
  if (id.startsWith('tfjs')) return [['/model/model.json', tfjs.topology], ['/model/weights.bin', tfjs.weights]];
  if (id.startsWith('transformers')) return [...transformers].map(([path, body]) => [`/models/undercover/${path}`, body]);
  return [['/model.onnx', onnx]];
}

/**
 * The files of the library, which is loaded as it is shipped.
 * @param {string} site
 */
function library(site) {
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  for (const entry of LIBRARY) {
    for (const file of filesOf(join(site, entry))) files.set(`/undercover/${relative(site, file)}`, readFileSync(file));
  }
  return files;
}

/**
 * @param {string} path of a file or folder
 * @returns {string[]}
 */
function filesOf(path) {
  if (path.endsWith('.js')) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * As a careful user ships a program: one file, minified, without what is not used.
 * @param {import('esbuild').BuildOptions} options
 * @returns {Promise<string[]>}
 */
async function bundle(options) {
  const { outputFiles = [] } = await build({
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'error',
    write: false,
    ...options,
  });
  return outputFiles.map(({ text }) => text);
}
