import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { choose, drop, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';

/** @typedef {import('@playwright/test').Page} Page */

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe-core finds wrong: each rule with the elements that break it.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
async function violations(page) {
  // Evaluated rather than added to the page, whose policy lets no foreign script in.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ['violations'] });
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ node) => node.html).join(' | ')}`);
  });
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe-core finds nothing on the page in ${colorScheme}: before, with an answer, with a stack`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open(page);
    await expect(page.getByRole('status')).toHaveText('Ready');
    expect(await violations(page)).toEqual([]);
    await choose(page, file('cover.png', cover(141)));
    await expectAnswer(page, 'cover.png', 'cpu');
    expect(await violations(page)).toEqual([]);
    await drop(page, [file('one.png', cover(142)), file('two.txt', Buffer.from('no cover')), file('three.png', cover(143))]);
    await expect(page.getByRole('status')).toHaveText(/2 covers sorted/);
    expect(await violations(page)).toEqual([]);
  });

  test(`axe-core finds nothing on the page of snippets, in the element and in the frame in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('./snippets.html');
    expect(await violations(page)).toEqual([]);
    await page.locator('under-cover').getByRole('button').click();
    await expect(page.getByRole('row')).toHaveCount(3);
    expect(await violations(page)).toEqual([]);
    await page.goto('./embed.html?lang=en');
    expect(await violations(page)).toEqual([]);
  });
}

test('a cover is picked, explained and given up with the keyboard alone', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('status')).toHaveText('Ready');
  await tabTo(page, 'Quintet at Half Past Blue');
  await page.keyboard.press('Enter');
  await expectAnswer(page, 'Quintet at Half Past Blue', 'cpu');
  await page.locator('body').press('Home');
  await tabTo(page, 'evidence-genre');
  const words = await page.locator('#evidence-words').textContent();
  const before = await page.locator('#evidence-genre').inputValue();
  await page.keyboard.press('End');
  await expect(page.locator('#evidence-genre')).not.toHaveValue(before);
  expect(words).not.toBe('');
  await tabTo(page, 'evidence-strength');
  await page.keyboard.press('End');
  await expect(page.locator('#heat')).toHaveCSS('opacity', '1');
  await tabTo(page, 'tab-ten');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#tracks tr')).toHaveCount(3);
});

/**
 * Presses Tab until the element of this id or title has the focus.
 * @param {Page} page
 * @param {string} wanted
 */
async function tabTo(page, wanted) {
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    const names = await page.evaluate(() => [document.activeElement?.id, document.activeElement?.getAttribute('title')]);
    if (names.includes(wanted)) return;
  }
  throw new Error(`the Tab key never comes to ${wanted}`);
}

test('with forced colours the bars, the tabs and the slider are seen', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await open(page);
  await choose(page, file('cover.png', cover(144)));
  await expectAnswer(page, 'cover.png', 'cpu');
  const bar = await page.locator('.bar span').first().evaluate((element) => {
    const ground = getComputedStyle(document.body).backgroundColor;
    return { bar: getComputedStyle(element).backgroundColor, ground };
  });
  expect(bar.bar).not.toBe(bar.ground);
  await expect(page.getByRole('tab').first()).toBeVisible();
  await expect(page.getByLabel('Strength of the map')).toBeVisible();
});

test('at 200 % nothing is cut off, on the page and on that of snippets', async ({ page }) => {
  // Twice as large is half as wide: 1280 pixels at 200 % are 640.
  await page.setViewportSize({ width: 640, height: 400 });
  for (const path of ['./', './snippets.html', './embed.html']) {
    await page.goto(path);
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    const { content, width } = await page.evaluate(() => ({ content: document.documentElement.scrollWidth, width: innerWidth }));
    expect(content, path).toBeLessThanOrEqual(width);
  }
});

test('from right to left the page is its own mirror', async ({ page }) => {
  await page.setViewportSize({ width: 1200, height: 900 });
  await open(page);
  const places = () =>
    page.evaluate(() => ['#sleeve', '#verdict', '#language', '#file + label', '.tracks'].map((selector) => {
      const box = document.querySelector(selector)?.getBoundingClientRect();
      return [Math.round(box?.left ?? 0), Math.round(document.documentElement.clientWidth - (box?.right ?? 0))];
    }));
  const ltr = await places();
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  const rtl = await places();
  rtl.forEach(([left, right], index) => {
    expect(Math.abs(right - ltr[index][0]), `${index}`).toBeLessThanOrEqual(40);
    expect(Math.abs(left - ltr[index][1]), `${index}`).toBeLessThanOrEqual(40);
  });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1200);
});

test('the pages are kept as pictures, to be looked at', async ({ page }, info) => {
  test.setTimeout(180_000);
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await open(page);
      await page.locator('#samples button').nth(2).click();
      await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'done');
      const body = await page.screenshot({ fullPage: true, path: info.outputPath(`page-${width}-${colorScheme}.png`) });
      await info.attach(`page-${width}-${colorScheme}`, { body, contentType: 'image/png' });
      expect(body.length).toBeGreaterThan(50_000);
    }
  }
});
