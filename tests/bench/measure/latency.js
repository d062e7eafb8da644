/** Warm latency, all contestants in one browser, and whether they agree. */

import { open } from '../browser/chromium.js';
import { describe, eachInTurn, firstAnswer, inNewBrowser, latencies } from './bench.js';

/** @typedef {import('./bench.js').Bench} Bench */
/** @typedef {import('puppeteer-core').Page} Page */

/** @param {Bench} bench */
export async function measureLatency(bench) {
  await inNewBrowser(bench, (browser) => measureIn(bench, browser));
}

/**
 * @param {Bench} bench
 * @param {import('puppeteer-core').Browser} browser
 */
async function measureIn(bench, browser) {
  const { plan, covers, server } = bench;
  /** @type {Map<string, Page>} */
  const pages = new Map();
  const page = (/** @type {string} */ id) => /** @type {Page} */ (pages.get(id));
  await eachInTurn(bench, 'logits', async ({ id, query }, result) => {
    pages.set(id, await open(browser, server.address(id, query), true));
    await firstAnswer(page(id));
    result.description = await describe(page(id));
    for (const path of bench.exactCovers) {
      result.logits.push(await page(id).evaluate((path) => /** @type {any} */ (globalThis).bench.logits(path), path));
    }
  });
  for (let round = 0; round < plan.rounds; round += 1) {
    const begin = round * plan.perRound;
    const ofRound = Array.from({ length: plan.warmUp + plan.perRound }, (_, index) => covers[(begin + index) % covers.length]);
    await eachInTurn(bench, `latency, ${round + 1}/${plan.rounds}`, async ({ id }, result) => {
      await page(id).bringToFront();
      // The first of a turn find the caches full of another's work.
      result.latencies.push(...(await latencies(page(id), ofRound)).slice(plan.warmUp));
    });
  }
}
