import { html } from './support/host.js';
import { cover } from './support/pictures.js';
import { expect, test } from './support/test.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page @param {string} kind */
async function make(page, kind) {
  await page.goto('./snippets.html');
  await page.getByRole('radio', { name: kind }).check();
  const address = page.getByLabel('Address of the cover');
  if (await address.isVisible()) await address.fill('cover.png');
  const code = page.locator('#code');
  await expect(code).not.toBeEmpty();
  return { snippet: (await code.textContent()) ?? '', policy: (await page.locator('#policy').textContent()) ?? '' };
}

/**
 * What a page with a policy of its own comes to, with what the snippet asks for.
 * @param {string} policy
 * @param {string} own what the page has for its own inline script
 */
const withOwn = (policy, own) => `default-src 'self'; style-src 'unsafe-inline'; ${policy.replace('script-src', `script-src ${own}`).replace('connect-src', "connect-src 'self'")}`;

test('the snippet for the element is what another site needs', async ({ page, otherSite }) => {
  const { snippet, policy } = await make(page, 'An element');
  const shop = await otherSite({
    '/': { body: html(snippet), policy: withOwn(policy, '') },
    '/cover.png': { body: cover(121), type: 'image/png' },
  });
  await page.goto(shop);
  await page.getByRole('button').click();
  await expect(page.getByRole('row')).toHaveCount(3);
});

test('the snippet for a frame is what another site needs', async ({ page, otherSite }) => {
  const { snippet, policy } = await make(page, 'A frame');
  const shop = await otherSite({ '/': { body: html(snippet), policy: withOwn(policy, '') } });
  await page.goto(shop);
  await expect(page.frameLocator('iframe').getByRole('button')).toBeVisible();
});

test('the snippets for badges and for JavaScript are what another site needs', async ({ page, otherSite }) => {
  const badges = await make(page, 'Badges on covers');
  const api = await make(page, 'JavaScript');
  const shop = await otherSite({
    '/badges': {
      body: html(`<div class="shelf"><img src="cover.png" alt="" width="200" height="200"></div>${badges.snippet}`),
      policy: withOwn(badges.policy, "'unsafe-inline'"),
    },
    '/api': { body: html(api.snippet), policy: withOwn(api.policy, "'unsafe-inline'") },
    '/cover.png': { body: cover(122), type: 'image/png' },
  });
  await page.goto(`${shop}/badges`);
  await expect(page.locator('.undercover-badge')).toHaveText(/\d+%/);
  const said = page.waitForEvent('console', (message) => /^(cpu|webgpu) /.test(message.text()));
  await page.goto(`${shop}/api`);
  expect((await said).text()).toMatch(/Array\(3\)|\[/);
});

test('the preview is the real thing, and the choices are in it and in the snippet', async ({ page }) => {
  await page.goto('./snippets.html');
  await page.getByLabel('Jazz').check();
  await page.getByLabel('Metal').check();
  await page.getByLabel('Genres shown').fill('2');
  await page.locator('#lang').selectOption('de');
  await expect(page.locator('#code')).toContainText('genres="jazz metal" top-k="2" lang="de"');
  await page.getByRole('button', { name: 'Wie mag das klingen?' }).click();
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.getByRole('radio', { name: 'A frame' }).check();
  await expect(page.frameLocator('#preview iframe').getByRole('button')).toHaveText(/Wie mag das klingen/);
});

test('the snippet is copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { snippet } = await make(page, 'An element');
  await page.getByRole('button', { name: 'Copy' }).click();
  await expect(page.getByRole('status').first()).toHaveText('It is in the clipboard.');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(snippet);
});
