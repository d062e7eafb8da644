/** Pictures that came through a phone's share sheet: sw.js has kept them for the page. */

import { fromAddress } from '../pictures.js';

/** As in sw.js. */
const SHARED = 'undercover shared';

/**
 * @param {import('../pictures.js').OnPictures} onPictures
 * @param {import('../pictures.js').OnTrouble} onTrouble
 */
export async function takeShared(onPictures, onTrouble) {
  const shared = new URLSearchParams(location.search).get('shared');
  // Loading the page again is no sharing again.
  if (shared !== null) history.replaceState(null, '', location.pathname);
  try {
    const pictures = shared === null ? [] : await take();
    if (pictures.length) onPictures(pictures);
    else if (shared !== null) onTrouble({ code: 'share-failed' });
    // Nothing of a visitor's stays, not even what was shared with a page that never opened.
    await globalThis.caches?.delete(SHARED);
  } catch {
    if (shared !== null) onTrouble({ code: 'share-failed' });
  }
}

/** @returns {Promise<import('../pictures.js').Picture[]>} */
async function take() {
  const cache = await caches.open(SHARED);
  const pictures = [];
  for (const request of await cache.keys()) {
    const response = await cache.match(request);
    if (response) pictures.push(await read(request.url, response));
  }
  return pictures;
}

/**
 * @param {string} key
 * @param {Response} response
 * @returns {Promise<import('../pictures.js').Picture>}
 */
async function read(key, response) {
  if (key.endsWith('/address')) return fromAddress(await response.text());
  const name = decodeURIComponent(response.headers.get('x-name') ?? '') || 'picture';
  // Read now: it is deleted next.
  return { source: new Blob([await response.arrayBuffer()], { type: response.headers.get('content-type') ?? '' }), name };
}
