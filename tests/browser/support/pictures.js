/** Picture files made here, byte by byte. */

import { crc32, deflateSync } from 'node:zlib';

/** @typedef {(x: number, y: number) => [number, number, number]} Painter of the colour at a pixel, each 0 to 255 */

/**
 * @param {number} width in pixels
 * @param {number} height in pixels
 * @param {Painter} paint
 * @returns {Buffer} a PNG file
 */
export function png(width, height, paint) {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows.set(paint(x, y), y * (1 + 3 * width) + 1 + 3 * x);
  }
  return pngFile(width, height, deflateSync(rows));
}

/**
 * A PNG file that says it has more pixels than it holds.
 * @param {number} width
 * @param {number} height
 */
export function pngHeader(width, height) {
  return pngFile(width, height, deflateSync(Buffer.alloc(100)));
}

/**
 * Grey stripes: many pixels in a small file.
 * @param {number} width in pixels
 * @param {number} height in pixels
 */
export function stripes(width, height) {
  const rows = Buffer.alloc(height * (1 + width), 90);
  for (let y = 0; y < height; y += 1) {
    rows[y * (1 + width)] = 0; // no filter
    if (y % 400 < 200) rows.fill(200, y * (1 + width) + 1, (y + 1) * (1 + width));
  }
  return pngFile(width, height, deflateSync(rows, { level: 1 }), 0);
}

/**
 * @param {number} width
 * @param {number} height
 * @param {Buffer} pixels compressed
 * @param {number} [colour] 2 for RGB, 0 for grey
 */
function pngFile(width, height, pixels, colour = 2) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colour, 0, 0, 0], 8); // 8 bits
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/**
 * A cover of its own for every seed: a disc on a striped ground.
 * @param {number} seed
 * @param {number} [size] of a side, in pixels
 */
export function cover(seed, size = 300) {
  const shade = (/** @type {number} */ step) => (seed * 97 + step * 61) % 256;
  return png(size, size, (x, y) => {
    const inDisc = (x - size / 2) ** 2 + (y - size / 3) ** 2 < (size / (3 + (seed % 4))) ** 2;
    if (inDisc) return [shade(1), shade(2), 255 - shade(3)];
    return Math.floor((x + seed * y) / 20) % 2 ? [shade(4), 40, shade(5)] : [230, shade(6), (x * 255) / size];
  });
}

/**
 * The picture of the bundle's self-test, as `Cover::test_pattern` in src/cover draws it.
 * @param {number} size of a side, in pixels
 */
export function testPattern(size) {
  const scale = (/** @type {number} */ at) => Math.floor((at * 256) / size);
  return png(size, size, (x, y) => testColour(scale(x), scale(y)));
}

/**
 * @param {number} x 0 to 255
 * @param {number} y 0 to 255
 * @returns {[number, number, number]}
 */
function testColour(x, y) {
  const distance = (x - 128) ** 2 + (y - 112) ** 2;
  const texture = ((x * 7) ^ (y * 13)) & 31;
  const band = (Math.floor((x + 2 * y) / 48) & 1) === 0 ? 40 : 0;
  const [red, green, blue] = (() => {
    if (distance < 64 * 64) return [250 - (distance >> 5), 60 + (x >> 2) + texture, 30 + band];
    if (y > 208) {
      const bar = Math.floor(x / 12) % 3 === 0 ? 230 : 20;
      return [bar, bar, 24 + texture];
    }
    return [(x >> 1) + band, (x * y) >> 9, 200 - (y >> 1) + texture];
  })();
  return [Math.min(255, red), Math.min(255, green), Math.min(255, blue)];
}

/**
 * What a file chooser is given.
 * @param {string} name
 * @param {Buffer} buffer
 * @param {string} [mimeType] what the system takes it for, which may be wrong
 */
export function file(name, buffer, mimeType = 'image/png') {
  return { name, mimeType, buffer };
}
