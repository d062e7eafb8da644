/** The answers of tests/golden/predictions.json, asked of a backend. */

import { openBare } from './api.js';
import { classifyMade, difference, readJson } from './made.js';
import { expect } from './test.js';

/**
 * @param {import('@playwright/test').Page} page
 * @param {'cpu' | 'webgpu'} backend
 * @param {number} tolerance of a logit
 * @param {number} [count] of covers, from the first; all if left out
 */
export async function expectGolden(page, backend, tolerance, count) {
  /** @type {{file: string, logits: number[]}[]} */
  const covers = readJson('tests/golden/predictions.json').covers.slice(0, count);
  const names = covers.map(({ file }) => file);
  await openBare(page);
  const first = await classifyMade(page, 'golden', names, backend);
  await page.reload();
  const again = await classifyMade(page, 'golden', names, backend);
  expect(again, 'after a reload').toEqual(first);
  covers.forEach(({ file, logits }, index) => {
    const outcome = first[index];
    const off = 'logits' in outcome ? difference(outcome.logits, logits) : Infinity;
    expect(off, file).toBeLessThan(tolerance);
  });
}
