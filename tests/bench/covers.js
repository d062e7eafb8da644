/** Covers that the benchmark draws itself: JPEG files of the size that shops show. */

import { cover, testPattern } from '../browser/support/pictures.js';

/** Side in pixels. */
export const SIDE = 600;

/** Different ones. */
export const COUNT = 50;

/** Of the network's own size, for the comparison of logits: nothing is resampled. */
const EXACT = 3;

/** Strength of the grain, which makes files as large as those of scanned covers. */
const GRAIN = 24;

/** Of `toBlob`. */
const QUALITY = 0.9;

/**
 * @param {import('puppeteer-core').Page} page any: its browser encodes
 * @returns {Promise<Buffer[]>}
 */
export async function drawCovers(page) {
  const covers = [];
  for (let seed = 0; seed < COUNT; seed += 1) {
    const png = cover(seed, SIDE).toString('base64');
    covers.push(Buffer.from(await page.evaluate(toJpeg, png, GRAIN, QUALITY), 'base64'));
  }
  return covers;
}

/**
 * The first is that of the bundle's self-test.
 * @param {number} size
 */
export function exactCovers(size) {
  return Array.from({ length: EXACT }, (_, index) => (index ? cover(100 + index, size) : testPattern(size)));
}

/**
 * In the page: adds grain, and encodes.
 * @param {string} png
 * @param {number} grain
 * @param {number} quality
 */
async function toJpeg(png, grain, quality) {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no canvas');
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  let state = 1;
  image.data.forEach((value, at) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (at % 4 !== 3) image.data[at] = value + ((state >>> 24) / 255 - 0.5) * grain;
  });
  context.putImageData(image, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
