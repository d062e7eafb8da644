/** Pages of another site: a server of its own, and so an origin of its own. */

import { createServer } from 'node:http';
import { Readable } from 'node:stream';

/**
 * @typedef {object} HostPage
 * @property {string | Buffer} body
 * @property {string} [type] its media type; HTML by default
 * @property {string} [policy] its content security policy
 * @property {Record<string, string>} [headers]
 * @property {boolean} [endless] the body is sent again and again, until the browser ends it
 */

/**
 * @param {Record<string, HostPage>} pages by their paths
 * @returns {Promise<{origin: string, close: () => Promise<void>}>}
 */
export async function startHost(pages) {
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url ?? '/', 'http://host').pathname];
    if (!page) return void response.writeHead(404).end();
    response.setHeader('content-type', page.type ?? 'text/html; charset=utf-8');
    if (page.policy) response.setHeader('content-security-policy', page.policy);
    for (const [name, value] of Object.entries(page.headers ?? {})) response.setHeader(name, value);
    if (page.endless) return void Readable.from(repeat(page.body)).on('error', () => {}).pipe(response);
    response.end(page.body);
  });
  await new Promise((/** @type {(value: void) => void} */ resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the host has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** @param {string | Buffer} body */
function* repeat(body) {
  for (;;) yield body;
}

/** @typedef {{method: string, path: string, headers: import('node:http').IncomingHttpHeaders}} Ask with the query in its path */

/**
 * @typedef {object} Copy
 * @property {string} address of the copy's page
 * @property {Map<string, string | Buffer>} changed what is answered instead of the site's own, by path
 * @property {Ask[]} asked all that has come to the host
 * @property {Set<string>} cut paths of files that break off halfway
 * @property {() => Promise<void>} close ends it: from then on there is no connection
 */

/**
 * The site under an address of its own, in a folder, with files that a test can change.
 * @param {string} site
 * @param {string} [folder] with slashes around it
 * @returns {Promise<Copy>}
 */
export async function startCopy(site, folder = '/') {
  /** @type {Copy['changed']} */
  const changed = new Map();
  /** @type {Copy['cut']} */
  const cut = new Set();
  /** @type {Ask[]} */
  const asked = [];
  const server = createServer(async (request, response) => {
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (!pathname.startsWith(folder)) return void response.writeHead(404).end();
    const path = pathname.slice(folder.length);
    const original = await fetch(new URL(path, site));
    const kind = original.headers.get('content-type');
    if (kind) response.setHeader('content-type', kind);
    response.setHeader('cache-control', 'no-cache');
    const body = Buffer.from(changed.get(path) ?? new Uint8Array(await original.arrayBuffer()));
    if (!cut.has(path)) return void response.writeHead(original.status).end(body);
    response.writeHead(original.status, { 'content-length': body.length });
    response.write(body.subarray(0, body.length / 2), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise((/** @type {(value: void) => void} */ resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${port}${folder}`,
    asked,
    changed,
    cut,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * A page around some HTML.
 * @param {string} body
 * @param {string} [head]
 */
export function html(body, head = '') {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>${head}</head><body>${body}</body></html>`;
}
