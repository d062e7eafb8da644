/** Tabs that are hidden, frozen, or left for an hour; workers that die without a word. */

import puppeteer from 'puppeteer-core';

import { openBare, withApi } from './support/api.js';
import { CHROME, QUIET } from './support/chromium.js';
import { choose, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { changeWorker } from './support/worker.js';

/** @typedef {import('@playwright/test').Page} Page */

const HOUR = 3_600_000;

/**
 * Asks about the files in the page, and keeps what becomes of it.
 * @param {Page} page
 * @param {Buffer[]} files
 */
async function ask(page, files) {
  await withApi(
    page,
    async ({ Undercover, files }) => {
      /** @type {string[]} */
      const states = [];
      const undercover = await Undercover.load({ backend: 'cpu', onBackends: ({ cpu }) => states.push(cpu.state) });
      const outcomes = Promise.all(files.map((file) => undercover.classify(file).then(({ backend }) => backend, ({ code }) => code)));
      Object.assign(globalThis, { undercover, states, outcomes });
    },
    files,
  );
  return {
    outcomes: () => page.evaluate(() => /** @type {Promise<string[]>} */ (/** @type {any} */ (globalThis).outcomes)),
    states: () => page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (globalThis).states)),
  };
}

/** Lets a worker hold back its first answer until the test lets it go on. */
const HELD = `let held = true;
  const post = globalThis.postMessage.bind(globalThis);
  const kept = [];
  globalThis.postMessage = (message) => (held && message.type === 'answer' ? kept.push(message) : post(message));
  globalThis.releaseOfTest = () => { held = false; for (const message of kept.splice(0)) post(message); };`;

test('a page that sleeps for an hour in the middle of a batch takes its worker for a sleeper too, not for a dead one', async ({ page }) => {
  await page.clock.install();
  await openBare(page);
  await changeWorker(page, HELD);
  const { outcomes, states } = await ask(page, [cover(151), cover(152)]);
  // Timers fire once, late, as after the lid of a laptop was closed; what the worker says comes after them.
  await page.clock.fastForward(HOUR);
  await page.workers()[0].evaluate(() => /** @type {any} */ (globalThis).releaseOfTest());
  expect(await outcomes()).toEqual(['cpu', 'cpu']);
  expect(await states()).not.toContain('lost');
  expect(page.workers()).toHaveLength(1);
});

test('a worker that ends without a word is replaced after a minute, and its request is answered', async ({ page }) => {
  await page.clock.install();
  await openBare(page);
  const dies = "addEventListener('message', ({ data }) => { if (data.type === 'classify') close(); });";
  const workers = await changeWorker(page, (nth) => (nth === 1 ? dies : ''));
  const { outcomes, states } = await ask(page, [cover(153), cover(154)]);
  await page.clock.runFor(61_000);
  expect(await outcomes()).toEqual(['cpu', 'cpu']);
  expect(await states()).toContain('lost');
  expect(workers()).toBe(2);
});

test('a stack goes on while its tab is frozen and thawed, and each cover is answered once', async ({ page }) => {
  await open(page, 'cpu');
  await choose(page, Array.from({ length: 12 }, (_, index) => file(`cover-${index}.png`, cover(index, 64))));
  await expect(page.locator('#many-grid li[data-state=done]').first()).toBeVisible();
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await expect(page.getByRole('status')).toHaveText('12 covers sorted, 0 not readable.');
  await expect(page.locator('#many-grid li[data-state=done]')).toHaveCount(12);
});

