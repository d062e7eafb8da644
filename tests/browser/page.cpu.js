import { choose, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';

test('the page works under the strictest policy that the site promises', async ({ page }) => {
  await page.route('**/*', async (route) => {
    if (!['document', 'script'].includes(route.request().resourceType())) return route.continue();
    const response = await route.fetch();
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  });
  await open(page);
  await choose(page, file('strict.png', cover(51)));
  await expectAnswer(page, 'strict.png', 'cpu');
});

test('nothing moves when the answer comes, on a phone and on a desktop', async ({ page }) => {
  for (const size of [
    { width: 360, height: 740 },
    { width: 1440, height: 900 },
  ]) {
    await page.setViewportSize(size);
    await open(page);
    await page.evaluate(() => {
      Object.assign(globalThis, { shift: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) /** @type {any} */ (globalThis).shift += /** @type {any} */ (entry).value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await choose(page, file('cover.png', cover(52)));
    await expectAnswer(page, 'cover.png', 'cpu');
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => /** @type {any} */ (globalThis).shift), `at ${size.width} px`).toBeLessThan(0.01);
  }
});

test('every part keeps its place when the answer comes, in any language and at any width', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('status')).toHaveText('Ready');
  const parts = ['#sleeve', '.evidence', '.controls', '.state', '.privacy', '#tabs', '#credits', '.crate'];
  const places = () =>
    page.evaluate((parts) => parts.map((part) => scrollY + (document.querySelector(part)?.getBoundingClientRect().top ?? NaN)), parts);
  /** @returns {Promise<[string, number][]>} how far from the top each part is */
  const everywhere = async () => {
    const found = [];
    for (const language of ['en', 'de', 'es', 'fr', 'ja']) {
      await page.locator('#language').selectOption(language);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      for (const width of [360, 768, 1024, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        const tops = await places();
        found.push(...tops.map((top, index) => /** @type {[string, number]} */ ([`${parts[index]} in ${language} at ${width} px`, top])));
      }
    }
    return found;
  };
  const before = await everywhere();
  for (const sample of [0, 2, 3]) {
    await page.locator('#samples button').nth(sample).click();
    await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'busy');
    await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'done');
    const after = new Map(await everywhere());
    // Fonts of other scripts are measured in parts of a pixel.
    for (const [part, top] of before) expect(Math.abs((after.get(part) ?? NaN) - top), part).toBeLessThanOrEqual(1);
  }
});

test('nothing is wider than the window, in any language, from 320 to 1440 pixels', async ({ page }) => {
  await open(page);
  await choose(page, file('a-cover-with-quite-a-long-name-and-no-space-in-it-at-all.png', cover(53)));
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'done');
  for (const language of ['en', 'de', 'es', 'fr', 'ja']) {
    await page.locator('#language').selectOption(language);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    for (const width of [320, 360, 768, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      const content = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(content, `${language} at ${width} px`).toBeLessThanOrEqual(width);
    }
  }
});

test('a language is used throughout, kept, and the answer stays', async ({ page }) => {
  await open(page);
  await choose(page, file('cover.png', cover(54)));
  await expectAnswer(page, 'cover.png', 'cpu');
  const before = await page.locator('#tracks td.chance').allTextContents();
  await page.locator('#language').selectOption('de');
  await expect(page.getByText('Nichts verlässt dein Gerät.')).toBeVisible();
  await expect(page.locator('#tracks')).toContainText('Klassik');
  await expect(page.locator('#backend')).toHaveText(/Prozessor/);
  await expect(page).toHaveTitle(/Genre einer Platte/);
  const after = await page.locator('#tracks td.chance').allTextContents();
  expect(after.map((chance) => chance.replace(/\s/g, ''))).toEqual(before);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.locator('label[for=file]')).toHaveText('Bild auswählen');
});

test('the browser’s language is taken where there is one for it', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ locale: 'fr-CA', baseURL });
  const page = await context.newPage();
  await open(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await context.close();
});

test('the genre sets are tabs, which the arrow keys move between', async ({ page }) => {
  await open(page);
  await choose(page, file('cover.png', cover(55)));
  await expectAnswer(page, 'cover.png', 'cpu');
  const tabs = page.getByRole('tab');
  await expect(tabs).toHaveText(['All ten', 'Rock · Hip hop · Classical', 'Pop · Hip hop · Electronic']);
  await tabs.nth(0).focus();
  await page.keyboard.press('ArrowRight');
  await expect(tabs.nth(1)).toBeFocused();
  await expect(tabs.nth(1)).toHaveAttribute('aria-selected', 'true');
  const rows = page.locator('#tracks tr');
  await expect(rows).toHaveCount(3);
  const names = await page.locator('#tracks th').allTextContents();
  expect(names.toSorted()).toEqual(['Classical', 'Hip hop', 'Rock']);
  const percents = (await page.locator('#tracks td.chance').allTextContents()).map(parseFloat);
  expect(Math.abs(percents.reduce((sum, percent) => sum + percent, 0) - 100)).toBeLessThanOrEqual(2);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(tabs.nth(0)).toBeFocused();
  await expect(rows).toHaveCount(10);
});

