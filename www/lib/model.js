/** A model bundle over HTTP: fetched once, whatever number of backends compute with it. */

import { UndercoverError } from './errors.js';
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
  const response = await request(new URL('manifest.json', folder), signal);
  const manifestBytes = new Uint8Array(await response.arrayBuffer());
  const manifest = parseManifest(manifestBytes);
  const weights = await fetchWeights(new URL(manifest.weights.file, folder), manifest, onProgress, signal);
  return { manifest, manifestBytes, weights };
}

/**
 * @param {URL} url
 * @param {Manifest} manifest
 * @param {import('./progress.js').OnProgress} onProgress
 * @param {AbortSignal} signal
 */
async function fetchWeights(url, manifest, onProgress, signal) {
  const total = manifest.weights.bytes;
  onProgress({ stage: 'model', loaded: 0, total });
  const response = await request(url, signal);
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  try {
    await readParts(response, (loaded, part) => {
      parts.push(part);
      onProgress({ stage: 'model', loaded: Math.min(loaded, total), total });
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(url, cause);
  }
  return new Blob(parts);
}

/**
 * @param {URL} url
 * @param {AbortSignal} signal
 */
async function request(url, signal) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(url, cause);
  }
  if (response.ok) return response;
  throw new UndercoverError('model-status', `The model's file ${url.href} answered with status ${response.status}.`, {
    detail: String(response.status),
  });
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
