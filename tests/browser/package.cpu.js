/** The npm package as its users have it: `cargo xtask test` has packed it and built tests/consumers with it. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { cover } from './support/pictures.js';
import { startFolder } from './support/folder.js';
import { expect, test as base } from './support/test.js';

const BUILT = fileURLToPath(new URL('../consumers/dist/', import.meta.url));

const PLAIN = `<!doctype html><html lang="en"><title>Plain</title>
  <script type="module" src="undercover/under-cover.js"></script>
  <under-cover src="cover.png" backend="cpu"></under-cover></html>`;

const test = base.extend(
  /** @type {any} */ ({
    project: async (/** @type {any} */ { watched }, /** @type {any} */ use) => {
      if (!existsSync(BUILT)) throw new Error(`${BUILT} is missing: \`cargo xtask test\` builds it`);
      const site = await startFolder(BUILT, { '/cover.png': cover(131), '/plain.html': Buffer.from(PLAIN) });
      watched.allow(new URL(site.address).origin);
      await use(site.address);
      await site.close();
    },
  }),
);

test('a project built with Vite uses the API, with types, and the element', async (/** @type {any} */ { page, project }) => {
  await page.goto(project);
  await expect(page.locator('#out')).not.toBeEmpty();
  expect(JSON.parse((await page.locator('#out').textContent()) ?? '')).toEqual({
    genres: 2,
    places: 36,
    stages: ['cpu', 'model'],
    codes: ['cpu', 'unknown-format'],
    upgraded: true,
  });
  await page.getByRole('button').click();
  await expect(page.getByRole('row')).toHaveCount(3);
  await expect(page.locator('under-cover')).toHaveAttribute('title', /^[a-z]+$/);
});

test('a React component holds the element, gets its answer, and takes it off', async (/** @type {any} */ { page, project }) => {
  await page.goto(`${project}react.html`);
  await page.getByRole('button', { name: 'What does it sound like?' }).click();
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.locator('figcaption')).toHaveText(/^(jazz|metal|pop)$/);
  await page.getByRole('button', { name: 'Take it off' }).click();
  await expect.poll(() => page.workers().length, { timeout: 15_000 }).toBe(0);
});

test('plain HTML uses the package’s files as they are', async (/** @type {any} */ { page, project }) => {
  await page.goto(`${project}plain.html`);
  await page.getByRole('button').click();
  await expect(page.getByRole('row')).toHaveCount(3);
});
