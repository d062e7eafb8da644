import { gzipSync } from 'node:zlib';

import { openBare } from './support/api.js';
import { transferOf } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { haveCores } from './support/worker.js';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../../www/lib/element/element.js').UnderCover} UnderCover */

const COVER = 'samples/nocturnes.webp';
const OTHER = 'samples/cinderhelm.webp';

/**
 * A page with this within its body, and the element's script unless told otherwise.
 * @param {Page} page
 * @param {string} body
 * @param {boolean} [withScript]
 */
async function openWith(page, body, withScript = true) {
  await openBare(page);
  await page.evaluate((body) => (document.body.innerHTML = body), body);
  if (withScript) await addScript(page);
}

/** @param {Page} page */
async function addScript(page, address = 'under-cover.js') {
  await page.addScriptTag({ url: address, type: 'module' });
  await page.evaluate(() => customElements.whenDefined('under-cover').then(() => {}));
}

/**
 * The next event of this name that comes to the document.
 * @param {Page} page
 * @param {'progress' | 'prediction' | 'error'} what
 * @returns {Promise<any>} its detail
 */
function nextEvent(page, what) {
  return page.evaluate(
    (name) =>
      new Promise((resolve) =>
        document.addEventListener(
          name,
          (event) => {
            const { detail } = /** @type {CustomEvent} */ (event);
            resolve(detail instanceof Error ? { code: /** @type {any} */ (detail).code, message: detail.message } : detail);
          },
          { once: true },
        ),
      ),
    /** @type {'undercover-error'} */ (`undercover-${what}`),
  );
}

