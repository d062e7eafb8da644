/** How time and memory grow with the number of covers. */

import { higherPeak, usage } from '../browser/processes.js';
import { describe, eachInTurn, firstAnswer, inNewBrowser, many, visit } from './bench.js';

/** @typedef {import('./bench.js').Bench} Bench */

/** @typedef {{covers: number, milliseconds: number, peakTab: number, peakGpu: number}} Point after so many covers, memory in MB */

/** Numbers of covers after which it is looked. */
const STEPS = [1, 10, 50, 100, 200, 500, 1000, 1500, 2000];

/** Longest that one contestant may take, in milliseconds: then it has fewer points. */
const BUDGET = 300_000;

/**
 * Each contestant in a browser of its own classifies one cover after the other, and it is noted on the way what that
 * has taken.
 * @param {Bench} bench
 * @returns {Promise<Map<string, Point[]>>} by contestant
 */
export async function measureGrowth(bench) {
  /** @type {Map<string, Point[]>} */
  const growth = new Map();
  await eachInTurn(bench, 'growth', async (contestant) => {
    /** @type {Point[]} */
    const points = [];
    growth.set(contestant.id, points);
    await inNewBrowser(bench, async (browser) => {
      const page = await visit(bench, browser, contestant);
      await firstAnswer(page);
      await describe(page);
      let last = { covers: 0, milliseconds: 0 };
      let peak = { peakTab: 0, peakGpu: 0 };
      for (const step of STEPS) {
        const asked = step - last.covers;
        const done = await many(page, bench.covers, asked, BUDGET - last.milliseconds);
        last = { covers: last.covers + done.covers, milliseconds: last.milliseconds + done.milliseconds };
        peak = higherPeak(peak, await usage(browser));
        points.push({ ...last, ...peak });
        if (done.covers < asked) break;
      }
    });
  });
  return growth;
}
