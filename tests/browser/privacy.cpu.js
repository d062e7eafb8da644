/**
 * Nothing leaves the device, proven: every feature is used, and whatever came to the site's host is looked at, and
 * whatever the browser keeps when the tab is closed, down to the bytes of its profile on the disk.
 */

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { CHROME, QUIET } from './support/chromium.js';
import { html } from './support/host.js';
import { choose, drop, expectAnswer, paste } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { install } from './support/versions.js';

/** @typedef {import('@playwright/test').BrowserContext} BrowserContext */
/** @typedef {import('@playwright/test').Page} Page */

test.use({ serviceWorkers: 'allow' });

/** The one picture of another site, whose address the visitor types. */
const TYPED = 'https://covers.example/shelf/typed.png';

/** What a page could send something by, beside requests. */
const CHANNELS = ['WebSocket', 'EventSource', 'RTCPeerConnection', 'WebTransport', 'BroadcastChannel', 'SharedWorker'];

const PICTURES = Object.fromEntries(
  ['chosen', 'dropped', 'pasted', 'photo', 'one', 'two', 'shared', 'unwanted', 'typed', 'element', 'frame'].map((name, index) => [name, cover(200 + index, 320)]),
);

/** @param {string} name */
const picture = (name) => file(`${name}.png`, PICTURES[name]);

/**
 * @param {BrowserContext} context
 * @returns {Promise<{requests: import('@playwright/test').Request[], channels: string[]}>} what is asked for from here on
 */
async function watch(context) {
  /** @type {import('@playwright/test').Request[]} */
  const requests = [];
  /** @type {string[]} */
  const channels = [];
  context.on('request', (request) => void requests.push(request));
  await context.exposeFunction('tellOfTest', (/** @type {string} */ name) => void channels.push(name));
  await context.addInitScript((names) => {
    const { tellOfTest } = /** @type {any} */ (globalThis);
    for (const name of names) {
      const Channel = /** @type {any} */ (globalThis)[name];
      if (Channel) /** @type {any} */ (globalThis)[name] = new Proxy(Channel, { construct: (of, given) => (tellOfTest(name), Reflect.construct(of, given)) });
    }
    const beacon = navigator.sendBeacon;
    navigator.sendBeacon = (...given) => (tellOfTest('sendBeacon'), beacon.apply(navigator, given));
  }, CHANNELS);
  return { requests, channels };
}

/**
 * Every way that the page takes a picture, and all that can be done with an answer.
 * @param {Page} page
 * @param {string} folder with pictures
 */
async function useEverything(page, folder) {
  await choose(page, picture('chosen'));
  await expectAnswer(page, 'chosen.png', 'cpu');
  await page.getByRole('tab').nth(1).click();
  await page.locator('#tracks tr').first().click();
  await page.locator('#evidence-strength').fill('30');
  await page.getByRole('tab').first().click();
  await drop(page, [picture('dropped')]);
  await expectAnswer(page, 'dropped.png', 'cpu');
  await paste(page, [{ ...picture('pasted'), name: 'image.png' }]);
  await expectAnswer(page, 'the pasted picture', 'cpu');
  await page.locator('#camera').setInputFiles(picture('photo'));
  await expectAnswer(page, 'photo.png', 'cpu');
  await page.getByLabel('Address of a picture').fill(TYPED);
  const typed = (/** @type {import('@playwright/test').Route} */ route) =>
    route.fulfill({ body: PICTURES.typed, headers: { 'access-control-allow-origin': '*' } });
  await page.route(TYPED, typed);
  await page.getByRole('button', { name: 'Fetch' }).click();
  await expectAnswer(page, 'typed.png', 'cpu');
  await page.unroute(TYPED, typed);
  await page.locator('#samples button').first().click();
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'done');
  await page.locator('#folder').setInputFiles(folder);
  await expect(page.getByRole('status')).toHaveText('2 covers sorted, 0 not readable.');
  for (const button of ['Save as CSV', 'Save as JSON']) {
    await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  }
  await page.locator('#many-sort').selectOption('genre');
  await page.locator('#many-grid button').first().click();
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'done');
  await page.locator('#language').selectOption('fr');
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await page.locator('#language').selectOption('en');
}

