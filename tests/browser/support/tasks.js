/** What the thread of a page does, by Chromium's own trace. */

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{name: string, pid: number, tid: number, tdur?: number, args?: {name?: string}}} TraceEvent */

/** Marks the process of the page in the trace. */
const MARK = 'the page of this test';

/**
 * The longest task of a page's main thread while `body` runs, in milliseconds of processor time: a machine that is busy
 * with other work lets a task wait, and does not make it longer.
 * @param {Page} page
 * @param {() => Promise<void>} body
 * @returns {Promise<number>}
 */
export async function longestTask(page, body) {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser of its own');
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  await page.evaluate((mark) => performance.mark(mark).name, MARK);
  await body();
  /** @type {{traceEvents: TraceEvent[]}} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const here = traceEvents.find(({ name }) => name === MARK);
  if (!here) throw new Error('the page is not in the trace');
  const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && pid === here.pid && tid === here.tid);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000));
}
