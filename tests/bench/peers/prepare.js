/** A cover's file to a square of pixels, as web programs do it: the browser decodes, a canvas crops and shrinks. */

/** The input of the network, put in when the program is bundled: side in pixels, mean and deviation per channel. */
/** @type {{size: number, mean: number[], std: number[]}} */
const INPUT = /** @type {any} */ (globalThis).__INPUT__;

export const { size: SIZE } = INPUT;

/** @type {OffscreenCanvasRenderingContext2D | null} */
let context = null;

/**
 * @param {Blob} cover
 * @returns {Promise<Uint8ClampedArray>} red, green, blue, alpha, row by row
 */
async function pixels(cover) {
  const bitmap = await createImageBitmap(cover);
  const side = Math.min(bitmap.width, bitmap.height);
  const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  context ??= new OffscreenCanvas(SIZE, SIZE).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no canvas');
  context.drawImage(bitmap, x, y, side, side, 0, 0, SIZE, SIZE);
  bitmap.close();
  return context.getImageData(0, 0, SIZE, SIZE).data;
}

/**
 * @param {Blob} cover
 * @returns {Promise<Float32Array>} normalised, one channel after the other
 */
export async function channelsFirst(cover) {
  const data = await pixels(cover);
  const plane = SIZE * SIZE;
  const values = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel += 1) {
    const [mean, std] = [INPUT.mean[channel], INPUT.std[channel]];
    for (let at = 0; at < plane; at += 1) values[channel * plane + at] = (data[4 * at + channel] - mean) / std;
  }
  return values;
}

/**
 * @param {Blob} cover
 * @returns {Promise<Float32Array>} normalised, one pixel after the other
 */
export async function channelsLast(cover) {
  const data = await pixels(cover);
  const values = new Float32Array(3 * SIZE * SIZE);
  for (let at = 0; at < SIZE * SIZE; at += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      values[3 * at + channel] = (data[4 * at + channel] - INPUT.mean[channel]) / INPUT.std[channel];
    }
  }
  return values;
}
