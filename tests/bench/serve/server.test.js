/** That the server counts what it sends, and that a slow line is slow. Run with `node --test`. */

import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, test } from 'node:test';

import { Line } from './line.js';
import { Server } from './server.js';

/**
 * @param {string} text
 * @param {string | null} compressed
 * @returns {import('./asset.js').Asset}
 */
const asset = (text, compressed = null) => ({
  type: 'text/javascript',
  body: Buffer.from(text),
  compressed: compressed === null ? null : Buffer.from(compressed),
  tag: `tag-of-${text.length}`,
});

const SITE = new Map([
  ['/', asset('page')],
  ['/code.js', asset('code, code, code', 'packed')],
  ['/large.js', asset('x'.repeat(25_000))],
]);

const server = new Server(new Map([['/covers/0.jpg', asset('cover')]]));

before(async () => {
  server.add('ours', SITE);
  await server.listen();
});

after(() => server.close());

/**
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @param {string} [name] of the contestant
 * @returns {Promise<{status: number, headers: import('node:http').IncomingHttpHeaders, body: Buffer}>}
 */
function ask(path, headers = {}, name = 'ours') {
  const { port, host } = new URL(server.address(name, {}));
  const options = { port, path, agent: false, host: '127.0.0.1', headers: { host, ...headers } };
  return new Promise((resolve, reject) => {
    get(options, async (response) => {
      const body = Buffer.concat(await response.toArray());
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    }).on('error', reject);
  });
}

test('what is sent is counted as it went over the line, but for covers', async () => {
  server.takeTransfers();
  const { headers, body } = await ask('/code.js');
  assert.equal(headers['content-encoding'], 'br');
  assert.equal(body.toString(), 'packed');
  assert.equal((await ask('/covers/0.jpg')).body.toString(), 'cover');
  assert.deepEqual(server.takeTransfers(), [{ path: '/code.js', bytes: 6 }]);
  assert.deepEqual(server.takeTransfers(), []);
});

test('what a browser has is not sent again', async () => {
  const { headers } = await ask('/code.js');
  server.takeTransfers();
  const again = await ask('/code.js', { 'if-none-match': String(headers.etag) });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  assert.deepEqual(server.takeTransfers(), []);
  assert.equal((await ask('/')).headers['cache-control'], 'no-cache');
});

test('each contestant has its own site', async () => {
  assert.equal((await ask('/code.js', {}, 'other')).status, 404);
  assert.equal((await ask('/missing.js')).status, 404);
});

test('a slow line takes the time of its round trips and of its bytes', async () => {
  server.line = new Line({ name: 'slow', bitsPerSecond: 1e6, roundTrip: 40 });
  const start = performance.now();
  const { body } = await ask('/large.js');
  const milliseconds = performance.now() - start;
  assert.equal(body.length, 25_000);
  // A new connection takes one round trip, the request another; 25,000 bytes are 200 ms of the line. Timers may end a
  // millisecond early.
  assert.ok(milliseconds >= 275, `only ${milliseconds} ms`);
});
