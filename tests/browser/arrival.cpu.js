/** What may go wrong with the program and the model on their way to the visitor, and what the page says of it. */

import { choose, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Route} Route */

const PROGRAM = '**/pkg/*/undercover_bg.wasm';
const GLUE = '**/pkg/*/undercover.js';
const MANIFEST = '**/models/undercover/manifest.json';
const WEIGHTS = '**/models/undercover/weights.bpk';

/** @param {(body: Buffer) => Buffer} change */
const changed = (change) => async (/** @type {Route} */ route) => {
  const response = await route.fetch();
  await route.fulfill({ response, body: change(await response.body()) });
};

const half = changed((body) => body.subarray(0, body.length / 2));
const flipped = changed((body) => {
  body[body.length - 1000] ^= 1;
  return body;
});
const page404 = (/** @type {Route} */ route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Our shop</title>' });

/** @type {{what: string, at: string, fault: (route: Route) => Promise<void>, says: RegExp}[]} */
const FAULTS = [
  { what: 'a program that cannot be fetched', at: PROGRAM, fault: (route) => route.abort(), says: /program could not be loaded/ },
  { what: 'a program that a host refuses', at: PROGRAM, fault: (route) => route.fulfill({ status: 503 }), says: /program could not be loaded/ },
  { what: 'a truncated program', at: PROGRAM, fault: half, says: /program did not arrive whole\. Load the page again/ },
  { what: 'a page in place of the program', at: PROGRAM, fault: page404, says: /program did not arrive whole/ },
  { what: 'a truncated script', at: GLUE, fault: half, says: /program did not arrive whole/ },
  { what: 'a script that is no script', at: GLUE, fault: page404, says: /program could not be loaded/ },
  { what: 'a model that cannot be fetched', at: WEIGHTS, fault: (route) => route.abort(), says: /network could not be loaded/ },
  { what: 'a model that is not there', at: MANIFEST, fault: (route) => route.fulfill({ status: 404 }), says: /not where it should be \(status 404\)/ },
  { what: 'a page in place of the model', at: MANIFEST, fault: page404, says: /network did not arrive whole/ },
  { what: 'truncated weights', at: WEIGHTS, fault: half, says: /network did not arrive whole\. Load the page again/ },
  { what: 'weights of which one bit is wrong', at: WEIGHTS, fault: flipped, says: /network did not arrive whole/ },
];

test('whatever comes instead of the program and the model, the page says so, and tries again', async ({ page }) => {
  const again = page.getByRole('button', { name: 'Try again' });
  for (const { what, at, fault, says } of FAULTS) {
    await page.route(at, fault);
    if (what === FAULTS[0].what) await open(page, 'cpu');
    else await again.click();
    await expect(page.getByRole('status'), what).toHaveText(says);
    await expect(page.locator('#status')).toHaveAttribute('data-kind', 'error');
    await expect(page.locator('#loading')).toBeHidden();
    await page.unroute(at, fault);
  }
  // A cover has it tried again as well.
  await choose(page, file('again.png', cover(142)));
  await expectAnswer(page, 'again.png', 'cpu');
});

test('a connection that breaks in the middle of the program or of the model is told, and tried again', async ({ page, copy }) => {
  for (const [path, says] of /** @type {const} */ ([
    ['pkg/cpu/undercover_bg.wasm', /program could not be loaded/],
    ['models/undercover/weights.bpk', /network could not be loaded/],
  ])) {
    const relaxed = path.replace('cpu', 'cpu-relaxed');
    copy.cut.add(path).add(relaxed);
    await page.goto(`${copy.address}?backend=cpu`);
    await expect(page.getByRole('status')).toHaveText(says);
    copy.cut.clear();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('status')).toHaveText('Ready');
  }
});

test('a program of a wrong media type is started all the same', async ({ page }) => {
  const served = page.waitForResponse(PROGRAM);
  await page.route(PROGRAM, async (route) => route.fulfill({ response: await route.fetch(), contentType: 'application/octet-stream' }));
  await open(page, 'cpu');
  await choose(page, file('typed.png', cover(143)));
  await expectAnswer(page, 'typed.png', 'cpu');
  expect((await served).headers()['content-type']).toBe('application/octet-stream');
});

test('a slow program is waited for, with a cover in hand', async ({ page }) => {
  await page.route(PROGRAM, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await route.continue();
  });
  await open(page, 'cpu');
  await choose(page, file('patient.png', cover(144)));
  await expect(page.getByRole('status')).toHaveText(/Waiting for the network, then looking at patient\.png/);
  await expectAnswer(page, 'patient.png', 'cpu');
});

test('a download that stands still for a minute is given up, and tried again', async ({ page }) => {
  await page.clock.install();
  let stalled = 0;
  const stall = async () => void (stalled += 1);
  await page.route(WEIGHTS, stall);
  await open(page, 'cpu');
  await expect.poll(() => stalled).toBe(1);
  await page.clock.runFor(59_000);
  await expect(page.getByRole('status')).toHaveText(/Loading the network/);
  await page.clock.runFor(2_000);
  await expect(page.getByRole('status')).toHaveText(/network could not be loaded/);
  await page.unroute(WEIGHTS, stall);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('status')).toHaveText('Ready');
});
