/** What a visitor does on the page, and sees. */

import { expect } from './test.js';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{name: string, mimeType: string, buffer: Buffer}} File */

/**
 * @param {Page} page
 * @param {'auto' | 'cpu' | 'webgpu'} [backend]
 */
export async function open(page, backend = 'auto') {
  await page.goto(backend === 'auto' ? './' : `./?backend=${backend}`);
}

/**
 * @param {Page} page
 * @param {File | File[]} files
 */
export async function choose(page, files) {
  await page.locator('#file').setInputFiles(files);
}

/**
 * Drops files onto the middle of the page, wherever that is.
 * @param {Page} page
 * @param {File[]} files
 */
export async function drop(page, files) {
  const transfer = await transferOf(page, files);
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('main', type, { dataTransfer: transfer });
  }
}

/**
 * @param {Page} page
 * @param {File[]} files
 */
export async function paste(page, files) {
  const transfer = await transferOf(page, files);
  await page.evaluate((clipboardData) => {
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, transfer);
}

/**
 * @param {Page} page
 * @param {File[]} files
 */
export function transferOf(page, files) {
  const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  return page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: mimeType }));
    }
    return transfer;
  }, plain);
}

/**
 * Waits for the answer to the picture of this name, and checks that it is one.
 * @param {Page} page
 * @param {string} name
 * @param {'cpu' | 'webgpu'} backend that is to have answered
 * @param {number} [timeout] in milliseconds
 */
export async function expectAnswer(page, name, backend, timeout = 30_000) {
  await expect(page.getByRole('status')).toContainText(`${name}: `, { timeout });
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'done', { timeout });
  await expect(page.locator('#backend')).toHaveAttribute('data-backend', backend);
  await expect(page.locator('#time')).toHaveText(/^[\d,]+ ms$/);
  const chances = await page.locator('#tracks td.chance').allTextContents();
  const percents = chances.map((chance) => Number(chance.replace('%', '')));
  expect(percents).toHaveLength(10);
  expect(Math.abs(percents.reduce((sum, percent) => sum + percent, 0) - 100)).toBeLessThanOrEqual(5);
  expect(percents).toEqual(percents.toSorted((a, b) => b - a));
}

/**
 * Whether the cover that is shown has colours, and not one only.
 * @param {Page} page
 */
export function shownColours(page) {
  return page.locator('#cover').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) throw new TypeError('no canvas');
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4 * 97) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return colours.size;
  });
}
