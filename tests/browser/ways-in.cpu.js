import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { choose, drop, expectAnswer, open, paste, shownColours } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';

test('a chosen picture is answered by the processor where there is no adapter, and the page says why', async ({ page }) => {
  await open(page);
  await choose(page, file('chosen.png', cover(1)));
  await expectAnswer(page, 'chosen.png', 'cpu');
  await expect(page.locator('#why')).toHaveText(/no graphics card/);
  expect(await shownColours(page)).toBeGreaterThan(2);
});

test('an empty sleeve opens the file chooser when it is pressed; one with a cover does not', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('status')).toHaveText('Ready');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('#sleeve').click()]);
  await chooser.setFiles(file('pressed.png', cover(9)));
  await expectAnswer(page, 'pressed.png', 'cpu');
  let opened = 0;
  page.on('filechooser', () => (opened += 1));
  await page.locator('#sleeve').click();
  await page.waitForTimeout(300);
  expect(opened).toBe(0);
});

test('whoever picks a cover far below is brought to the answer', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await open(page);
  await page.locator('#samples button').first().click();
  await expect(page.locator('#verdict')).toBeInViewport({ ratio: 1 });
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'done');
  await expect(page.locator('#verdict')).toBeInViewport({ ratio: 1 });
});

test('a picture chosen while the page is still loading is answered', async ({ page }) => {
  let release = () => {};
  const held = new Promise((/** @type {(value: void) => void} */ resolve) => (release = resolve));
  await page.route('**/app/main.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('./?backend=cpu', { waitUntil: 'commit' });
  await choose(page, file('early.png', cover(4)));
  release();
  await expectAnswer(page, 'early.png', 'cpu');
});

test('a file that was changed or removed since it was chosen is told, and the page goes on working', async ({ page }, info) => {
  const path = info.outputPath('chosen.png');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, cover(53));
  // Only when it is looked at is it read: here, once the network is there.
  /** @type {import('@playwright/test').Route[]} */
  const held = [];
  await page.route('**/weights.bpk', (route) => void held.push(route));
  await open(page, 'cpu');
  await page.locator('#file').setInputFiles(path);
  await expect(page.getByRole('status')).toHaveText(/looking at chosen\.png/);
  await writeFile(path, cover(54, 400));
  await expect.poll(() => held.length).toBe(1);
  await held[0].continue();
  await expect(page.getByRole('status')).toHaveText(/cannot be read any more/);
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'failed');
  await page.locator('#file').setInputFiles(path);
  await expectAnswer(page, 'chosen.png', 'cpu');
});

test('a picture dropped anywhere is answered, and the page shows where to drop', async ({ page }) => {
  await open(page);
  await page.dispatchEvent('footer, main', 'dragover', {});
  await expect(page.locator('#veil')).toBeVisible();
  await drop(page, [file('dropped.png', cover(2))]);
  await expectAnswer(page, 'dropped.png', 'cpu');
  await expect(page.locator('#veil')).toBeHidden();
});

test('a pasted picture is answered', async ({ page }) => {
  await open(page);
  await paste(page, [file('image.png', cover(3))]);
  await expectAnswer(page, 'the pasted picture', 'cpu');
});

test('the paste button reads the clipboard', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
  }, cover(4).toString('base64'));
  await page.getByRole('button', { name: 'Paste' }).click();
  await expectAnswer(page, 'the pasted picture', 'cpu');
});

test('an empty clipboard and a refused one are told apart', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  await page.evaluate(() => navigator.clipboard.writeText('no picture'));
  await page.getByRole('button', { name: 'Paste' }).click();
  await expect(page.getByRole('status')).toHaveText(/no picture in the clipboard/);
  await context.clearPermissions();
  await page.evaluate(() => {
    navigator.clipboard.read = () => Promise.reject(new DOMException('refused', 'NotAllowedError'));
  });
  await page.getByRole('button', { name: 'Paste' }).click();
  await expect(page.getByRole('status')).toHaveText(/did not let the clipboard be read/);
});

test('each of the sample covers is answered', async ({ page }) => {
  await open(page);
  const samples = page.locator('#samples button');
  await expect(samples).toHaveCount(6);
  for (const sample of await samples.all()) {
    await sample.click();
    await expectAnswer(page, (await sample.getAttribute('title')) ?? '', 'cpu');
  }
});

