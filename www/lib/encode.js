/** Pixels as a PNG file, without loss. Runs on the page and in workers. */

import { UndercoverError } from './errors.js';

/**
 * @typedef {HTMLCanvasElement | OffscreenCanvas | ImageBitmap | ImageData | HTMLImageElement} Pixels
 */

/**
 * @param {Pixels} pixels
 * @returns {Promise<Blob>}
 * @throws {UndercoverError} `empty` without a pixel, `tainted` where another site's picture may not be read
 */
export async function encodePng(pixels) {
  const [width, height] = sizeOf(pixels);
  if (!width || !height) throw new UndercoverError('empty', 'This picture has no pixels.');
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new UndercoverError('too-large', 'This picture is too large for this browser.');
  try {
    if ('data' in pixels) context.putImageData(pixels, 0, 0);
    else context.drawImage(pixels, 0, 0, width, height);
    return await canvas.convertToBlob({ type: 'image/png' });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'SecurityError') {
      throw new UndercoverError('tainted', 'The site that this picture is from does not let it be read.', { cause });
    }
    throw new UndercoverError('source', 'The pixels of this picture cannot be read.', { cause });
  }
}

/**
 * @param {Pixels} pixels
 * @returns {[number, number]} in pixels
 */
function sizeOf(pixels) {
  // A drawing may have no natural size: then it is drawn at the size of its element.
  if ('naturalWidth' in pixels) return [pixels.naturalWidth || pixels.width, pixels.naturalHeight || pixels.height];
  return [pixels.width, pixels.height];
}
