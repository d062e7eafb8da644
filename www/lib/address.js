/** A picture behind an address. */

import { UndercoverError } from './errors.js';
import { MAX_PICTURE_BYTES } from './limits.js';
import { readParts } from './progress.js';

const PROTOCOLS = ['http:', 'https:', 'data:', 'blob:'];

/**
 * @param {string | URL} address relative ones are meant relative to the document
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 * @throws {UndercoverError} `address-…`, `file-too-large`
 */
export async function readAddress(address, signal) {
  const url = parse(address);
  if (url.protocol === 'data:') return readDataUrl(url);
  const response = await request(url, signal);
  if (!response.ok) {
    throw new UndercoverError('address-status', `${url.host} answered with status ${response.status}.`, {
      detail: `${url.host}: ${response.status}`,
    });
  }
  return readPicture(response, url, signal);
}

/**
 * No more of it than a picture may have, whatever the server says of its length.
 * @param {Response} response
 * @param {URL} url
 * @param {AbortSignal} [signal]
 */
async function readPicture(response, url, signal) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  try {
    await readParts(response, (loaded, part) => {
      if (loaded > MAX_PICTURE_BYTES) throw new UndercoverError('file-too-large', 'The file at this address is too large.');
      parts.push(part);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof UndercoverError ? error : unreachable(url, error);
  }
  return new Blob(parts, { type: response.headers.get('content-type') ?? '' });
}

/**
 * @param {string | URL} address
 * @returns {URL}
 */
function parse(address) {
  const text = String(address).trim();
  const url = URL.canParse(text, document.baseURI) ? new URL(text, document.baseURI) : null;
  if (text && url && PROTOCOLS.includes(url.protocol)) return url;
  throw new UndercoverError('address-invalid', 'This is no address of a picture: one begins with https://.');
}

/**
 * @param {URL} url
 * @param {AbortSignal} [signal]
 */
async function request(url, signal) {
  const policy = watchPolicy();
  try {
    // The other site learns nothing of the visitor but that its picture was asked for.
    return await fetch(url, { signal, referrerPolicy: 'no-referrer', credentials: 'same-origin' });
  } catch (cause) {
    signal?.throwIfAborted();
    if (url.origin === location.origin) throw unreachable(url, cause);
    throw (await policy.blocked()) ? blocked(cause) : refused(url, cause);
  } finally {
    policy.stop();
  }
}

/** Tells whether this page's own content security policy kept it from connecting. */
function watchPolicy() {
  let seen = false;
  const see = (/** @type {SecurityPolicyViolationEvent} */ { effectiveDirective }) => {
    seen ||= effectiveDirective === 'connect-src';
  };
  document.addEventListener('securitypolicyviolation', see);
  return {
    /** The event comes in a task after the refusal. */
    async blocked() {
      await new Promise((resolve) => setTimeout(resolve));
      return seen;
    },
    stop: () => document.removeEventListener('securitypolicyviolation', see),
  };
}

/**
 * @param {URL} url
 * @param {unknown} cause
 */
function unreachable(url, cause) {
  return new UndercoverError('address-unreachable', `${url.host} cannot be reached.`, { cause, detail: url.host });
}

/**
 * A browser does not tell a script why another site did not answer: by far most often because that site lets only
 * its own pages read its pictures.
 * @param {URL} url
 * @param {unknown} cause
 */
function refused(url, cause) {
  const message = `${url.host} does not let other pages read its pictures. Save the picture, then choose the file.`;
  return new UndercoverError('address-refused', message, { cause, detail: url.host });
}

/** @param {unknown} cause */
function blocked(cause) {
  const message = 'The content security policy of this page lets it ask no other site. Save the picture, then choose it.';
  return new UndercoverError('address-blocked', message, { cause });
}

/**
 * By hand, as the content security policy need not allow connections to `data:`.
 * @param {URL} url
 * @returns {Blob}
 */
function readDataUrl(url) {
  const comma = url.href.indexOf(',');
  const head = url.href.slice('data:'.length, comma);
  try {
    if (comma < 0) throw new TypeError('no comma');
    const body = decodeURIComponent(url.href.slice(comma + 1));
    if (!head.endsWith(';base64')) return new Blob([body], { type: head });
    const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
    return new Blob([bytes], { type: head.slice(0, -';base64'.length) });
  } catch (cause) {
    throw new UndercoverError('address-invalid', 'This data address is damaged.', { cause });
  }
}
