/** Throughput: a shop's covers. Each contestant alone in a browser of its own. */

import { higherPeak, usage } from '../browser/processes.js';
import { describe, eachInTurn, firstAnswer, inNewBrowser, longestTask, many, visit } from './bench.js';

/** @typedef {import('./bench.js').Bench} Bench */
/** @typedef {import('../contestants.js').Contestant} Contestant */

/** @param {Bench} bench */
export async function measureMany(bench) {
  for (let run = 0; run < bench.plan.runs; run += 1) {
    await eachInTurn(bench, `${bench.plan.covers} covers, ${run + 1}/${bench.plan.runs}`, async (contestant, result) => {
      result.many.push(await inNewBrowser(bench, (browser) => measureRun(bench, browser, contestant)));
    });
  }
}

/**
 * @param {Bench} bench
 * @param {import('puppeteer-core').Browser} browser
 * @param {Contestant} contestant
 * @returns {Promise<import('./bench.js').ManyRun>}
 */
async function measureRun(bench, browser, contestant) {
  const { plan, covers } = bench;
  const page = await visit(bench, browser, contestant);
  await firstAnswer(page);
  await describe(page);
  await longestTask(page);
  const before = await usage(browser);
  const { covers: done, milliseconds } = await many(page, covers, plan.covers, plan.budget);
  const after = await usage(browser);
  const longest = await longestTask(page);
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return { covers: done, milliseconds, longestTask: longest, cpuSeconds, ...higherPeak(before, after) };
}

/**
 * The longest tasks of the page's main thread where a peer runs on it, as its documentation shows.
 * @param {Bench} bench
 */
export async function measureOnPageThread(bench) {
  await eachInTurn(bench, 'on the main thread', async (contestant, result) => {
    if (contestant.ours) return;
    result.onPageThread = await inNewBrowser(bench, async (browser) => {
      const page = await visit(bench, browser, contestant, { thread: 'main' });
      await firstAnswer(page);
      const loading = await longestTask(page);
      await many(page, bench.covers, bench.plan.perRound, bench.plan.budget);
      return { loading, classifying: await longestTask(page) };
    });
  });
}
