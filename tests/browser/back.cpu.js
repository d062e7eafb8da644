/** The page out of the browser's back-forward cache, which Playwright turns off unless it is told not to. */

import { CHROME, QUIET } from './support/chromium.js';
import { choose, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';

test.use({ launchOptions: { executablePath: CHROME, args: QUIET, ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

test('a page that the browser brings back has its answer still, and goes on answering', async ({ page }) => {
  await open(page, 'cpu');
  await choose(page, file('before.png', cover(161)));
  await expectAnswer(page, 'before.png', 'cpu');
  await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted })));
  await page.goto('./snippets.html');
  await page.goBack({ waitUntil: 'commit' });
  // It is the very page that was left: the browser says so, and loaded nothing anew.
  expect(await page.evaluate(() => /** @type {any} */ (globalThis).persisted)).toBe(true);
  await expectAnswer(page, 'before.png', 'cpu');
  await choose(page, file('after.png', cover(162)));
  await expectAnswer(page, 'after.png', 'cpu');
});
