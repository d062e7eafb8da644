/**
 * The service worker: the site without a connection, its updates, and pictures from a phone's share sheet.
 *
 * A version is the list in precache.js, every file with its hash. It is taken whole or not at all: a file that has
 * another hash, as while a host is being updated, ends the installation, and the version before goes on. A page is
 * always answered out of one version.
 */

importScripts('precache.js');

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** @type {{version: string, files: Record<string, {sha256: string, later: boolean}>}} */
const { version, files } = /** @type {any} */ (self).UNDERCOVER;

const scope = new URL(worker.registration.scope);
const PREFIX = `undercover ${scope.pathname} `;
const CACHE = PREFIX + version;
/** Pictures on their way from the share sheet to the page. app/input/shared.js takes them out. */
const SHARED = 'undercover shared';

/** How many files are fetched at a time. */
const AT_ONCE = 6;

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('message', ({ data }) => {
  if (data === 'use-now') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  const path = url.pathname.slice(scope.pathname.length) || 'index.html';
  if (request.method === 'POST' && path === 'share') event.respondWith(takeShared(request));
  else if (request.method === 'GET' && Object.hasOwn(files, path)) event.respondWith(answer(path));
});

async function install() {
  const cache = await caches.open(CACHE);
  const wanted = Object.keys(files).filter((path) => !files[path].later);
  const fetchNext = async () => {
    for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
      if (!(await cache.match(addressOf(path)))) await cache.put(addressOf(path), await fetchWhole(path));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  // The page that installed this is served by it from now on.
  await worker.clients.claim();
}

/**
 * Out of this version; what is kept later, or what the browser has thrown away, is fetched.
 * @param {string} path
 */
async function answer(path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(addressOf(path));
  if (kept) return kept;
  const fetched = await fetchWhole(path);
  await cache.put(addressOf(path), fetched.clone());
  return fetched;
}

/**
 * A file of this very version.
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function fetchWhole(path) {
  const response = await fetch(addressOf(path), { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${path} answered with status ${response.status}`);
  const bytes = await response.arrayBuffer();
  if ((await sha256(bytes)) !== files[path].sha256) throw new Error(`${path} is of another version`);
  // Made anew: one that was redirected cannot answer a navigation, and the body is not compressed any more.
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.set('content-length', String(bytes.byteLength));
  return new Response(bytes, { headers });
}

/** @param {string} path */
function addressOf(path) {
  return new URL(path === 'index.html' ? './' : path, scope).href;
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Keeps what was shared until the page has opened.
 * @param {Request} request
 */
async function takeShared(request) {
  const form = await request.formData();
  const pictures = form.getAll('cover').filter((value) => value instanceof File);
  const address = [form.get('url'), form.get('text')].find((text) => typeof text === 'string' && /^https?:\/\/\S+$/.test(text));
  const cache = await caches.open(SHARED);
  for (const [index, picture] of pictures.entries()) {
    const headers = { 'content-type': picture.type, 'x-name': encodeURIComponent(picture.name) };
    await cache.put(new URL(`shared/${index}`, scope), new Response(picture, { headers }));
  }
  if (!pictures.length && typeof address === 'string') {
    await cache.put(new URL('shared/address', scope), new Response(address));
  }
  return Response.redirect(new URL('./?shared', scope).href, 303);
}
