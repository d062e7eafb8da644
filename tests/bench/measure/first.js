/** The first answer: of a visitor who comes for the first time, and of one who comes back. */

import { setTimeout as sleep } from 'node:timers/promises';

import { withBrowser, withProfile } from '../browser/chromium.js';
import { usage } from '../browser/processes.js';
import { EMPTY } from '../contestants.js';
import { eachInTurn, firstAnswer, inNewBrowser, latencies, longestTask, visit } from './bench.js';

/** @typedef {import('./bench.js').Bench} Bench */
/** @typedef {import('./bench.js').Visit} Visit */
/** @typedef {import('../contestants.js').Contestant} Contestant */

/** Covers that the first visitor looks at, so that the browser keeps the compiled code. */
const LOOKED_AT = 10;

/** How long it is given to write that, in milliseconds. */
const WRITING = 2000;

/**
 * @param {Bench} bench
 * @param {string} line its name
 * @param {import('../serve/server.js').Sender} sender
 */
export async function measureFirst(bench, line, sender) {
  bench.server.line = sender;
  for (let index = 0; index < bench.plan.visits; index += 1) {
    await eachInTurn(bench, `first answer, ${line}, ${index + 1}/${bench.plan.visits}`, async (contestant, result) => {
      const { cold, warm } = await withProfile((profile) => coldAndWarm(bench, contestant, profile));
      const of = (result.first[line] ??= { cold: [], warm: [] });
      of.cold.push(cold);
      of.warm.push(warm);
    });
  }
}

/**
 * Three visits with one profile: the first and the third are measured, as a browser keeps compiled JavaScript only
 * of what it has seen twice.
 * @param {Bench} bench
 * @param {Contestant} contestant
 * @param {string} profile
 */
async function coldAndWarm(bench, contestant, profile) {
  const inBrowser = (/** @type {(browser: import('puppeteer-core').Browser) => Promise<Visit>} */ body) =>
    withBrowser(profile, bench.adapter, body);
  const cold = await inBrowser(async (browser) => {
    const measured = await measureVisit(bench, browser, contestant);
    const [page] = await browser.pages();
    if (measured.milliseconds < WRITING) await latencies(page, bench.covers.slice(0, LOOKED_AT));
    await sleep(WRITING);
    return measured;
  });
  await inBrowser((browser) => measureVisit(bench, browser, contestant));
  const warm = await inBrowser((browser) => measureVisit(bench, browser, contestant));
  return { cold, warm };
}

/**
 * @param {Bench} bench
 * @param {import('puppeteer-core').Browser} browser
 * @param {Contestant} contestant
 * @returns {Promise<Visit>}
 */
async function measureVisit(bench, browser, contestant) {
  bench.server.takeTransfers();
  const page = await visit(bench, browser, contestant);
  const { milliseconds, ready } = await firstAnswer(page);
  const { cpuSeconds, peakTab, peakGpu } = await usage(browser);
  const files = bench.server.takeTransfers().filter(({ path }) => path !== '/');
  return { milliseconds, ready, files, longestTask: await longestTask(page), cpuSeconds, peakTab, peakGpu };
}

/**
 * What a tab takes without a program.
 * @param {Bench} bench
 * @returns {Promise<import('./bench.js').Baseline>}
 */
export async function measureEmpty(bench) {
  return inNewBrowser(bench, async (browser) => {
    await firstAnswer(await visit(bench, browser, EMPTY));
    return usage(browser);
  });
}
