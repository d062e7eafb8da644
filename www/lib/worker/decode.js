/** Pictures that Rust does not decode (AVIF, for one) but the browser may. */

import { encodePng } from '../encode.js';

/** Codes of `CoverError` that mean: another decoder might read this. */
const UNDECODED = new Set(['unknown-format', 'unsupported-format', 'too-large']);

/** Widest that a picture of too many pixels is decoded to: more than any network looks at. */
const ENOUGH = 1024;

/**
 * The picture as a PNG, or null where the browser cannot read it either, or where `error` is another.
 * @param {Blob} picture
 * @param {unknown} error what Rust said of it
 * @returns {Promise<Blob | null>}
 */
export async function readableHere(picture, error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!UNDECODED.has(code)) return null;
  const shrink = code === 'too-large' ? { resizeWidth: ENOUGH, resizeQuality: /** @type {const} */ ('high') } : {};
  try {
    const bitmap = await createImageBitmap(picture, shrink);
    try {
      return await encodePng(bitmap);
    } finally {
      bitmap.close();
    }
  } catch {
    return null;
  }
}
