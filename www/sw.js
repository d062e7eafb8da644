/**
 * The service worker: the site without a connection, its updates, and pictures from a phone's share sheet.
 *
 * A version is the list in precache.js, every file with its hash. It is taken whole or not at all: a file that has
 * another hash, as while a host is being updated, ends the installation, and the version before goes on. A page is
 * always answered out of one version. Where the browser keeps nothing (its storage is full, or forbidden), everything
 * comes from the host, as without a service worker.
 */

/** As in lib/trusted.js, which a classic script cannot import. */
const trusted = /** @type {any} */ (self).trustedTypes?.createPolicy('undercover', { createScriptURL: (/** @type {string} */ text) => text });

importScripts(trusted?.createScriptURL('precache.js') ?? 'precache.js');

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
  else if (request.method === 'GET' && Object.hasOwn(files, path)) event.respondWith(answer(path, request));
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
 * @param {Request} request
 */
async function answer(path, request) {
  const kept = await find(path);
  if (kept) return kept;
  try {
    const fetched = await fetchWhole(path);
    await keep(path, fetched.clone());
    return fetched;
  } catch (error) {
    // A page of this version gets no part of another.
    if (await find('index.html')) throw error;
    // The browser has thrown this version away, and the host has another one: the next visit begins anew.
    await worker.registration.unregister();
    return fetch(request);
  }
}

/**
 * @param {string} path
 * @returns {Promise<Response | undefined>}
 */
async function find(path) {
  try {
    return await (await caches.open(CACHE)).match(addressOf(path));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} path
 * @param {Response} response
 */
async function keep(path, response) {
  try {
    await (await caches.open(CACHE)).put(addressOf(path), response);
  } catch {
    // There is no room for it: next time it is fetched again.
  }
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
 * Keeps what was shared until the page has opened, which is told where that fails.
 * @param {Request} request
 */
async function takeShared(request) {
  const shared = await keepShared(request).then(() => '', () => '=failed');
  return Response.redirect(new URL(`./?shared${shared}`, scope).href, 303);
}

/** @param {Request} request */
async function keepShared(request) {
  const form = await request.formData();
  // Whatever was shared before has not been wanted.
  await caches.delete(SHARED);
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
}
