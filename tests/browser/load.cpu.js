/**
 * Long use: memory stays where it is. `CLASSIFICATIONS=10000 COVERS=1000` asks for as many as docs/performance.md
 * tells of; each test writes its figures into its report.
 */

import { openBare, withApi } from './support/api.js';
import { heap, resident } from './support/memory.js';
import { choose, expectAnswer, open } from './support/page.js';
import { cover, file } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { keepMemory, wasmBytes } from './support/worker.js';

/** @typedef {import('@playwright/test').Page} Page */

const CLASSIFICATIONS = Number(process.env.CLASSIFICATIONS ?? 300);
const COVERS = Number(process.env.COVERS ?? 50);

/** What the page's heap may gain between the first tenth and the end: less than one decoded picture. */
const SLACK = 1e6;

test.beforeEach(async ({ page }) => {
  test.setTimeout(60_000 + 600 * (CLASSIFICATIONS + COVERS));
  await keepMemory(page);
});

/**
 * @param {Page} page
 * @returns {Promise<{heap: number, wasm: number, resident: number}>} in bytes, bytes and MB
 */
const memory = async (page) => ({ heap: await heap(page), wasm: await wasmBytes(page), resident: await resident(page) });

/**
 * Does `step` so often, and compares memory after a tenth with memory at the end.
 * @param {Page} page
 * @param {number} count
 * @param {(from: number, to: number) => Promise<void>} step
 */
async function expectFlat(page, count, step) {
  const tenth = Math.ceil(count / 10);
  const figures = [];
  for (let done = 0; done < count; ) {
    const next = Math.min(done + tenth, count);
    await step(done, next);
    done = next;
    figures.push({ done, ...(await memory(page)) });
  }
  test.info().annotations.push({ type: 'memory', description: JSON.stringify(figures) });
  if (process.env.FIGURES) console.log(JSON.stringify(figures));
  const [first, last] = [figures[0], /** @type {typeof figures[0]} */ (figures.at(-1))];
  expect(last.wasm).toBe(first.wasm);
  expect(last.heap - first.heap).toBeLessThan(SLACK);
}

test(`${CLASSIFICATIONS} classifications, some of what is no picture, leave no byte behind`, async ({ page }) => {
  await openBare(page);
  const pictures = [cover(1, 64), cover(2, 300), cover(3, 64), Buffer.from('no picture'), cover(4, 600)];
  await withApi(
    page,
    async ({ Undercover, files }) => {
      const undercover = await Undercover.load({ backend: 'cpu' });
      Object.assign(globalThis, { undercover, files });
    },
    pictures,
  );
  let answered = 0;
  await expectFlat(page, CLASSIFICATIONS, async (from, to) => {
    answered += await page.evaluate(
      async ([from, to]) => {
        const { undercover, files } = /** @type {any} */ (globalThis);
        let answered = 0;
        for (let index = from; index < to; index += 1) {
          const question = index % 7 ? {} : { saliency: true };
          const outcome = await undercover.classify(files[index % files.length], question).catch((/** @type {any} */ { code }) => code);
          answered += Number(outcome.logits?.length === 10 || outcome === 'unknown-format');
        }
        return answered;
      },
      [from, to],
    );
  });
  expect(answered).toBe(CLASSIFICATIONS);
});

test(`${COVERS} covers in a row on the page take no more memory than the first few`, async ({ page }) => {
  await open(page);
  await expectFlat(page, COVERS, async (from, to) => {
    for (let index = from; index < to; index += 1) {
      const name = `cover-${index}.png`;
      await choose(page, file(name, cover(index % 50, index % 9 ? 64 : 600)));
      await expectAnswer(page, name, 'cpu');
    }
  });
});