/**
 * Shares a picture with the app, as a phone does.
 * @param {Page} page
 * @param {string} name
 */
const share = (page, name) =>
  page.evaluate(
    async ({ name, base64 }) => {
      const form = new FormData();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      form.append('cover', new File([bytes], `${name}.png`, { type: 'image/png' }));
      return (await fetch('share', { method: 'POST', body: form })).url;
    },
    { name, base64: PICTURES[name].toString('base64') },
  );

/**
 * All that the site can have kept, by the kind of storage.
 * @param {Page} page
 */
const kept = (page) =>
  page.evaluate(async () => {
    const hex = (/** @type {ArrayBuffer} */ sum) => Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const cached = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const body = await (await cache.match(request))?.arrayBuffer();
        cached.push({ name, url: request.url, sha256: hex(await crypto.subtle.digest('SHA-256', body ?? new ArrayBuffer())) });
      }
    }
    const files = [];
    for await (const name of /** @type {any} */ (await navigator.storage.getDirectory()).keys()) files.push(name);
    return {
      cached,
      local: { ...localStorage },
      session: { ...sessionStorage },
      databases: await indexedDB.databases(),
      files,
      cookies: document.cookie,
    };
  });

/**
 * The files under a folder in which one of the pictures lies.
 * @param {string} folder
 */
async function filesWithPictures(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    // Out of the middle of its compressed pixels.
    for (const [name, body] of Object.entries(PICTURES)) if (bytes.includes(body.subarray(60, 124))) found.push(`${path}: ${name}`);
  }
  return found;
}

test('whatever is done on the page, its host is asked for its own files and told nothing, and nothing is kept', async ({ copy }, info) => {
  test.setTimeout(150_000);
  const folder = info.outputPath('records');
  await mkdir(folder, { recursive: true });
  for (const name of ['one', 'two']) await writeFile(join(folder, `${name}.png`), PICTURES[name]);
  const profile = info.outputPath('profile');
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROME, args: QUIET });
  const { requests, channels } = await watch(context);
  const page = await context.newPage();
  await install(page, copy);
  await useEverything(page, folder);
  await page.goto(await share(page, 'shared'));
  await expectAnswer(page, 'shared.png', 'cpu');
  // Shared with a page that never opened: the next one that does clears it away.
  await share(page, 'unwanted');
  await page.goto(copy.address);
  await expect(page.getByRole('status')).toHaveText('Ready');
  await page.goto(`${copy.address}snippets.html`);
  await page.locator('#preview under-cover').evaluate((element) => element.setAttribute('loading', 'eager'));
  await page.close();

  // What came to the host: reading, of what the site consists of, with no body and no cookie.
  const own = Object.keys(listOf(await (await context.request.get(`${copy.address}precache.js`)).text()).files);
  const known = new Set([...own, '', 'sw.js', 'precache.js'].map((path) => `/shelf/undercover/${path}`));
  for (const { method, path, headers } of copy.asked) {
    expect(method, path).toBe('GET');
    expect(known, path).toContain(path.replace(/\?(shared)?$/, ''));
    expect(headers.cookie, path).toBeUndefined();
    expect(headers['content-length'], path).toBeUndefined();
  }
  expect(copy.asked.length).toBeGreaterThan(own.length / 2);
  // What the browser asked for at all, the service worker's answers included.
  const elsewhere = requests.filter((request) => !/^(blob|data):/.test(request.url()) && !request.url().startsWith(copy.address));
  expect(elsewhere.map((request) => `${request.method()} ${request.url()}`)).toEqual([`GET ${TYPED}`]);
  expect(elsewhere[0].headers().referer).toBeUndefined();
  // The share sheet's is the one that is no reading, and the service worker takes it.
  const told = requests.filter((request) => request.method() !== 'GET').map((request) => request.url());
  expect(new Set(told)).toEqual(new Set([`${copy.address}share`]));
  expect(channels).toEqual([]);

  // What is kept once the tab is closed: the site's own files, as the list has them, and the choice of a language.
  const after = await context.newPage();
  await after.goto(`${copy.address}manifest.webmanifest`);
  const { cached, ...rest } = await kept(after);
  const { files } = listOf(await (await context.request.get(`${copy.address}precache.js`)).text());
  for (const { name, url, sha256 } of cached) {
    const path = url.slice(copy.address.length) || 'index.html';
    expect(sha256, `${name}: ${url}`).toBe(files[path]?.sha256);
  }
  expect(cached.length).toBeGreaterThan(30);
  expect(rest).toEqual({ local: { 'undercover-language': 'en' }, session: {}, databases: [], files: [], cookies: '' });
  await context.close();
  // What is shared waits in a cache for the page. The page has deleted it, as was seen above; when the browser frees
  // the bytes on the disk is its own affair.
  const left = (await filesWithPictures(profile)).filter((found) => !/: (shared|unwanted)$/.test(found));
  expect(left).toEqual([]);
  // The search finds what is there.
  expect(await filesWithPictures(folder)).toHaveLength(2);
});

