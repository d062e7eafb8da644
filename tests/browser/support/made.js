/** What earlier steps of `cargo xtask test` leave in cargo's target folder for the tests here. */

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{code: string} | {logits: number[]}} Outcome of one file: an error's code, or the network's answer */

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');

/** @param {string} path in the repository */
export function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/**
 * A file of a folder that the native tests wrote.
 * @param {string} folder
 * @param {string} name
 */
export function madePath(folder, name) {
  return join(TARGET, 'tmp', folder, name);
}

/**
 * The import map of the distribution, with the integrity of each script.
 * @param {string} site where its files are
 */
export function readImportMap(site) {
  const path = join(TARGET, 'dist-test', 'importmap.json');
  try {
    return readFileSync(path, 'utf8').replaceAll('https://covers.example', site);
  } catch (error) {
    throw new Error(`${path} is not there: \`cargo xtask test\` makes it`, { cause: error });
  }
}

/**
 * A list that the native tests wrote.
 * @param {string} folder
 * @param {string} name
 */
export function readMade(folder, name) {
  const path = madePath(folder, name);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} is not there: first run cargo test --release --workspace`, { cause: error });
  }
}

/**
 * What the page answers to files that the native tests wrote, one after the other with one loaded model.
 * @param {Page} page that the API can be imported in
 * @param {string} folder
 * @param {string[]} names
 * @param {'cpu' | 'webgpu'} backend
 * @returns {Promise<Outcome[]>}
 */
export async function classifyMade(page, folder, names, backend) {
  await page.route(`**/made/*`, (route) => {
    const name = new URL(route.request().url()).pathname.split('/').pop() ?? '';
    return route.fulfill({ path: madePath(folder, name) });
  });
  return page.evaluate(
    async ({ names, backend }) => {
      /** @type {typeof import('../../../www/undercover.js')} */
      const { Undercover } = await import(new URL('undercover.js', document.baseURI).href);
      const undercover = await Undercover.load({ backend });
      const outcomes = [];
      for (const name of names) {
        const response = await fetch(new URL(`made/${name}`, document.baseURI));
        const picture = new Blob([await response.arrayBuffer()]);
        outcomes.push(
          await undercover.classify(picture).then(
            ({ logits }) => ({ logits: [...logits] }),
            (error) => ({ code: String(error.code) }),
          ),
        );
      }
      undercover.dispose();
      return outcomes;
    },
    { names, backend },
  );
}

/**
 * How far two answers are apart.
 * @param {number[]} one logits
 * @param {number[]} other
 */
export function difference(one, other) {
  if (one.length !== other.length) return Infinity;
  return Math.max(...one.map((logit, index) => Math.abs(logit - other[index])));
}