test('the address of a picture of this site is answered', async ({ page }) => {
  await open(page);
  await page.getByLabel('Address of a picture').fill('samples/corner.webp');
  await page.getByRole('button', { name: 'Fetch' }).click();
  await expectAnswer(page, 'corner.webp', 'cpu');
});

test('an address where there is no picture is told', async ({ page }) => {
  await open(page);
  await page.getByLabel('Address of a picture').fill('samples/missing.webp');
  await page.getByRole('button', { name: 'Fetch' }).click();
  await expect(page.getByRole('status')).toHaveText(/no such picture.*404/);
  await page.getByLabel('Address of a picture').fill('javascript:alert(1)');
  await page.getByRole('button', { name: 'Fetch' }).click();
  await expect(page.getByRole('status')).toHaveText(/no address of a picture/);
});

test('a picture dragged out of another page is fetched from its own address, not from the link around it', async ({ page }) => {
  await open(page);
  const transfer = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    const address = new URL('samples/quintet.webp', document.baseURI).href;
    transfer.setData('text/uri-list', 'https://example.org/shop/quintet');
    transfer.setData('text/html', `<a href="https://example.org/shop/quintet"><img src="${address}"></a>`);
    return transfer;
  });
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  await expectAnswer(page, 'quintet.webp', 'cpu');
});

test('dropped text without a picture is told', async ({ page }) => {
  await open(page);
  const transfer = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.setData('text/plain', 'just words');
    return transfer;
  });
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  await expect(page.getByRole('status')).toHaveText(/no picture in what was dropped/);
});

test('of two pictures in a row the later one is shown', async ({ page }) => {
  await open(page);
  await choose(page, file('first.png', cover(5)));
  await choose(page, file('second.png', cover(6)));
  await expectAnswer(page, 'second.png', 'cpu');
  await page.waitForTimeout(500);
  await expect(page.getByRole('status')).toContainText('second.png');
});

test('an address at another site is not asked for where the policy forbids it, and the page says so', async ({ page, watched }) => {
  await servePolicy(page, "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'");
  await open(page);
  await fetchAddress(page, 'https://covers.example/cover.png');
  await expect(page.getByRole('status')).toHaveText(/set up to ask no other site/);
  expect(watched.violations).not.toHaveLength(0);
  for (const violation of watched.violations) expect(violation).toContain('https://covers.example/cover.png');
  watched.violations.length = 0;
});

test('an address at another site is answered where that site allows it, and nothing but the picture is asked for', async ({ page, watched }) => {
  await page.route('https://covers.example/**', (route) => {
    const headers = route.request().headers();
    expect(headers.referer).toBeUndefined();
    expect(headers.cookie).toBeUndefined();
    return route.fulfill({ body: cover(8), headers: { 'access-control-allow-origin': '*' } });
  });
  await open(page);
  await fetchAddress(page, 'covers.example/shelf/cover.png?size=300');
  await expectAnswer(page, 'cover.png', 'cpu');
  expect(watched.requests).toEqual(['https://covers.example/shelf/cover.png?size=300']);
  watched.requests.length = 0;
});

test('the refusal of another site is explained', async ({ page, watched }) => {
  await page.route('https://covers.example/**', (route) =>
    route.fulfill({ body: cover(8), headers: { 'access-control-allow-origin': 'https://friends.example' } }),
  );
  await open(page);
  await fetchAddress(page, 'https://covers.example/cover.png');
  await expect(page.getByRole('status')).toHaveText(/covers\.example does not let other pages read its pictures/);
  expect(watched.requests).toHaveLength(1);
  watched.requests.length = 0;
});

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} address
 */
async function fetchAddress(page, address) {
  await page.getByLabel('Address of a picture').fill(address);
  await page.getByRole('button', { name: 'Fetch' }).click();
}

/**
 * Serves the page with this policy in its headers, beside the one that it holds itself.
 * @param {import('@playwright/test').Page} page
 * @param {string} policy
 */
async function servePolicy(page, policy) {
  await page.route('./', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  });
}
