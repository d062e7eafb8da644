import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { heap } from './support/memory.js';
import { choose, drop, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { longestTask } from './support/tasks.js';
import { expect, test } from './support/test.js';
import { keepMemory, wasmBytes } from './support/worker.js';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Small ones, with a large one at every fifteenth place if there is to be any.
 * @param {number} count
 * @param {number} [large] side of a large one in pixels
 */
const covers = (count, large = 64) =>
  Array.from({ length: count }, (_, index) => file(`cover-${index}.png`, cover(index, index % 15 ? 64 : large)));

const TEXT = file('notes.txt', Buffer.from('Not a cover: the track list.'), 'text/plain');

test('two hundred covers dropped at once are all answered, and memory does not grow with them', async ({ page }) => {
  test.setTimeout(240_000);
  await keepMemory(page);
  await open(page);
  await drop(page, covers(30, 600));
  await expect(page.getByRole('status')).toHaveText('30 covers sorted, 0 not readable.');
  const [few, fewInWorker] = [await heap(page), await wasmBytes(page)];
  await page.getByRole('button', { name: 'Clear the stack' }).click();
  await drop(page, covers(200, 600));
  await expect(page.locator('#many-grid li')).toHaveCount(200);
  await expect(page.locator('#many-grid li[data-state=done]')).toHaveCount(200, { timeout: 200_000 });
  await expect(page.getByRole('status')).toHaveText('200 covers sorted, 0 not readable.');
  const drawn = () => page.locator('#many-grid canvas').evaluateAll((all) => all.filter((canvas) => /** @type {HTMLCanvasElement} */ (canvas).width > 0).length);
  await expect.poll(drawn).toBeGreaterThan(0);
  expect(await drawn()).toBeLessThan(120);
  // The list grows, with its answers; pictures, which are megabytes each once decoded, are let go.
  expect((await heap(page)) - few).toBeLessThan(8e6);
  // In the worker nothing is left of a cover: two hundred take no byte more than thirty.
  expect(await wasmBytes(page)).toBe(fewInWorker);
  expect(fewInWorker).toBeLessThan(64e6);
  await page.locator('#many-grid li').last().scrollIntoViewIfNeeded();
  await expect.poll(() => page.locator('#many-grid li').last().locator('canvas').evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).width)).toBeGreaterThan(0);
  expect(await drawn()).toBeLessThan(120);
});

test('the page answers the visitor while it works through a stack', async ({ page }) => {
  await open(page);
  await choose(page, covers(60));
  await expect(page.locator('#many-grid li[data-state=done]').first()).toBeVisible();
  const longest = await page.evaluate(async () => {
    let longest = 0;
    let last = performance.now();
    for (let frame = 0; frame < 60; frame += 1) {
      scrollBy(0, frame % 2 ? 40 : -40);
      await new Promise((resolve) => setTimeout(resolve, 4));
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    return longest;
  });
  // The network computes in its worker: the page itself is never held up for as long as an answer takes.
  expect(longest).toBeLessThan(1000);
  await expect(page.locator('#many-grid li[data-state=done]')).toHaveCount(60, { timeout: 60_000 });
});

test('no task of the page takes its thread for 50 ms while a stack is sorted', async ({ page }, info) => {
  const folder = info.outputPath('covers');
  await mkdir(folder, { recursive: true });
  const files = covers(40, 600).map(({ name, buffer }) => ({ path: `${folder}/${name}`, buffer }));
  await Promise.all(files.map(({ path, buffer }) => writeFile(path, buffer)));
  await open(page);
  const longest = await longestTask(page, async () => {
    // By their paths: what a test hands over as bytes, the page's thread unpacks.
    await page.locator('#file').setInputFiles(files.map(({ path }) => path));
    await expect(page.locator('#many-grid li[data-state=done]')).toHaveCount(40, { timeout: 60_000 });
  });
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(50);
});

test('a stack can be stopped, and goes on when more is put on it', async ({ page }) => {
  await open(page);
  await choose(page, covers(40));
  await expect(page.locator('#many-grid li[data-state=done]').nth(2)).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('status')).toHaveText(/Stopped after \d+ of 40/);
  const done = await page.locator('#many-grid li[data-state=done]').count();
  expect(done).toBeLessThan(40);
  await page.waitForTimeout(500);
  await expect(page.locator('#many-grid li[data-state=done]')).toHaveCount(done);
  await choose(page, covers(2));
  await expect(page.locator('#many-grid li[data-state=done]')).toHaveCount(42, { timeout: 60_000 });
});

