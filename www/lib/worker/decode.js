/** Pictures that Rust does not decode (AVIF, for one) but the browser may. */

import { encodePng } from '../encode.js';

/** Codes of `CoverError` that mean: another decoder might know this format. */
const UNDECODED = new Set(['unknown-format', 'unsupported-format']);

/**
 * The picture as a PNG, or null where the browser cannot read it either, or where `error` is another.
 * @param {Blob} picture
 * @param {unknown} error what Rust said of it
 * @returns {Promise<Blob | null>}
 */
export async function readableHere(picture, error) {
  if (!(error instanceof Error && 'code' in error && UNDECODED.has(String(error.code)))) return null;
  try {
    const bitmap = await createImageBitmap(picture);
    try {
      return await encodePng(bitmap);
    } finally {
      bitmap.close();
    }
  } catch {
    return null;
  }
}
