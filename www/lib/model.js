/** A model bundle over HTTP: fetched once, whatever number of backends compute with it. */

import { UndercoverError } from './errors.js';
import { STALL_TIMEOUT } from './limits.js';
import { Patience } from './patience.js';
import { readParts } from './progress.js';

/** What bundles call their weights; a manifest may name another file. */
const USUAL_WEIGHTS = 'weights.bpk';

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
 * @property {() => ArrayBuffer | null} handOver the weights as they came, to the first who asks: a Blob takes longer
 */

/**
 * @param {URL} folder of the bundle, with a slash at its end
 * @param {import('./progress.js').OnProgress} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<Model>}
 * @throws {UndercoverError} `model-unreachable`, `model-status`, `bundle-manifest`
 */
export async function fetchModel(folder, onProgress, signal) {
  const wrong = new AbortController();
  let loaded = 0;
  /** @type {(bytes: number) => void} */
  let count = (bytes) => (loaded = bytes);
  // Begun before the manifest tells their name.
  const usual = download(new URL(USUAL_WEIGHTS, folder), (bytes) => count(bytes), AbortSignal.any([signal, wrong.signal]));
  usual.catch(() => {});
  try {
    const file = await download(new URL('manifest.json', folder), () => {}, signal);
    const manifestBytes = new Uint8Array(file);
    const manifest = parseManifest(manifestBytes);
    const { file: name, bytes: total } = manifest.weights;
    const tell = (/** @type {number} */ bytes) => onProgress({ stage: 'model', loaded: Math.min(bytes, total), total });
    if (name === USUAL_WEIGHTS) {
      count = tell;
      tell(0);
      if (loaded) tell(loaded);
      return { manifest, manifestBytes, ...handed(await usual) };
    }
    wrong.abort();
    tell(0);
    return { manifest, manifestBytes, ...handed(await download(new URL(name, folder), tell, signal)) };
  } catch (error) {
    wrong.abort();
    throw error;
  }
}

/** @param {ArrayBuffer} bytes */
function handed(bytes) {
  const weights = new Blob([bytes]);
  /** @type {ArrayBuffer | null} */
  let kept = bytes;
  const handOver = () => {
    const given = kept;
    kept = null;
    return given;
  };
  return { weights, handOver };
}

/**
 * @param {URL} url
 * @param {(loaded: number) => void} onPart told how many bytes there are so far
 * @param {AbortSignal} signal
 * @returns {Promise<ArrayBuffer>}
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
    return join(parts);
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof UndercoverError ? cause : unreachable(url, cause);
  } finally {
    patience.end();
  }
}

/** @param {Uint8Array<ArrayBuffer>[]} parts */
function join(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
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