test('what is no cover is named with its reason, and stops nothing', async ({ page }) => {
  await open(page);
  const [one, two, three] = covers(3);
  await drop(page, [one, TEXT, two, file('empty.jpg', Buffer.alloc(0), 'image/jpeg'), three]);
  await expect(page.getByRole('status')).toHaveText('3 covers sorted, 2 not readable.');
  const failed = page.locator('#many-grid li[data-state=failed]');
  await expect(failed).toHaveCount(2);
  await expect(failed.first()).toContainText('not a picture');
  await expect(failed.first()).toContainText('notes.txt');
  await expect(failed.last()).toContainText('is empty');
  // The bar of the genres holds every cover once.
  const shares = await page.locator('#many-mix span').evaluateAll((parts) => parts.map((node) => {
      const part = /** @type {HTMLElement} */ (node);
      return [part.dataset.genre ?? part.className, Number(part.style.flexGrow)];
    }));
  expect(shares.filter(([name]) => name === 'failed' || name === 'left')).toEqual([['failed', 2], ['left', 0]]);
  expect(shares.reduce((sum, [, share]) => sum + Number(share), 0)).toBe(5);
  await page.locator('#many-filter').selectOption({ label: 'not readable' });
  await expect(page.locator('#many-grid li')).toHaveCount(2);
});

test('a stack is sorted and filtered by genre, and each cover can be looked at', async ({ page }) => {
  await open(page);
  await page.locator('#file').setInputFiles(covers(12));
  await expect(page.getByRole('status')).toHaveText(/12 covers sorted/);
  await page.locator('#many-sort').selectOption('genre');
  const genres = await page.locator('#many-grid li').evaluateAll((all) => all.map((cell) => /** @type {HTMLElement} */ (cell).dataset.genre ?? ''));
  expect(genres).toEqual(genres.toSorted());
  await page.locator('#many-sort').selectOption('surest');
  const chances = (await page.locator('#many-grid .chance').allTextContents()).map(parseFloat);
  expect(chances).toEqual(chances.toSorted((a, b) => b - a));
  await page.locator('#many-filter').selectOption(genres[0]);
  await expect(page.locator('#many-grid li')).toHaveCount(genres.filter((genre) => genre === genres[0]).length);
  const cell = page.locator('#many-grid li').first();
  const name = (await cell.locator('.name').textContent()) ?? '';
  await cell.getByRole('button').click();
  await expectAnswer(page, name, 'cpu');
  await expect(page.locator('#verdict')).toBeInViewport();
});

test('a stack is saved as CSV and as JSON', async ({ page }) => {
  await open(page);
  const [one, two] = covers(2);
  await drop(page, [{ ...one, name: 'a, "quoted" name.png' }, TEXT, two]);
  await expect(page.getByRole('status')).toHaveText('2 covers sorted, 1 not readable.');
  const csv = (await saved(page, 'Save as CSV', 'undercover.csv')).split('\r\n');
  expect(csv[0]).toBe('file,genre,probability,ambient,classical,country,electronic,folk,hiphop,jazz,metal,pop,rock,error');
  expect(csv[1]).toMatch(/^"a, ""quoted"" name\.png",[a-z]+,0\.\d{4}(,0\.\d{4}){10},$/);
  expect(csv[2]).toMatch(/^notes\.txt,,,+unknown-format$/);
  expect(csv).toHaveLength(5);
  const json = JSON.parse(await saved(page, 'Save as JSON', 'undercover.json'));
  expect(json).toHaveLength(3);
  expect(json[0]).toMatchObject({ file: 'a, "quoted" name.png', backend: 'cpu' });
  expect(json[0].predictions).toHaveLength(10);
  expect(json[1]).toEqual({ file: 'notes.txt', error: { code: 'unknown-format', message: expect.stringContaining('not a picture') } });
});

test('a folder is read to its depths', async ({ page }, info) => {
  const folder = info.outputPath('records');
  await mkdir(`${folder}/shelf/deep`, { recursive: true });
  await writeFile(`${folder}/one.png`, cover(1, 64));
  await writeFile(`${folder}/shelf/deep/two.png`, cover(2, 64));
  await writeFile(`${folder}/shelf/.hidden`, 'system');
  await open(page);
  await page.locator('#folder').setInputFiles(folder);
  await expect(page.getByRole('status')).toHaveText('2 covers sorted, 0 not readable.');
  await expect(page.locator('#many-grid')).toContainText('records/shelf/deep/two.png');
});

test('a stack that is cleared is gone', async ({ page }) => {
  await open(page);
  await choose(page, covers(3));
  await expect(page.getByRole('status')).toHaveText(/3 covers sorted/);
  await page.getByRole('button', { name: 'Clear the stack' }).click();
  await expect(page.locator('#many')).toBeHidden();
  await expect(page.locator('#file')).toBeFocused();
  await choose(page, file('after.png', cover(9)));
  await expectAnswer(page, 'after.png', 'cpu');
});

/**
 * What a button saves.
 * @param {Page} page
 * @param {string} button
 * @param {string} name of the file
 */
async function saved(page, button, name) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  expect(download.suggestedFilename()).toBe(name);
  return readFile(await download.path(), 'utf8');
}
