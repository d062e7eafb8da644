/** The widget on pages of another site, by CORS, under the policies that docs/embedding.md states. */

import { cover } from './support/pictures.js';
import { html } from './support/host.js';
import { expect, test } from './support/test.js';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * The policy that the docs give to a page that loads the widget from another site.
 * @param {string} site
 */
const policyFor = (site) =>
  `default-src 'none'; script-src ${site} 'wasm-unsafe-eval'; worker-src blob:; connect-src 'self' ${site}; img-src 'self'; ` +
  "require-trusted-types-for 'script'; trusted-types undercover";

/** @param {string | undefined} baseURL */
const originOf = (baseURL) => new URL(baseURL ?? '').origin;

/** @param {string} site */
const widget = (site) => `<script type="module" src="${site}/under-cover.js"></script>`;

const PICTURE = { '/cover.png': { body: cover(91), type: 'image/png' } };

test('the element answers on another site under a strict policy, its worker started through a blob', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  const shop = await otherSite({
    '/': { body: html('<under-cover src="cover.png" saliency></under-cover>', widget(site)), policy: policyFor(site) },
    ...PICTURE,
  });
  await page.goto(shop);
  await page.getByRole('button').click();
  await expect(page.getByRole('row')).toHaveCount(3);
  await expect(page.locator('canvas[part=heat]')).toBeVisible();
  // The one that asked for a GPU has ended: there is none.
  await expect.poll(() => page.workers().length).toBe(1);
  expect(page.workers()[0].url()).toMatch(new RegExp(`^blob:${shop}/`));
});

test('two copies of the script, from two sites, share one worker and one model', async ({ page, baseURL, otherSite, watched }) => {
  const site = originOf(baseURL);
  // The same server under another name is another site.
  const second = site.replace('127.0.0.1', 'localhost');
  const policy = policyFor(`${site} ${second}`);
  const shop = await otherSite({
    '/': {
      body: html('<under-cover src="cover.png"></under-cover><under-cover src="cover.png"></under-cover><img src="cover.png" alt="">', widget(site) + widget(second)),
      policy,
    },
    ...PICTURE,
  });
  watched.allow(second);
  let models = 0;
  page.on('request', (request) => (models += Number(request.url().endsWith('weights.bpk'))));
  await page.goto(shop);
  for (const button of await page.getByRole('button', { name: 'What does it sound like?' }).all()) await button.click();
  await expect(page.getByRole('row')).toHaveCount(6);
  // A badge from the second copy is made by the classifier of the first.
  await page.evaluate(async (address) => {
    const { annotate } = await import(address);
    annotate('body > img');
  }, `${second}/annotate.js`);
  await expect(page.locator('.undercover-badge')).toHaveText(/\d+%/);
  expect(page.workers()).toHaveLength(1);
  expect(models).toBe(1);
});

test('a policy that does not let the program in is told', async ({ page, baseURL, otherSite, watched }) => {
  const site = originOf(baseURL);
  const shop = await otherSite({
    '/': {
      body: html('<under-cover src="cover.png"></under-cover>', widget(site)),
      policy: `default-src 'none'; script-src ${site} 'wasm-unsafe-eval'; connect-src 'self' ${site}; img-src 'self'`,
    },
    ...PICTURE,
  });
  await page.goto(shop);
  const code = page.evaluate(
    () => new Promise((resolve) => document.addEventListener('undercover-error', (event) => resolve(/** @type {CustomEvent} */ (event).detail.code))),
  );
  await page.getByRole('button').click();
  expect(await code).toBe('program-unreachable');
  await expect(page.getByRole('status')).toHaveText(/could not be loaded/);
  expect(watched.violations.join()).toContain('worker-src');
  watched.violations.length = 0;
});

test('the JavaScript API works from another site', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  const code = `
    import { Undercover } from '${site}/undercover.js';
    const undercover = await Undercover.load({ backend: 'cpu' });
    const { predictions, backend } = await undercover.classify('cover.png', { topK: 2 });
    document.body.textContent = [backend, ...predictions.map(({ genre }) => genre)].join(' ');
    undercover.dispose();`;
  const shop = await otherSite({
    '/': { body: html('', '<script type="module" src="shop.js"></script>'), policy: policyFor(site).replace('script-src', "script-src 'self'") },
    '/shop.js': { body: code, type: 'text/javascript' },
    ...PICTURE,
  });
  await page.goto(shop);
  await expect(page.locator('body')).toHaveText(/^cpu [a-z]+ [a-z]+$/);
});

test('of a picture that never ends no more is read than a picture may have', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  const shop = await otherSite({
    '/': { body: html('<under-cover src="cover.png" backend="cpu" lang="en"></under-cover>', widget(site)), policy: policyFor(site) },
    '/cover.png': { body: Buffer.alloc(1 << 20), type: 'image/png', endless: true },
  });
  await page.goto(shop, { waitUntil: 'domcontentloaded' });
  const code = page.evaluate(
    () => new Promise((resolve) => document.addEventListener('undercover-error', (event) => resolve(/** @type {CustomEvent} */ (event).detail.code))),
  );
  await page.getByRole('button').click();
  expect(await code).toBe('file-too-large');
  await expect(page.getByRole('status')).toHaveText(/too large/);
});

