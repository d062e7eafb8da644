import { choose, expectAnswer, open } from './support/page.js';
import { cover, file, png, pngHeader, stripes } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { keepMemory, wasmBytes } from './support/worker.js';

/** @type {{what: string, file: (page: import('@playwright/test').Page) => Promise<import('./support/page.js').File>, says: RegExp}[]} */
const BAD = [
  { what: 'an empty file', file: async () => file('empty.jpg', Buffer.alloc(0), 'image/jpeg'), says: /is empty/ },
  {
    what: 'text named .jpg',
    file: async () => file('text.jpg', Buffer.from('This is a letter, and no cover.'), 'image/jpeg'),
    says: /not a picture/,
  },
  { what: 'a truncated JPEG', file: truncatedJpeg, says: /ends too early/ },
  { what: 'a picture of one pixel', file: async () => file('dot.png', png(1, 1, () => [9, 9, 9])), says: /too small/ },
  {
    what: 'a header of 20,000 by 20,000 pixels',
    file: async () => file('huge.png', pngHeader(20_000, 20_000)),
    says: /too many pixels/,
  },
  {
    what: 'a format that nobody knows',
    file: async () => file('cover.xyz', Buffer.from([0, 1, 2, 3, 250, 251, 252, 253, 0, 0, 7]), 'image/x-xyz'),
    says: /not a picture/,
  },
  {
    what: 'a HEIC photo, which this browser does not read,',
    file: async () => file('phone.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'image/heic'),
    says: /HEIC pictures cannot be read by this browser/,
  },
  { what: 'a PDF', file: async () => file('booklet.pdf', Buffer.from('%PDF-1.7\n%%EOF'), 'application/pdf'), says: /PDF pictures cannot be read/ },
  {
    what: 'a format that is known but not read',
    file: async () => file('cover.psd', Buffer.from('8BPS\0\x01\0\0\0\0\0\0\0\x03', 'latin1'), 'image/x-psd'),
    says: /Photoshop pictures cannot be read by this browser/,
  },
];

for (const bad of BAD) {
  test(`${bad.what} gets its own message, and the page goes on working`, async ({ page }) => {
    await open(page);
    await choose(page, await bad.file(page));
    await expect(page.getByRole('status')).toHaveText(bad.says);
    await expect(page.locator('#status')).toHaveAttribute('data-kind', 'error');
    await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'failed');
    await choose(page, file('good.png', cover(7)));
    await expectAnswer(page, 'good.png', 'cpu');
  });
}

test('a format that the browser can decode is decoded by it', async ({ page }) => {
  // A favicon's format (ICO with a PNG inside), which Rust names as unsupported and Chromium reads.
  await open(page);
  await choose(page, file('cover.ico', ico(cover(8, 64), 64), 'image/x-icon'));
  await expectAnswer(page, 'cover.ico', 'cpu');
});

/** Two by two pixels. */
const AVIF =
  'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAA' +
  'DnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlw' +
  'cnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQ0MAAAAABNjb2xybmNseAACAAIAAYAAAAAXaXBtYQAA' +
  'AAAAAAABAAEEAQKDBAAAACVtZGF0EgAKCBgANogQEAwgMg8f8D///8WfhwB8+ErK42A=';

test('a drawing (SVG) and an AVIF picture are read by the browser', async ({ page }) => {
  await open(page);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="teal"/><circle cx="5" cy="5" r="3"/></svg>';
  await choose(page, file('drawing.svg', Buffer.from(svg), 'image/svg+xml'));
  await expectAnswer(page, 'drawing.svg', 'cpu');
  await choose(page, file('cover.avif', Buffer.from(AVIF, 'base64'), 'image/avif'));
  // It was decoded: its pixels were counted.
  await expect(page.getByRole('status')).toHaveText(/too small/);
});

test('a photo of 60 megapixels is answered, and so is the one after it', async ({ page }) => {
  test.setTimeout(120_000);
  await open(page);
  await choose(page, file('huge.png', stripes(9000, 6700)));
  await expectAnswer(page, 'huge.png', 'cpu', 60_000);
  await choose(page, file('next.png', cover(9)));
  await expectAnswer(page, 'next.png', 'cpu');
});

test('a picture that there is no memory for is told, and the page goes on working', async ({ page }) => {
  // Of the four gigabytes that a program may have, 128 MiB are left: enough for a cover, not for 60 megapixels.
  await keepMemory(
    page,
    `addEventListener('message', ({ data }) => {
       const memory = globalThis.memoryOfTest;
       const [pages, taken] = [65536 - 2048, memory?.buffer.byteLength / 65536];
       if (data.type === 'classify' && taken < pages) memory.grow(pages - taken);
     });`,
  );
  let workers = 0;
  page.on('worker', () => (workers += 1));
  await open(page, 'cpu');
  await choose(page, file('huge.png', stripes(9000, 6700)));
  await expect(page.getByRole('status')).toHaveText('The program stopped. Please try again, or try another picture.');
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'failed');
  // Each that it was tried with has ended, with all that it held.
  expect(workers).toBe(3);
  expect(page.workers()).toHaveLength(1);
  await choose(page, file('next.png', cover(9)));
  await expectAnswer(page, 'next.png', 'cpu');
  expect(await wasmBytes(page)).toBe((65536 - 2048) * 65536);
});

/** @param {import('@playwright/test').Page} page */
async function truncatedJpeg(page) {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(200, 200);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    for (let x = 0; x < 200; x += 1) {
      context.fillStyle = `hsl(${x * 7} 80% ${20 + (x % 60)}%)`;
      context.fillRect(x, (x * 13) % 50, 1, 200);
    }
    const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
    return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
  });
  const whole = Buffer.from(base64, 'base64');
  return file('half.jpg', whole.subarray(0, whole.length / 2), 'image/jpeg');
}

/**
 * @param {Buffer} picture a PNG file
 * @param {number} side in pixels
 */
function ico(picture, side) {
  const header = Buffer.alloc(22);
  header.writeUInt16LE(1, 2); // an icon
  header.writeUInt16LE(1, 4); // with one picture
  header.set([side, side, 0, 0, 1, 0, 24, 0], 6);
  header.writeUInt32LE(picture.length, 14);
  header.writeUInt32LE(header.length, 18);
  return Buffer.concat([header, picture]);
}