test('the element, badges and a frame on another site ask for the program’s files only, and keep nothing', async ({ page, context, baseURL, otherSite }) => {
  const site = new URL(baseURL ?? '').origin;
  const { requests, channels } = await watch(context);
  /** @type {Record<string, import('./support/host.js').HostPage>} */
  const files = { '/element.png': { body: PICTURES.element, type: 'image/png' } };
  const shop = await otherSite(files);
  files['/shop.js'] = {
    body: `import { annotate } from '${site}/annotate.js'; annotate('body > img', { backend: 'cpu' });`,
    type: 'text/javascript',
  };
  files['/'] = {
    body: html(
      `<under-cover src="element.png" backend="cpu" lang="en" saliency></under-cover><img src="element.png" alt="" width="200">
       <iframe src="${site}/embed.html?origin=${shop}&lang=en&backend=cpu" title="Genre" sandbox="allow-scripts"></iframe>`,
      `<script type="module" src="${site}/under-cover.js"></script><script type="module" src="shop.js"></script>`,
    ),
  };
  await page.goto(shop);
  await page.getByRole('button', { name: 'What does it sound like?' }).click();
  await expect(page.getByRole('row')).toHaveCount(3);
  await expect(page.locator('.undercover-badge')).toHaveText(/\d+%/);
  const frame = page.frameLocator('iframe');
  await frame.locator('input[type=file]').setInputFiles(picture('frame'));
  await expect(frame.getByRole('row')).toHaveCount(3);
  for (const request of requests.filter((request) => !request.url().startsWith('blob:'))) {
    const { origin, pathname } = new URL(request.url());
    expect(request.method(), request.url()).toBe('GET');
    expect(request.postData(), request.url()).toBeNull();
    const ours = origin === site && /^\/(annotate\.js|under-cover\.js|undercover\.js|worker\.js|embed\.html|icon\.svg|(app|lib|texts|style|pkg|models)\/)/.test(pathname);
    const shops = origin === shop && (pathname in files || pathname === '/favicon.ico');
    expect(ours || shops, request.url()).toBe(true);
  }
  expect(channels).toEqual([]);
  expect(await kept(page).catch((error) => error.message)).toMatchObject({ cached: [], local: {}, session: {}, databases: [], files: [], cookies: '' });
  expect(await context.cookies()).toEqual([]);
});

test('the pages name no site that they come from, and may use no device of the visitor’s', async ({ page }) => {
  for (const path of ['./', './embed.html', './snippets.html']) {
    const response = await page.goto(path);
    expect(response?.headers()['referrer-policy']).toBe('no-referrer');
    await expect(page.locator('meta[name=referrer]')).toHaveAttribute('content', 'no-referrer');
    const allowed = await page.evaluate(() => /** @type {any} */ (document).featurePolicy.allowedFeatures());
    for (const feature of ['camera', 'geolocation', 'microphone', 'payment', 'usb']) expect(allowed).not.toContain(feature);
  }
});

/**
 * @param {string} script precache.js
 * @returns {{files: Record<string, {sha256: string}>}}
 */
function listOf(script) {
  return JSON.parse(script.replace('self.UNDERCOVER = ', '').replace(/;\s*$/, ''));
}
