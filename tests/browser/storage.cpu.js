/** A browser that keeps nothing, or no longer has what it kept. */

import { choose, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { install, publish } from './support/versions.js';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('./support/host.js').Copy} Copy */

test.use({ serviceWorkers: 'allow' });

/**
 * Puts a service worker on the copy's host that runs `code` before the site's own.
 * @param {Page} page
 * @param {Copy} copy
 * @param {string} code
 */
async function changeServiceWorker(page, copy, code) {
  copy.changed.set('sw.js', `${code}\n${await (await page.request.get('./sw.js')).text()}`);
}

/** @param {string} part of the addresses that there is no room for */
const fullFor = (part) => `{
  const put = Cache.prototype.put;
  Cache.prototype.put = function (request, response) {
    if (!String(request.url ?? request).includes('${part}')) return put.call(this, request, response);
    return Promise.reject(new DOMException('no room', 'QuotaExceededError'));
  };
}`;

test('where the browser forbids every kind of storage, the page answers, in any language', async ({ page }) => {
  await page.addInitScript(() => {
    for (const [holder, name] of /** @type {[object, string][]} */ ([
      [globalThis, 'localStorage'],
      [globalThis, 'sessionStorage'],
      [globalThis, 'indexedDB'],
      [globalThis, 'caches'],
      [navigator, 'serviceWorker'],
      [navigator, 'storage'],
    ])) {
      const get = () => {
        throw new DOMException(`${name} is forbidden`, 'SecurityError');
      };
      Object.defineProperty(holder, name, { get });
    }
  });
  await open(page, 'cpu');
  await page.locator('#language').selectOption('de');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.locator('#language').selectOption('en');
  await choose(page, file('kept-nowhere.png', cover(171)));
  await expectAnswer(page, 'kept-nowhere.png', 'cpu');
  await page.goto('./?shared');
  await expect(page.getByRole('status')).toHaveText(/What was shared did not arrive\. Please choose the picture here/);
});

test('where there is no room for the site, it works with a connection', async ({ page, copy }) => {
  await changeServiceWorker(page, copy, fullFor('/'));
  await page.goto(copy.address);
  await choose(page, file('no-room.png', cover(172)));
  await expectAnswer(page, 'no-room.png', 'cpu');
  // It was tried, and has failed as a whole.
  await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active ?? null)).toBe(null);
  await page.reload();
  await choose(page, file('still.png', cover(173)));
  await expectAnswer(page, 'still.png', 'cpu');
});

test('what there is no room for is fetched each time, and what was shared is asked for again', async ({ page, copy }) => {
  await changeServiceWorker(page, copy, fullFor('/cpu-relaxed/') + fullFor('/shared/'));
  await install(page, copy);
  const relaxed = page.waitForResponse('**/pkg/cpu-relaxed/undercover_bg.wasm');
  await page.reload();
  await choose(page, file('fetched.png', cover(174)));
  await expectAnswer(page, 'fetched.png', 'cpu');
  expect((await relaxed).fromServiceWorker()).toBe(true);
  expect((await relaxed).status()).toBe(200);
  const address = await page.evaluate(async () => {
    const form = new FormData();
    form.append('cover', new File(['a picture'], 'shared.png', { type: 'image/png' }));
    return (await fetch('share', { method: 'POST', body: form })).url;
  });
  await page.goto(address);
  await expect(page.getByRole('status')).toHaveText(/What was shared did not arrive/);
});

test('a page of the old version takes no module of the new one: it answers with what it has', async ({ page, copy }) => {
  await install(page, copy);
  await page.evaluate(async () => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) if (request.url.includes('/cpu-relaxed/')) await cache.delete(request);
    }
  });
  // Its glue would fit no module of this version.
  copy.changed.set('pkg/cpu-relaxed/undercover.js', 'throw new Error("of the new version");');
  copy.changed.set('pkg/cpu-relaxed/undercover_bg.wasm', 'of the new version');
  const plain = page.waitForResponse('**/pkg/cpu/undercover_bg.wasm');
  await page.reload();
  await choose(page, file('old.png', cover(175)));
  await expectAnswer(page, 'old.png', 'cpu');
  expect((await plain).fromServiceWorker()).toBe(true);
});

test('an old service worker whose files the browser has thrown away lets the new site through', async ({ page, copy }) => {
  await install(page, copy);
  await publish(page, copy, '');
  const session = await page.context().newCDPSession(page);
  await page.goto('about:blank');
  await session.send('Storage.clearDataForOrigin', { origin: new URL(copy.address).origin, storageTypes: 'cache_storage' });
  await page.goto(copy.address);
  await expect(page.locator('body')).toHaveAttribute('data-version', 'next');
  await choose(page, file('new.png', cover(176)));
  await expectAnswer(page, 'new.png', 'cpu');
});
