/** A copy of the site with its service worker, and new versions of it. */

import { createHash } from 'node:crypto';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('./host.js').Copy} Copy */

/**
 * Opens the copy and waits until the page is served by its service worker.
 * @param {Page} page
 * @param {Copy} copy
 */
export async function install(page, copy) {
  await page.goto(copy.address);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  });
}

/**
 * Puts another version of the site on the copy's host.
 * @param {Page} page
 * @param {Copy} copy
 * @param {Buffer | string} listed what the list says that index.html is
 */
export async function publish(page, copy, listed) {
  const html = await (await page.request.get('./')).text();
  const next = html.replace('<body>', '<body data-version="next">');
  const list = await (await page.request.get('./precache.js')).text();
  const hash = (/** @type {Buffer | string} */ content) => createHash('sha256').update(content).digest('hex');
  const updated = list.replace(hash(html), hash(listed || next)).replace(/"version":"\w+"/, `"version":"${hash(next).slice(0, 16)}"`);
  if (updated === list) throw new Error('the list does not hold index.html as it is');
  copy.changed.set('', next);
  copy.changed.set('precache.js', updated);
}
