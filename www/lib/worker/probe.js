/** A picture to measure with. */

const SIDE = 256;
const HEADER = 54;

/**
 * A BMP file of smooth colours with edges and texture, as a cover has them.
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function probePicture() {
  const file = new Uint8Array(HEADER + 3 * SIDE * SIDE);
  writeHeader(new DataView(file.buffer));
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const at = HEADER + 3 * (y * SIDE + x);
      const inDisc = (x - 128) ** 2 + (y - 128) ** 2 < 80 ** 2;
      file.set(inDisc ? [40, 90 + (x >> 2), 230 - (y >> 1)] : [x, (x * y) >> 8, ((x ^ y) & 31) + 100], at);
    }
  }
  return file;
}

/** @param {DataView} view of the whole file */
function writeHeader(view) {
  view.setUint16(0, 0x424d); // "BM"
  view.setUint32(2, view.byteLength, true);
  view.setUint32(10, HEADER, true); // where the pixels begin
  view.setUint32(14, 40, true); // length of the second header
  view.setInt32(18, SIDE, true);
  view.setInt32(22, SIDE, true);
  view.setUint16(26, 1, true); // planes
  view.setUint16(28, 24, true); // bits per pixel
}
