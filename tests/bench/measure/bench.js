/** What all measurements share. */

import { open, withBrowser, withProfile } from '../browser/chromium.js';

/** @typedef {import('../contestants.js').Contestant} Contestant */

/**
 * @typedef {object} Bench
 * @property {import('../serve/server.js').Server} server
 * @property {import('../contestants.js').Backend} backend
 * @property {Contestant[]} contestants all of this backend
 * @property {import('../browser/chromium.js').Adapter | null} adapter null where WebGPU is not measured
 * @property {string[]} covers their paths
 * @property {string[]} exactCovers their paths
 * @property {number[]} expected logits of the first of them, from the manifest
 * @property {import('./plan.js').Plan} plan
 * @property {Results} results
 */

/** @typedef {{cpuSeconds: number, peakTab: number, peakGpu: number}} Baseline of a page without a program */

/** What was measured, or why it could not be. @typedef {Map<string, ContestantResult>} Results */

/**
 * @typedef {object} ContestantResult
 * @property {Record<string, {cold: Visit[], warm: Visit[]}>} first by line
 * @property {number[]} latencies in milliseconds
 * @property {ManyRun[]} many
 * @property {number[][]} logits of the exact covers
 * @property {{loading: number, classifying: number} | null} onPageThread longest tasks in milliseconds
 * @property {Record<string, unknown>} description
 * @property {string | null} failure
 */

/**
 * @typedef {object} Visit
 * @property {number} milliseconds from the navigation to the first answer
 * @property {number} ready the same until it could have answered
 * @property {import('../serve/server.js').Transfer[]} files code and weights, as sent
 * @property {number} longestTask of the page's main thread, in milliseconds; 0 where none was over 50
 * @property {number} cpuSeconds
 * @property {number} peakTab in MB
 * @property {number} peakGpu in MB
 */

/** @typedef {{covers: number, milliseconds: number, longestTask: number, cpuSeconds: number, peakTab: number, peakGpu: number}} ManyRun */

/** What the page's shell offers: see page/shell.js. @typedef {any} Shell */

/** @returns {ContestantResult} */
export function noResult() {
  return { first: {}, latencies: [], many: [], logits: [], onPageThread: null, description: {}, failure: null };
}

/**
 * Every contestant in turn; one that fails is left out from there on, and the reason is kept.
 * @param {Bench} bench
 * @param {string} what
 * @param {(contestant: Contestant, result: ContestantResult) => Promise<void>} measure
 */
export async function eachInTurn({ contestants, results }, what, measure) {
  for (const contestant of contestants) {
    const result = results.get(contestant.id) ?? noResult();
    results.set(contestant.id, result);
    if (result.failure) continue;
    process.stderr.write(`   ${what}: ${contestant.id}\n`);
    try {
      await measure(contestant, result);
    } catch (error) {
      result.failure = `${what}: ${error instanceof Error ? error.message : error}`;
      process.stderr.write(`   ${contestant.id} failed, ${result.failure}\n`);
    }
  }
}

/**
 * Runs `body` in a browser with a new profile, both gone after it.
 * @template Result
 * @param {Bench} bench
 * @param {(browser: import('puppeteer-core').Browser) => Promise<Result>} body
 */
export function inNewBrowser({ adapter }, body) {
  return withProfile((profile) => withBrowser(profile, adapter, body));
}

/**
 * @param {Bench} bench
 * @param {import('puppeteer-core').Browser} browser
 * @param {Contestant} contestant
 * @param {Record<string, string>} [more] of the query
 */
export function visit({ server }, browser, { id, query }, more = {}) {
  return open(browser, server.address(id, { ...query, ...more }));
}

/**
 * The first answer of a page.
 * @param {import('puppeteer-core').Page} page
 * @returns {Promise<import('../page/shell.js').First>}
 */
export function firstAnswer(page) {
  return page.evaluate(() => /** @type {Shell} */ (globalThis).bench.first);
}

/**
 * What a page says of its program. On `auto`, it says so when it is final who answers.
 * @param {import('puppeteer-core').Page} page
 * @returns {Promise<Record<string, unknown>>}
 */
export function describe(page) {
  return page.evaluate(() => /** @type {Shell} */ (globalThis).bench.describe());
}

/**
 * Longest task of the page's main thread since the last call, in milliseconds.
 * @param {import('puppeteer-core').Page} page
 * @returns {Promise<number>}
 */
export function longestTask(page) {
  return page.evaluate(() => /** @type {Shell} */ (globalThis).bench.longestTask());
}

/**
 * @param {import('puppeteer-core').Page} page
 * @param {string[]} covers
 * @returns {Promise<number[]>} in milliseconds
 */
export function latencies(page, covers) {
  return page.evaluate((covers) => /** @type {Shell} */ (globalThis).bench.latencies(covers), covers);
}

/**
 * @param {import('puppeteer-core').Page} page
 * @param {string[]} covers
 * @param {number} count
 * @param {number} budget in milliseconds
 * @returns {Promise<{covers: number, milliseconds: number}>}
 */
export function many(page, covers, count, budget) {
  return page.evaluate(
    (covers, count, budget) => /** @type {Shell} */ (globalThis).bench.many(covers, count, budget),
    covers,
    count,
    budget,
  );
}
