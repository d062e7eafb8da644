/** What keeps foreign scripts, foreign messages and changed files out. */

import { createHash } from 'node:crypto';

import { html } from './support/host.js';
import { readImportMap } from './support/made.js';
import { cover } from './support/pictures.js';
import { expect, test } from './support/test.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {string | undefined} baseURL */
const originOf = (baseURL) => new URL(baseURL ?? '').origin;

for (const path of ['./', './embed.html', './snippets.html']) {
  test(`${path} makes no script and no markup of text, whoever asks`, async ({ page, watched }) => {
    await page.goto(path);
    const refused = await page.evaluate(() => {
      const tries = {
        innerHTML: () => (document.body.innerHTML = '<img src=x>'),
        worker: () => new Worker('worker.js'),
        script: () => (document.createElement('script').src = 'app/main.js'),
        frame: () => (document.createElement('iframe').srcdoc = '<p>'),
        parser: () => new DOMParser().parseFromString('<p>', 'text/html'),
        policy: () => /** @type {any} */ (globalThis).trustedTypes.createPolicy('another', {}),
      };
      return Object.entries(tries).map(([what, attempt]) => {
        try {
          attempt();
          return `${what} was let through`;
        } catch (error) {
          return /** @type {Error} */ (error).name;
        }
      });
    });
    expect(refused).toEqual(Array(6).fill('TypeError'));
    expect(watched.violations.length).toBeGreaterThan(0);
    watched.violations.length = 0;
  });
}

test('a frame hears nothing from a frame beside it, nor from a page of another origin than the one it was made for', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  const attack = `
    const frame = parent.frames[0];
    const source = await (await fetch('cover.png')).blob();
    for (let time = 0; time < 10; time += 1) {
      for (const message of [{ undercover: 'classify', source }, { undercover: 'reset' }, null, 'text', { undercover: 'classify', source: location.href }]) {
        frame.postMessage(message, '*');
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    document.title = 'done';`;
  /** @type {Record<string, import('./support/host.js').HostPage>} */
  const files = { '/cover.png': { body: cover(181), type: 'image/png', headers: { 'access-control-allow-origin': '*' } } };
  const hostile = await otherSite({
    ...files,
    '/': { body: html('<p>Nothing to see here.</p>', '<script type="module" src="attack.js"></script>') },
    '/attack.js': { body: attack, type: 'text/javascript' },
  });
  const shop = await otherSite(files);
  files['/'] = {
    body: html(`<iframe src="${site}/embed.html?origin=${shop}&lang=en&backend=cpu" title="Genre"></iframe><iframe src="${hostile}" title="Advert"></iframe>`),
  };
  await page.goto(shop);
  const frame = page.frameLocator('iframe').first();
  await expect(frame.getByRole('button', { name: 'Choose a cover' })).toBeVisible();
  await expect.poll(() => page.frames()[2].evaluate(() => document.title)).toBe('done');
  await expect(frame.getByRole('status')).toHaveText('');
  expect(page.workers()).toHaveLength(0);
});

test('no frame but the site’s own sets a height, and only its own height', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  const hostile = await otherSite({
    '/embed.html': { body: html('<p>An advert.</p>', '<script type="module" src="attack.js"></script>') },
    '/attack.js': {
      body: `for (const detail of [9999, -5, NaN, '9999', { valueOf: () => 1 }.valueOf()]) parent.postMessage({ undercover: 'height', detail }, '*');`,
      type: 'text/javascript',
    },
  });
  /** @type {Record<string, import('./support/host.js').HostPage>} */
  const files = {};
  const shop = await otherSite(files);
  const sizes = 'style="width: 320px; height: 50px"';
  files['/'] = {
    body: html(
      `<iframe src="${site}/embed.html?origin=${shop}" title="Genre" ${sizes}></iframe><iframe src="${hostile}/embed.html" title="Advert" ${sizes}></iframe>` +
        `<iframe src="${hostile}/embed.html" title="Another" sandbox="allow-scripts" ${sizes}></iframe>`,
      `<script type="module" src="${site}/embed-host.js"></script>`,
    ),
  };
  await page.goto(shop);
  const height = async (/** @type {number} */ index) => (await page.locator('iframe').nth(index).boundingBox())?.height ?? 0;
  await expect.poll(() => height(0)).toBeGreaterThan(300);
  expect(await height(0)).toBeLessThan(2000);
  for (const index of [1, 2]) expect(await height(index)).toBeLessThan(60);
});

/** Scripts of workers, which import maps do not reach. */
const OF_WORKER = /\/worker\.js$|\/lib\/worker\/|\/pkg\//;

test('of what a page loads by the import map of the distribution, all is checked, and a changed file is refused', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  const map = readImportMap(site);
  const hash = createHash('sha256').update(map).digest('base64');
  const shop = await otherSite({
    '/': {
      body: html(
        `<under-cover src="cover.png" backend="cpu" lang="en"><img src="cover.png" alt="The record"></under-cover>`,
        `<script type="importmap">${map}</script><script type="module" src="${site}/under-cover.js"></script>`,
      ),
      policy: `default-src 'none'; script-src ${site} 'sha256-${hash}' 'wasm-unsafe-eval'; worker-src blob:; connect-src 'self' ${site}; img-src 'self'`,
    },
    '/cover.png': { body: cover(182), type: 'image/png' },
  });
  /** @type {Set<string>} */
  const scripts = new Set();
  page.on('request', (request) => {
    const url = request.url();
    if (url.startsWith(site) && url.endsWith('.js') && !OF_WORKER.test(url)) scripts.add(url);
  });
  const ask = () => page.getByRole('button').click();
  await page.goto(shop);
  await ask();
  await expect(page.getByRole('row')).toHaveCount(3);
  expect(scripts.size).toBeGreaterThan(15);
  expect(Object.keys(JSON.parse(map).integrity)).toEqual(expect.arrayContaining([...scripts]));
  const change = (/** @type {string} */ path) =>
    page.route(`${site}/${path}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${await response.text()}\nglobalThis.attacked = true;` });
    });
  // What comes with the first wish: the element tells that it did not come.
  await change('lib/engine.js');
  await page.goto(shop);
  const code = page.evaluate(
    () => new Promise((resolve) => document.addEventListener('undercover-error', (event) => resolve(/** @type {CustomEvent} */ (event).detail.code))),
  );
  await ask();
  expect(await code).toBe('program-unreachable');
  await expect(page.getByRole('status')).toHaveText('This could not be loaded. Please try again.');
  // The script itself: what the page has without it stays.
  await change('under-cover.js');
  await page.goto(shop);
  await expect(page.getByAltText('The record')).toBeVisible();
  expect(await page.evaluate(() => customElements.get('under-cover'))).toBeUndefined();
  expect(await page.evaluate(() => /** @type {any} */ (globalThis).attacked)).toBeUndefined();
});
