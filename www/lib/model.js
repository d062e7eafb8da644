/** A model bundle over HTTP: fetched once, whatever number of backends compute with it. */

import { UndercoverError } from './errors.js';
import { STALL_TIMEOUT } from './limits.js';
import { Patience } from './patience.js';
import { readParts } from './progress.js';

/**
 * What the page needs of a manifest; Rust reads and checks all of it.
 * @typedef {object} Manifest
 * @property {string} version
 * @property {string[]} genres
 * @property {{id: string, genres: string[]}[]} genre_sets
 * @property {{file: string, bytes: number}} weights
 * @property {Record<string, unknown>} [metrics]
 */

/**
 * @typedef {object} Model
 * @property {Manifest} manifest
 * @property {Uint8Array<ArrayBuffer>} manifestBytes as they came
 * @property {Blob} weights a Blob, as workers share it without a copy
 */

/**
 * @param {URL} folder of the bundle, with a slash at its end
 * @param {import('./progress.js').OnProgress} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<Model>}
 * @throws {UndercoverError} `model-unreachable`, `model-status`, `bundle-manifest`
 */
export async function fetchModel(folder, onProgress, signal) {
  const file = await download(new URL('manifest.json', folder), () => {}, signal);
  const manifestBytes = new Uint8Array(await file.arrayBuffer());
  const manifest = parseManifest(manifestBytes);
  const total = manifest.weights.bytes;
  const count = (/** @type {number} */ loaded) => onProgress({ stage: 'model', loaded: Math.min(loaded, total), total });
  count(0);
  const weights = await download(new URL(manifest.weights.file, folder), count, signal);
  return { manifest, manifestBytes, weights };
}

/**
 * @param {URL} url
 * @param {(loaded: number) => void} onPart told how many bytes there are so far
 * @param {AbortSignal} signal
 * @returns {Promise<Blob>}
 */
async function download(url, onPart, signal) {
  const stall = new AbortController();
  const patience = new Patience(STALL_TIMEOUT, () => stall.abort());
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, stall.signal]) });
    if (!response.ok) throw refused(url, response.status);
    await readParts(response, (loaded, part) => {
      patience.renew();
      parts.push(part);
      onPart(loaded);
    });
    return new Blob(parts);
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof UndercoverError ? cause : unreachable(url, cause);
  } finally {
    patience.end();
  }
}

/**
 * @param {URL} url
 * @param {number} status
 */
function refused(url, status) {
  const message = `The model's file ${url.href} answered with status ${status}.`;
  return new UndercoverError('model-status', message, { detail: String(status) });
}

/**
 * @param {URL} url
 * @param {unknown} cause
 */
function unreachable(url, cause) {
  return new UndercoverError('model-unreachable', `The model's file ${url.href} could not be loaded.`, { cause });
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Manifest}
 */
function parseManifest(bytes) {
  try {
    const manifest = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof manifest.weights.file !== 'string') throw new TypeError('weights.file is missing');
    return manifest;
  } catch (cause) {
    throw new UndercoverError('bundle-manifest', "The model's manifest cannot be read.", { cause });
  }
}