test('until it is asked it is light, and the page’s own picture is there without it', async ({ page }) => {
  /** As any host compresses them. @type {Promise<{url: string, bytes: number}>[]} */
  const loaded = [];
  page.on('response', (response) => loaded.push(response.body().then((body) => ({ url: response.url(), bytes: gzipSync(body).length }))));
  await openWith(page, `<under-cover><img src="${COVER}" alt="Nocturnes"></under-cover>`, false);
  await expect(page.getByAltText('Nocturnes')).toBeVisible();
  await page.waitForLoadState('networkidle');
  const before = loaded.length;
  await addScript(page);
  await expect(page.getByRole('button', { name: 'What does it sound like?' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  const facade = await Promise.all(loaded.slice(before));
  const bytes = facade.reduce((sum, file) => sum + file.bytes, 0);
  expect(facade.length).toBeGreaterThan(2);
  expect(bytes, facade.map(({ url, bytes }) => `${url} ${bytes}`).join('\n')).toBeLessThan(8000);
  expect(page.workers()).toHaveLength(0);
});

test('a click brings the model and the answer, in parts and in events', async ({ page }) => {
  await openWith(page, `<under-cover src="${COVER}" top-k="4" backend="cpu"></under-cover>`);
  const [progress, answer] = await Promise.all([
    nextEvent(page, 'progress'),
    nextEvent(page, 'prediction'),
    page.getByRole('button', { name: 'What does it sound like?' }).click(),
  ]);
  expect(progress).toMatchObject({ loaded: expect.any(Number) });
  expect(answer).toMatchObject({ backend: 'cpu', sets: expect.anything() });
  expect(answer.predictions).toHaveLength(4);
  const rows = page.getByRole('table', { name: 'Genres' }).getByRole('row');
  await expect(rows).toHaveCount(4);
  await expect(page.getByRole('status')).toHaveText(/Sounds like|Leans towards|Not sure/);
  await expect(rows.first()).toContainText('%');
  // The button is gone; the focus is not lost.
  await expect(page.getByRole('button', { name: 'Another cover' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'What does it sound like?' })).toBeFocused();
  await expect(rows).toHaveCount(0);
});

for (const attribute of ['', 'saliency']) {
  test(`nothing around it moves when the answer comes, ${attribute ? 'with' : 'without'} a map`, async ({ page }) => {
    await openWith(page, `<under-cover src="${COVER}" ${attribute} backend="cpu"></under-cover><p id="after">After it</p>`);
    await page.waitForLoadState('networkidle');
    const box = () => page.locator('#after').boundingBox();
    const before = await box();
    await page.getByRole('button').click();
    await expect(page.getByRole('row')).toHaveCount(3);
    expect(await box()).toEqual(before);
  });
}

test('attributes are properties, and properties are attributes', async ({ page }) => {
  await openWith(page, '<under-cover genres="jazz, metal folk" top-k="2" saliency model="m/" backend="cpu"></under-cover>');
  const read = await page.locator('under-cover').evaluate((element) => {
    const { genres, topK, saliency, model, backend, loading, src, lang } = /** @type {UnderCover} */ (element);
    return { genres, topK, saliency, model, backend, loading, src, lang };
  });
  expect(read).toEqual({
    genres: ['jazz', 'metal', 'folk'],
    topK: 2,
    saliency: true,
    model: 'm/',
    backend: 'cpu',
    loading: 'lazy',
    src: '',
    lang: '',
  });
  const written = await page.locator('under-cover').evaluate((node) => {
    const element = /** @type {UnderCover} */ (node);
    Object.assign(element, { genres: ['pop', 'rock'], topK: 5, saliency: false, model: '', backend: 'webgpu', lang: 'fr' });
    return Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
  });
  expect(written).toMatchObject({ genres: 'pop rock', 'top-k': '5', backend: 'webgpu', lang: 'fr' });
  expect(written).not.toHaveProperty('saliency');
  expect(written).not.toHaveProperty('model');
});

test('it answers of the genres asked for, in its language, with a map of the evidence', async ({ page }) => {
  await openWith(page, `<div lang="de"><under-cover src="${COVER}" genres="jazz metal" saliency backend="cpu"></under-cover></div>`);
  await page.getByRole('button', { name: 'Wie mag das klingen?' }).click();
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('status')).toHaveText(/Klingt nach|Eher|Unklar/);
  const heat = page.locator('canvas[part=heat]');
  await expect(heat).toBeVisible();
  const strength = page.getByLabel('Stärke der Karte');
  await strength.focus();
  await page.keyboard.press('Home');
  await expect(heat).toHaveCSS('opacity', '0');
  await page.getByLabel('Zeigen, woran').selectOption('metal');
  await expect(page.locator('[part=where]')).not.toBeEmpty();
  await page.locator('div').first().evaluate((around) => around.setAttribute('lang', 'es'));
  await page.locator('under-cover').evaluate((element) => element.setAttribute('lang', 'es'));
  await expect(page.getByRole('button', { name: 'Otra portada' })).toBeVisible();
});

test('eager ones answer unasked; many share one worker and one model; it ends when all are gone', async ({ page }) => {
  let models = 0;
  page.on('request', (request) => (models += Number(request.url().endsWith('weights.bpk'))));
  const many = Array.from({ length: 12 }, (_, index) => `<under-cover src="${index % 2 ? COVER : OTHER}" loading="eager" backend="cpu"></under-cover>`);
  // More cores would answer the queue with more workers.
  await haveCores(page, 1);
  await openWith(page, many.join(''));
  await expect(page.getByRole('row')).toHaveCount(36);
  expect(page.workers()).toHaveLength(1);
  expect(models).toBe(1);
  await page.evaluate(() => document.body.replaceChildren());
  await expect.poll(() => page.workers().length, { timeout: 15_000 }).toBe(0);
});

test('it survives being moved with its answer, and stops when it is removed', async ({ page }) => {
  await openWith(page, `<div id="one"><under-cover src="${COVER}" loading="eager" backend="cpu"></under-cover></div><div id="two"></div>`);
  await expect(page.getByRole('row')).toHaveCount(3);
  await page.evaluate(() => document.querySelector('#two')?.append(/** @type {Element} */ (document.querySelector('under-cover'))));
  await expect(page.locator('#two').getByRole('row')).toHaveCount(3);

  const outcome = await page.evaluate(async (address) => {
    const element = /** @type {UnderCover} */ (document.querySelector('under-cover'));
    const moved = element.classify(address).then(() => 'answer', ({ name }) => name);
    document.querySelector('#one')?.append(element);
    const first = await moved;
    const removed = element.classify(address).then(() => 'answer', ({ name }) => name);
    element.remove();
    const second = await removed;
    document.body.append(element);
    return [first, second, await element.classify(address).then(({ predictions }) => predictions.length)];
  }, OTHER);
  expect(outcome).toEqual(['answer', 'AbortError', 3]);
});

test('it can be there before its script, with properties set, and its script can come twice', async ({ page }) => {
  await openWith(page, '<under-cover></under-cover>', false);
  await page.locator('under-cover').evaluate((element, src) => {
    Object.assign(element, { src, topK: 2, backend: 'cpu', genres: ['pop', 'rock', 'jazz'] });
  }, COVER);
  await addScript(page);
  await addScript(page, 'under-cover.js?another-copy');
  expect(await page.locator('under-cover').getAttribute('top-k')).toBe('2');
  const same = await page.evaluate(async () => {
    const [one, two] = await Promise.all([
      import(new URL('under-cover.js', document.baseURI).href),
      import(new URL('under-cover.js?another-copy', document.baseURI).href),
    ]);
    return one.UnderCoverElement === two.UnderCoverElement;
  });
  expect(same).toBe(true);
  await page.getByRole('button').click();
  await expect(page.getByRole('row')).toHaveCount(2);
});

test('the latest question wins, a signal ends one, and reset takes all back', async ({ page }) => {
  await openWith(page, `<under-cover src="${COVER}" backend="cpu"></under-cover>`);
  const outcomes = await page.locator('under-cover').evaluate(async (node, other) => {
    const element = /** @type {UnderCover} */ (node);
    const name = (/** @type {Promise<unknown>} */ promise) => promise.then(() => 'answer', ({ name }) => name);
    const abort = new AbortController();
    const first = name(element.classify());
    const second = name(element.classify(other));
    const outcomes = [await first, await second];
    const third = name(element.classify(other, { signal: abort.signal }));
    abort.abort();
    outcomes.push(await third);
    const fourth = name(element.classify(other));
    element.reset();
    outcomes.push(await fourth);
    return outcomes;
  }, OTHER);
  expect(outcomes).toEqual(['AbortError', 'answer', 'AbortError', 'AbortError']);
  await expect(page.getByRole('button', { name: 'What does it sound like?' })).toBeEnabled();
  await expect(page.getByRole('row')).toHaveCount(0);
});

test('what goes wrong is told in words and by an event with a code', async ({ page }) => {
  await openWith(page, '<under-cover src="samples/missing.webp" backend="cpu"></under-cover>');
  const [error] = await Promise.all([nextEvent(page, 'error'), page.getByRole('button').click()]);
  expect(error.code).toBe('address-status');
  await expect(page.getByRole('status')).toHaveText(/no such picture/);
  await page.locator('under-cover').evaluate((element, src) => element.setAttribute('src', src), COVER);
  await page.getByRole('button').click();
  await expect(page.getByRole('row')).toHaveCount(3);
});

test('without a cover it takes a chosen and a dropped one', async ({ page }) => {
  await openWith(page, '<under-cover backend="cpu" lang="en"></under-cover>');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Choose a cover' }).click()]);
  await chooser.setFiles(file('chosen.png', cover(81)));
  await expect(page.getByRole('row')).toHaveCount(3);
  await expect(page.locator('canvas[part=picture]')).toBeVisible();
  const transfer = await transferOf(page, [file('bad.txt', Buffer.from('no picture'), 'text/plain')]);
  await page.dispatchEvent('under-cover', 'drop', { dataTransfer: transfer });
  await expect(page.getByRole('status')).toHaveText(/not a picture/);
});

test('its looks are the page’s to set', async ({ page }) => {
  await openWith(page, `<under-cover src="${COVER}"><b slot="ask">Guess!</b></under-cover>`);
  await page.addStyleTag({
    content: 'under-cover { --under-cover-accent: rgb(1, 2, 3); --under-cover-size: 200px } under-cover::part(ask) { color: rgb(4, 5, 6) }',
  });
  await expect(page.locator('under-cover')).toHaveCSS('width', '200px');
  await expect(page.getByRole('button', { name: 'Guess!' })).toHaveCSS('color', 'rgb(4, 5, 6)');
  await page.getByRole('button').click();
  await expect(page.locator('[part=bar] span').first()).toHaveCSS('background-color', 'rgb(1, 2, 3)');
});
