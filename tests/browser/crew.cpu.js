/** Many covers at a time: several workers, several questions ahead. */

import { choose, drop, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { haveCores } from './support/worker.js';

/** @param {number} count */
const covers = (count) => Array.from({ length: count }, (_, index) => file(`cover-${index}.png`, cover(index)));

test('a long queue is answered on several cores, alike, and the workers are let go after it', async ({ page }) => {
  await haveCores(page, 3);
  await open(page, 'cpu');
  // The same cover at every third place.
  const [one, two, three] = covers(3);
  await drop(page, Array.from({ length: 60 }, (_, index) => [one, two, three][index % 3]));
  await expect.poll(() => page.workers().length).toBe(2);
  await expect(page.getByRole('status')).toHaveText('60 covers sorted, 0 not readable.', { timeout: 60_000 });
  const answers = await page.locator('#many-grid li').evaluateAll((all) => all.map((cell) => `${cell.querySelector('.name')?.textContent} ${/** @type {HTMLElement} */ (cell).dataset.genre} ${cell.querySelector('.chance')?.textContent}`));
  expect(answers).toHaveLength(60);
  expect(new Set(answers).size).toBe(3);
  await expect.poll(() => page.workers().length, { timeout: 20_000 }).toBe(1);
});

test('a single core has a single worker', async ({ page }) => {
  await haveCores(page, 1);
  await open(page, 'cpu');
  await choose(page, covers(20));
  await expect(page.getByRole('status')).toHaveText('20 covers sorted, 0 not readable.', { timeout: 60_000 });
  expect(page.workers()).toHaveLength(1);
});

test('what a second worker was asked is answered when it breaks', async ({ page }) => {
  await haveCores(page, 2);
  await open(page, 'cpu');
  await drop(page, covers(60));
  await expect.poll(() => page.workers().length).toBe(2);
  await page.workers()[1].evaluate(() => void setTimeout(() => { throw new Error('out of memory'); }));
  await expect(page.getByRole('status')).toHaveText('60 covers sorted, 0 not readable.', { timeout: 60_000 });
  await expect(page.locator('#many-grid li[data-state=done]')).toHaveCount(60);
});

test('a second worker that cannot be started is done without', async ({ page }) => {
  await haveCores(page, 2);
  await open(page, 'cpu');
  await choose(page, covers(1));
  await expect(page.locator('#verdict')).toBeVisible();
  await page.route('**/worker.js', (route) => route.abort());
  await drop(page, covers(30));
  await expect(page.getByRole('status')).toHaveText('30 covers sorted, 0 not readable.', { timeout: 60_000 });
  expect(page.workers()).toHaveLength(1);
});

test('several are asked ahead, and answered in order as they come', async ({ page }) => {
  await open(page);
  const log = await page.evaluate(async () => {
    const address = '/lib/ahead.js';
    /** @type {typeof import('../../www/lib/ahead.js')} */
    const { inOrder } = await import(address);
    /** @type {string[]} */
    const log = [];
    const never = new Promise(() => {});
    async function* sources() {
      yield* [30, 1, 2];
      log.push('waits');
      await never;
    }
    /** @type {(milliseconds: number) => Promise<number>} */
    const ask = async (milliseconds) => {
      log.push(`asked ${milliseconds}`);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return milliseconds;
    };
    for await (const answer of inOrder(sources(), ask, 2)) {
      log.push(`got ${answer}`);
      if (answer === 2) break;
    }
    return log;
  });
  expect(log.filter((line) => line.startsWith('got'))).toEqual(['got 30', 'got 1', 'got 2']);
  expect(log.slice(0, 2)).toEqual(['asked 30', 'asked 1']);
});

test('leaving early aborts what is in hand; a source that fails is told', async ({ page }) => {
  await open(page);
  const told = await page.evaluate(async () => {
    const address = '/lib/ahead.js';
    /** @type {typeof import('../../www/lib/ahead.js')} */
    const { inOrder } = await import(address);
    /** @type {boolean[]} */
    const aborted = [];
    /** @type {(source: number, index: number, signal: AbortSignal) => Promise<number>} */
    const ask = async (source, index, signal) => {
      if (index === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return source;
      }
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      aborted.push(true);
      throw signal.reason;
    };
    for await (const _ of inOrder([1, 2, 3, 4], ask, 3)) break;
    await new Promise((resolve) => setTimeout(resolve));
    function* failing() {
      yield 1;
      throw new Error('no more');
    }
    let failure = '';
    try {
      for await (const _ of inOrder(failing(), async (source) => source, 3));
    } catch (error) {
      failure = /** @type {Error} */ (error).message;
    }
    return { aborted: aborted.length, failure };
  });
  expect(told).toEqual({ aborted: 2, failure: 'no more' });
});