test('a stack is sorted in a tab that nobody sees, whose timers the browser lets fire once a minute', async ({ baseURL }) => {
  // Not over Playwright, which keeps every tab visible; nor with what else lets hidden tabs work on in tests. A browser
  // waits for five minutes before it is so strict with a tab, this one for a second.
  const browser = await puppeteer.launch({
    executablePath: CHROME,
    args: [...QUIET, '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1'],
    ignoreDefaultArgs: ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'],
  });
  const tab = await browser.newPage();
  await tab.goto(`${baseURL}?backend=cpu`);
  await (await browser.newPage()).bringToFront();
  await tab.evaluate(() => {
    /** @type {number[]} */
    const ticksOfTest = [];
    setInterval(() => ticksOfTest.push(performance.now()), 100);
    Object.assign(globalThis, { ticksOfTest });
  });
  const ticks = () => tab.evaluate(() => /** @type {number[]} */ (/** @type {any} */ (globalThis).ticksOfTest).length);
  await expect.poll(() => tab.evaluate(() => performance.now() - /** @type {any} */ (globalThis).ticksOfTest.at(-1))).toBeGreaterThan(5_000);
  const before = await ticks();
  const pictures = Array.from({ length: 12 }, (_, index) => cover(index, 64).toString('base64'));
  await tab.evaluate((base64s) => {
    const transfer = new DataTransfer();
    for (const base64 of base64s) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], 'cover.png', { type: 'image/png' }));
    }
    document.querySelector('main')?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, pictures);
  const said = () => tab.evaluate(() => document.querySelector('[role=status]')?.textContent);
  await expect.poll(said).toBe('12 covers sorted, 0 not readable.');
  expect(await tab.evaluate(() => document.visibilityState)).toBe('hidden');
  expect((await ticks()) - before).toBeLessThan(2);
  await browser.close();
});

test('workers that die while nobody asks are replaced without a word to whoever asks next', async ({ page }) => {
  await openBare(page);
  const { outcomes } = await ask(page, [cover(155)]);
  expect(await outcomes()).toEqual(['cpu']);
  for (const code of ['early', 'late']) {
    const gone = page.workers()[0].waitForEvent('close');
    await page.workers()[0].evaluate(() => void setTimeout(() => { throw new Error('killed while idle'); }));
    await gone;
    const backend = await page.evaluate(async (code) => {
      const picture = await (await fetch('samples/corner.webp')).blob();
      return /** @type {any} */ (globalThis).undercover.classify(picture).then((/** @type {any} */ { backend }) => `${code} ${backend}`);
    }, code);
    expect(backend).toBe(`${code} cpu`);
  }
});

test('after a restart that failed, whoever asks has it tried again', async ({ page }) => {
  await openBare(page);
  const { outcomes } = await ask(page, [cover(156)]);
  expect(await outcomes()).toEqual(['cpu']);
  const again = () =>
    page.evaluate(async () => {
      const picture = await (await fetch('samples/corner.webp')).blob();
      return /** @type {any} */ (globalThis).undercover.classify(picture).then(
        (/** @type {any} */ { backend }) => backend,
        (/** @type {any} */ { code }) => code,
      );
    });
  await page.route('**/worker.js', (route) => route.abort());
  await page.workers()[0].evaluate(() => void setTimeout(() => { throw new Error('killed'); }));
  await expect.poll(() => page.workers().length).toBe(0);
  expect([await again(), await again()]).toEqual(['program-unreachable', 'program-unreachable']);
  await page.unroute('**/worker.js');
  expect(await again()).toBe('cpu');
});

test('two tabs answer at the same time, and one goes on when the other is closed', async ({ page, context }) => {
  const other = await context.newPage();
  await Promise.all([open(page, 'cpu'), open(other, 'cpu')]);
  await Promise.all([choose(page, file('one.png', cover(157))), choose(other, file('two.png', cover(158)))]);
  await Promise.all([expectAnswer(page, 'one.png', 'cpu'), expectAnswer(other, 'two.png', 'cpu')]);
  await choose(page, Array.from({ length: 8 }, (_, index) => file(`cover-${index}.png`, cover(index, 64))));
  await other.close();
  await expect(page.getByRole('status')).toHaveText('8 covers sorted, 0 not readable.');
});
