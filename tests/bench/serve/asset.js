/** Files as they go over the line: compressed once, as well as brotli can. */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

/**
 * @typedef {object} Asset
 * @property {string} type its media type
 * @property {Buffer} body
 * @property {Buffer | null} compressed null where that would not be smaller
 * @property {string} tag of this content
 */

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

const compressBrotli = promisify(brotliCompress);

export class Assets {
  #cache;

  /** @param {string} cache folder of what has been compressed before */
  constructor(cache) {
    this.#cache = cache;
    mkdirSync(cache, { recursive: true });
  }

  /**
   * @param {string} name of the file: its ending tells its type
   * @param {Buffer} body
   * @returns {Promise<Asset>}
   */
  async make(name, body) {
    const tag = createHash('sha256').update(body).digest('hex');
    const compressed = await this.#compress(tag, body);
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    return { type, body, compressed: compressed.length < body.length ? compressed : null, tag };
  }

  /**
   * @param {string} tag
   * @param {Buffer} body
   */
  async #compress(tag, body) {
    const file = join(this.#cache, `${tag}.br`);
    try {
      return readFileSync(file);
    } catch {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      };
      const compressed = await compressBrotli(body, { params });
      writeFileSync(`${file}.${process.pid}`, compressed);
      renameSync(`${file}.${process.pid}`, file);
      return compressed;
    }
  }
}