test('badges come to the covers of a shop as they scroll into view, and go again', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  const covers = Array.from({ length: 6 }, (_, index) => `<li><a href="#"><img src="cover-${index}.png" width="300" height="300" alt="Record ${index}"></a></li>`);
  const code = `
    import { annotate } from '${site}/annotate.js';
    globalThis.answers = [];
    globalThis.annotation = annotate('li img', {
      genres: ['jazz', 'metal', 'pop'], rootMargin: '0px', backend: 'cpu', lang: 'en',
      onAnswer: (answer, image) => answers.push(image.alt),
    });`;
  const shop = await otherSite({
    '/': {
      body: html(`<ul>${covers.join('<li style="height:600px"></li>')}</ul>`, '<script type="module" src="shop.js"></script>'),
      policy: `${policyFor(site).replace('script-src', "script-src 'self'")}; style-src 'unsafe-inline'`,
    },
    '/shop.js': { body: code, type: 'text/javascript' },
    ...Object.fromEntries(covers.map((_, index) => [`/cover-${index}.png`, { body: cover(92 + index), type: 'image/png' }])),
  });
  await page.goto(shop);
  const badges = page.locator('.undercover-badge');
  await expect(badges).toHaveCount(1);
  await expect(badges.first()).toHaveText(/^(Jazz|Metal|Pop) \d+%$/);
  await expect(page.getByAltText('Record 0')).toHaveAttribute('data-undercover-genre', /jazz|metal|pop/);
  const [badge, image] = [await badges.first().boundingBox(), await page.getByAltText('Record 0').boundingBox()];
  expect(Math.abs((badge?.x ?? 0) - (image?.x ?? 99))).toBeLessThan(12);
  expect(Math.abs((badge?.y ?? 0) - (image?.y ?? 99))).toBeLessThan(12);
  await page.getByAltText('Record 5').scrollIntoViewIfNeeded();
  await expect(page.getByAltText('Record 5')).toHaveAttribute('data-undercover-genre', /./);
  expect(await page.evaluate(() => /** @type {any} */ (globalThis).answers)).not.toContain('Record 3');
  await page.evaluate(() => /** @type {any} */ (globalThis).annotation.stop());
  await expect(badges).toHaveCount(0);
  await expect.poll(() => page.workers().length, { timeout: 15_000 }).toBe(0);
});

/**
 * A page with a frame, which keeps what it is told.
 * @param {string} site
 * @param {string} query of the frame's address
 * @param {string} [sandbox] as an attribute
 */
const framePage = (site, query, sandbox = '') => ({
  body: html(
    `<iframe src="${site}/embed.html?${query}" ${sandbox} title="The genre of a cover"></iframe>`,
    '<script type="module" src="listen.js"></script>',
  ),
});

const LISTENER = {
  '/listen.js': {
    type: 'text/javascript',
    body: `globalThis.told = [];
      addEventListener('message', ({ data, origin }) => told.push({ ...data, origin }));`,
  },
};

/** @param {Page} page @returns {Promise<{undercover: string, detail: any, origin: string}[]>} */
const told = (page) => page.evaluate(() => /** @type {any} */ (globalThis).told);

/** Asks the frame about the page's picture, by a message. @param {Page} page */
const askFrame = (page) =>
  page.evaluate(async () => {
    const source = await (await fetch('cover.png')).blob();
    document.querySelector('iframe')?.contentWindow?.postMessage({ undercover: 'classify', source }, '*');
  });

for (const sandbox of ['', 'sandbox="allow-scripts"']) {
  test(`a frame ${sandbox ? 'in a sandbox ' : ''}answers, and tells the page around it`, async ({ page, baseURL, otherSite }) => {
    const site = originOf(baseURL);
    const pages = { ...LISTENER, ...PICTURE };
    const shop = await otherSite(pages);
    Object.assign(pages, { '/': framePage(site, `origin=${shop}&top-k=2&lang=en&backend=cpu`, sandbox) });
    await page.goto(shop);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByRole('button', { name: 'Choose a cover' })).toBeVisible();
    await askFrame(page);
    await expect(frame.getByRole('row')).toHaveCount(2);
    await expect.poll(async () => (await told(page)).map(({ undercover }) => undercover)).toContain('prediction');
    const messages = await told(page);
    expect(new Set(messages.map(({ origin }) => origin))).toEqual(new Set([sandbox ? 'null' : site]));
    const prediction = messages.find(({ undercover }) => undercover === 'prediction');
    expect(prediction?.detail.predictions).toHaveLength(2);
    expect(messages.find(({ undercover }) => undercover === 'height')?.detail).toBeGreaterThan(300);
  });
}

test('a frame tells nothing to a page that it was not made for, and hears nothing from it', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  const shop = await otherSite({ '/': framePage(site, 'origin=https://shop.example&lang=en'), ...LISTENER, ...PICTURE });
  await page.goto(shop);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('button', { name: 'Choose a cover' })).toBeVisible();
  await askFrame(page);
  await page.waitForTimeout(1500);
  await expect(frame.getByRole('row')).toHaveCount(0);
  expect(await told(page)).toEqual([]);
});

test('a frame takes the height that it reports', async ({ page, baseURL, otherSite }) => {
  const site = originOf(baseURL);
  /** @type {Record<string, import('./support/host.js').HostPage>} */
  const pages = {};
  const shop = await otherSite(pages);
  const frame = `<iframe src="${site}/embed.html?origin=${shop}" title="The genre of a cover" style="width: 320px; height: 50px"></iframe>`;
  pages['/'] = { body: html(frame, `<script type="module" src="${site}/embed-host.js"></script>`) };
  await page.goto(shop);
  await expect.poll(async () => (await page.locator('iframe').boundingBox())?.height).toBeGreaterThan(400);
});