test('the keyboard alone reaches everything, and picks a cover', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('status')).toHaveText('Ready');
  /** @type {string[]} */
  const reached = [];
  for (let step = 0; step < 25; step += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.id || element?.getAttribute('title') || element?.className || element?.tagName || '';
    });
    reached.push(focused);
  }
  for (const id of ['skip', 'language', 'file', 'paste', 'folder', 'address', 'tab-ten', 'tracks-panel', 'Cinderhelm']) {
    expect(reached).toContain(id);
  }
  await page.getByRole('button', { name: 'Cinderhelm' }).focus();
  await page.keyboard.press('Enter');
  await expectAnswer(page, 'Cinderhelm', 'cpu');
});

test('there is one polite status region, and the answer is a table of named rows', async ({ page }) => {
  await open(page);
  await choose(page, file('cover.png', cover(56)));
  await expectAnswer(page, 'cover.png', 'cpu');
  await expect(page.locator('[role=status], [role=alert], [aria-live]')).toHaveCount(1);
  await expect(page.getByRole('table', { name: 'Genres' }).getByRole('row')).toHaveCount(10);
  await expect(page.getByRole('row').first().getByRole('rowheader')).not.toBeEmpty();
});

test('with reduced motion nothing is animated', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page);
  await choose(page, file('cover.png', cover(57)));
  await expectAnswer(page, 'cover.png', 'cpu');
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('a network that cannot be loaded is told, and loaded when it is tried again', async ({ page }) => {
  await page.route('**/weights.bpk', (route) => route.abort());
  await open(page);
  await expect(page.getByRole('status')).toHaveText(/could not be loaded/);
  await page.unroute('**/weights.bpk');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('status')).toHaveText('Ready');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeHidden();
  await choose(page, file('cover.png', cover(58)));
  await expectAnswer(page, 'cover.png', 'cpu');
});

test('a cover that comes before the network waits for it, with a progress bar', async ({ page }) => {
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((/** @type {(value: void) => void} */ resolve) => (release = resolve));
  await page.route('**/weights.bpk', async (route) => {
    await held;
    await route.continue();
  });
  await open(page);
  await choose(page, file('early.png', cover(59)));
  await expect(page.getByRole('status')).toHaveText(/Waiting for the network/);
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'busy');
  release();
  await expectAnswer(page, 'early.png', 'cpu');
  await expect(page.getByRole('progressbar')).toBeHidden();
});

test('the page works from a sub-folder of a host', async ({ page, baseURL }) => {
  await page.route('**/deep/sub/folder/**', async (route) => {
    const url = route.request().url().replace('deep/sub/folder/', '');
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  await page.goto(`${baseURL}deep/sub/folder/`);
  await choose(page, file('cover.png', cover(60)));
  await expectAnswer(page, 'cover.png', 'cpu');
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`text stands out enough from its ground in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open(page);
    await choose(page, file('cover.png', cover(61)));
    await expectAnswer(page, 'cover.png', 'cpu');
    const faint = await page.evaluate(() => {
      /** @param {string} colour */
      const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
      /** @param {number[]} rgb */
      const luminance = (rgb) => {
        const [r, g, b] = rgb.slice(0, 3).map((value) => {
          const part = value / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      /** @param {Element | null} element @returns {number[]} */
      const ground = (element) => {
        if (!element) return [255, 255, 255];
        const colour = channels(getComputedStyle(element).backgroundColor);
        return colour.length === 3 || colour[3] === 1 ? colour : ground(element.parentElement);
      };
      const faint = [];
      for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
        if (!own || !element.checkVisibility() || element.closest('.drop-veil, .skip')) continue;
        const [light, dark] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))].toSorted((a, b) => b - a);
        const contrast = (light + 0.05) / (dark + 0.05);
        if (contrast < 4.5) faint.push(`${element.tagName} "${element.textContent?.trim().slice(0, 30)}": ${contrast.toFixed(2)}`);
      }
      return faint;
    });
    expect(faint).toEqual([]);
  });
}
