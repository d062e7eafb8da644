import { choose, expectAnswer } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { install, publish } from './support/versions.js';

test.use({ serviceWorkers: 'allow' });

test('after the first visit the page works without a connection, all of it', async ({ page, copy }) => {
  await install(page, copy);
  await copy.close();
  await page.reload();
  await choose(page, file('offline.png', cover(111)));
  await expectAnswer(page, 'offline.png', 'cpu');
  await page.locator('#language').selectOption('ja');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await page.locator('#samples button').first().click();
  await expect(page.locator('#sleeve')).toHaveAttribute('data-state', 'done');
});

test('a new version is announced, and used when the visitor says so', async ({ page, copy }) => {
  await install(page, copy);
  await publish(page, copy, '');
  await page.reload();
  await expect(page.locator('#update')).toBeVisible();
  await expect(page.locator('body')).not.toHaveAttribute('data-version');
  await page.reload();
  await expect(page.locator('body')).not.toHaveAttribute('data-version');
  await page.getByRole('button', { name: 'Use it now' }).click();
  await expect(page.locator('body')).toHaveAttribute('data-version', 'next');
  await expect(page.locator('#update')).toBeHidden();
  await choose(page, file('new.png', cover(112)));
  await expectAnswer(page, 'new.png', 'cpu');
  await copy.close();
  await page.reload();
  await expect(page.locator('body')).toHaveAttribute('data-version', 'next');
});

test('a version of which a file is not there yet is not applied', async ({ page, copy }) => {
  await install(page, copy);
  await publish(page, copy, 'another file than the one that the host has');
  await page.reload();
  const outcome = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update().catch(() => {});
    const { installing } = registration;
    if (installing) await new Promise((resolve) => installing.addEventListener('statechange', resolve));
    return { installing: installing?.state, waiting: registration.waiting?.state };
  });
  expect(outcome.waiting).toBeUndefined();
  expect([undefined, 'redundant']).toContain(outcome.installing);
  await expect(page.locator('#update')).toBeHidden();
  await page.reload();
  await expect(page.locator('body')).not.toHaveAttribute('data-version');
  await choose(page, file('old.png', cover(113)));
  await expectAnswer(page, 'old.png', 'cpu');
});

test('pictures that are shared with the app are answered', async ({ page, copy }) => {
  await install(page, copy);
  const share = (/** @type {string[]} */ names) =>
    page.evaluate(
      async ({ names, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const form = new FormData();
        for (const name of names) form.append('cover', new File([bytes], name, { type: 'image/png' }));
        const response = await fetch('share', { method: 'POST', body: form });
        return response.url;
      },
      { names, base64: cover(114).toString('base64') },
    );
  const address = await share(['from the phone.png']);
  expect(address).toBe(`${copy.address}?shared`);
  await page.goto(address);
  await expectAnswer(page, 'from the phone.png', 'cpu');
  expect(page.url()).toBe(copy.address);
  await page.goto(await share(['one.png', 'two.png']));
  await expect(page.getByRole('status')).toHaveText('2 covers sorted, 0 not readable.');
});

test('an address that is shared with the app is fetched', async ({ page, copy }) => {
  await install(page, copy);
  await page.evaluate(async () => {
    const form = new FormData();
    form.append('text', new URL('samples/corner.webp', document.baseURI).href);
    await fetch('share', { method: 'POST', body: form });
  });
  await page.goto(`${copy.address}?shared`);
  await expectAnswer(page, 'corner.webp', 'cpu');
});

test('the manifest makes it an app that pictures can be shared with', async ({ page }) => {
  const manifest = await (await page.request.get('./manifest.webmanifest')).json();
  expect(manifest).toMatchObject({ name: 'Undercover', start_url: './', display: 'standalone' });
  expect(manifest.share_target).toMatchObject({ action: './share', method: 'POST' });
  for (const { src, sizes, type } of manifest.icons) {
    const icon = await page.request.get(`./${src}`);
    expect(icon.headers()['content-type']).toContain(type);
    if (type !== 'image/png') continue;
    const body = await icon.body();
    expect(`${body.readUInt32BE(16)}x${body.readUInt32BE(20)}`).toBe(sizes);
  }
});
