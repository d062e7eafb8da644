/** A static server for all contestants, each under a host name of its own, that counts what it sends. */

import { createServer } from 'node:http';

import { direct } from './line.js';

/** @typedef {import('./asset.js').Asset} Asset */
/** @typedef {Map<string, Asset>} Site by path */
/** @typedef {{path: string, bytes: number}} Transfer `bytes` of the body as sent */
/** @typedef {{send(response: import('node:http').ServerResponse, body: Buffer): Promise<void>}} Sender */

/** In seconds: a visitor who comes back within the hour. */
const FRESH = 3600;

/** The visitor's own pictures: they come over no line, and are not counted. */
const COVERS = '/covers/';

export class Server {
  #server;
  /** @type {Map<string, Site>} */
  #sites = new Map();
  #covers;
  /** @type {Transfer[]} */
  #transfers = [];
  /** @type {Sender} */
  line = direct;

  /** @param {Site} covers */
  constructor(covers) {
    this.#covers = covers;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  /** @returns {Promise<void>} */
  listen() {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /**
   * @param {string} name of the contestant
   * @param {Site} site
   */
  add(name, site) {
    this.#sites.set(name, site);
  }

  /**
   * @param {string} name of the contestant
   * @param {Record<string, string>} query
   */
  address(name, query) {
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `http://${name}.localhost:${port}/?${new URLSearchParams(query)}`;
  }

  /** What has been sent since the last call, without covers. */
  takeTransfers() {
    return this.#transfers.splice(0);
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async #answer(request, response) {
    const { pathname, hostname } = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const ofVisitor = pathname.startsWith(COVERS);
    const asset = (ofVisitor ? this.#covers : this.#sites.get(hostname.split('.')[0]))?.get(pathname);
    const line = ofVisitor ? direct : this.line;
    if (!asset) return line.send(response.writeHead(404), Buffer.alloc(0));
    response.setHeader('etag', `"${asset.tag}"`);
    response.setHeader('cache-control', pathname === '/' ? 'no-cache' : `max-age=${FRESH}`);
    if (request.headers['if-none-match'] === `"${asset.tag}"`) return line.send(response.writeHead(304), Buffer.alloc(0));
    const body = asset.compressed ?? asset.body;
    response.setHeader('content-type', asset.type);
    response.setHeader('content-length', body.length);
    if (asset.compressed) response.setHeader('content-encoding', 'br');
    await line.send(response, body);
    if (!ofVisitor) this.#transfers.push({ path: pathname, bytes: body.length });
  }
}
