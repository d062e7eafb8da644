import { openBare, withApi } from './support/api.js';
import { choose, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';

/** @typedef {import('@playwright/test').Page} Page */

test('the map is of the same pass: it adds up to the logits, for every genre', async ({ page }) => {
  await openBare(page);
  const { plain, answer } = await withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      const undercover = await Undercover.load({ backend: 'cpu' });
      const plain = await undercover.classify(file);
      const { logits, saliency } = await undercover.classify(file, { saliency: true });
      undercover.dispose();
      return { plain: { logits: [...plain.logits], saliency: plain.saliency }, answer: { logits: [...logits], saliency } };
    },
    [cover(71)],
  );
  expect(plain.saliency).toBeUndefined();
  expect(answer.logits).toEqual(plain.logits);
  const { width, height, maps } = answer.saliency ?? { width: 0, height: 0, maps: [] };
  expect([width, height]).toEqual([6, 6]);
  expect(maps).toHaveLength(10);
  const mean = (/** @type {number[]} */ of) => of.reduce((sum, value) => sum + value, 0) / of.length;
  maps.forEach(({ evidence }, index) => {
    expect(evidence).toHaveLength(36);
    expect(mean(evidence)).toBeCloseTo(answer.logits[index] - mean(answer.logits), 3);
    expect(Math.max(...evidence) - Math.min(...evidence)).toBeGreaterThan(0.05);
  });
});

test('the page shows where the evidence for a chosen genre lies, as strongly as the slider says', async ({ page }) => {
  await open(page);
  const genre = page.getByLabel('Show where it sees');
  const strength = page.getByLabel('Strength of the map');
  await expect(genre).toBeDisabled();
  await expect(strength).toBeDisabled();
  await page.getByRole('button', { name: 'Nocturnes' }).click();
  await expectAnswer(page, 'Nocturnes for a Quiet House', 'cpu');
  const best = (await page.locator('#tracks th').first().textContent()) ?? '';
  await expect(genre.locator('option')).toHaveCount(10);
  await expect(genre.locator('option:checked')).toHaveText(best);
  const first = await painted(page);
  expect(first.places).toBeGreaterThan(100);
  await expect(page.locator('#evidence-words')).toHaveText(/evidence lies (at|in|on) the|No place/);

  const third = page.locator('#tracks tr').nth(2);
  await third.click();
  await expect(genre.locator('option:checked')).toHaveText((await third.locator('th').textContent()) ?? '');
  expect((await painted(page)).sum).not.toBe(first.sum);

  await strength.focus();
  await page.keyboard.press('Home');
  await expect(page.locator('#heat')).toHaveCSS('opacity', '0');
  await page.keyboard.press('End');
  await expect(page.locator('#heat')).toHaveCSS('opacity', '1');
});

test('the map of one cover never lies over another', async ({ page }) => {
  await open(page);
  await choose(page, file('cover.png', cover(72)));
  await expectAnswer(page, 'cover.png', 'cpu');
  await expect(page.locator('#heat')).toBeVisible();
  await choose(page, file('bad.png', Buffer.from('not a picture at all')));
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'failed');
  await expect(page.locator('#heat')).toBeHidden();
  expect((await painted(page)).places).toBe(0);
  await expect(page.getByLabel('Strength of the map')).toBeDisabled();
});

/**
 * What is on the canvas of the map.
 * @param {Page} page
 */
function painted(page) {
  return page.locator('#heat').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) throw new TypeError('no canvas');
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let [places, sum] = [0, 0];
    for (let at = 0; at < data.length; at += 4 * 31) {
      if (data[at + 3]) places += 1;
      sum += (data[at] + 3 * data[at + 1] + 7 * data[at + 2]) * data[at + 3];
    }
    return { places, sum };
  });
}
