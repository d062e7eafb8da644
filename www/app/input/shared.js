/** Pictures that came through a phone's share sheet: sw.js has kept them for the page. */

import { fromAddress } from '../pictures.js';

/** As in sw.js. */
const SHARED = 'undercover shared';

/** @param {import('../pictures.js').OnPictures} onPictures */
export async function takeShared(onPictures) {
  if (!new URLSearchParams(location.search).has('shared')) return;
  // Loading the page again is no sharing again.
  history.replaceState(null, '', location.pathname);
  const cache = await caches.open(SHARED);
  const pictures = [];
  for (const request of await cache.keys()) {
    const response = await cache.match(request);
    if (response) pictures.push(await read(request.url, response));
    await cache.delete(request);
  }
  if (pictures.length) onPictures(pictures);
}

/**
 * @param {string} key
 * @param {Response} response
 * @returns {Promise<import('../pictures.js').Picture>}
 */
async function read(key, response) {
  if (key.endsWith('/address')) return fromAddress(await response.text());
  const name = decodeURIComponent(response.headers.get('x-name') ?? '') || 'picture';
  return { source: await response.blob(), name };
}
