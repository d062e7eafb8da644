/** Whatever may hold a picture, as a `Blob` that a worker can read. */

import { readAddress } from './address.js';
import { encodePng } from './encode.js';
import { UndercoverError } from './errors.js';
import { MAX_PICTURE_BYTES } from './limits.js';

/** Side of a drawing that has no size of its own, in pixels. */
const DRAWN = 512;

/**
 * @typedef {Blob | BufferSource | string | URL | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas |
 *   ImageBitmap | ImageData} Source
 *   A file's bytes stay as they are, so that the same decoder reads them as natively; what has pixels only becomes
 *   a PNG, which loses nothing.
 */

/**
 * @param {Source} source
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 * @throws {UndercoverError} `source`, `file-too-large`, `tainted`, `address-…`
 */
export async function toBlob(source, signal) {
  const blob = await rasterised(await read(source, signal));
  if (blob.size > MAX_PICTURE_BYTES) {
    const [size, most] = [blob.size, MAX_PICTURE_BYTES].map((bytes) => Math.ceil(bytes / (1 << 20)));
    throw new UndercoverError('file-too-large', `This file is too large (${size} MB); at most ${most} MB are read.`);
  }
  return blob;
}

/**
 * @param {Source} source
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 */
async function read(source, signal) {
  if (typeof source === 'string' || source instanceof URL) return readAddress(source, signal);
  if (ArrayBuffer.isView(source)) return new Blob([/** @type {ArrayBufferView<ArrayBuffer>} */ (source)]);
  // By name, not by `instanceof`: the object may come from an iframe, whose classes are others.
  switch (Object.prototype.toString.call(source).slice('[object '.length, -1)) {
    case 'File':
    case 'Blob':
      return /** @type {Blob} */ (source);
    case 'ArrayBuffer':
      return new Blob([/** @type {ArrayBuffer} */ (source)]);
    case 'HTMLImageElement':
      return readImage(/** @type {HTMLImageElement} */ (source), signal);
    case 'HTMLCanvasElement':
    case 'OffscreenCanvas':
    case 'ImageBitmap':
    case 'ImageData':
      return encodePng(/** @type {HTMLCanvasElement | OffscreenCanvas | ImageBitmap | ImageData} */ (source));
    default:
      throw new UndercoverError('source', 'This is nothing that holds a picture.');
  }
}

/**
 * A drawing as pixels: no decoder in a worker reads SVG, but an image element does, and asks for nothing else.
 * @param {Blob} blob
 */
async function rasterised(blob) {
  if (!blob.type.startsWith('image/svg')) return blob;
  const address = URL.createObjectURL(blob);
  const image = new Image(DRAWN, DRAWN);
  try {
    image.src = address;
    await image.decode();
    return await encodePng(image);
  } catch {
    // As where the page's policy forbids it: then the answer names the format.
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * The file behind an image where it can be read again, else its pixels.
 * @param {HTMLImageElement} image
 * @param {AbortSignal} [signal]
 */
async function readImage(image, signal) {
  const address = image.currentSrc || image.src;
  if (!address) throw new UndercoverError('source', 'This image element has no picture.');
  try {
    return await readAddress(address, signal);
  } catch (refused) {
    signal?.throwIfAborted();
    try {
      await image.decode();
      return await encodePng(image);
    } catch {
      throw refused;
    }
  }
}
