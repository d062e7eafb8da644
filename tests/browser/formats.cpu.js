import { openBare } from './support/api.js';
import { classifyMade, difference, readMade } from './support/made.js';
import { expect, test } from './support/test.js';

/** The same pixels go into the network, whose sums the two processors' vectors order differently. */
const TOLERANCE = 1e-3;

/** Refusals after which the page lets the browser try, which may read more: Chromium decodes arithmetic-coded JPEG. */
const TRIED_AGAIN = ['unsupported-format', 'too-large'];

/**
 * @param {import('./support/made.js').Outcome} native
 * @param {import('./support/made.js').Outcome} found
 */
function agree(native, found) {
  if ('logits' in native) return 'logits' in found && difference(native.logits, found.logits) < TOLERANCE;
  return 'code' in found ? native.code === found.code : TRIED_AGAIN.includes(native.code);
}

test('every oddity of docs/formats.md gets the same answer as natively', async ({ page }) => {
  test.setTimeout(300_000);
  /** @type {({file: string} & import('./support/made.js').Outcome)[]} */
  const native = readMade('formats', 'answers.json');
  expect(native.length).toBeGreaterThan(100);
  await openBare(page);
  const names = native.map(({ file }) => file);
  const found = await classifyMade(page, 'formats', names, 'cpu');
  const wrong = native.filter((expected, index) => !agree(expected, found[index]));
  expect(wrong.map(({ file }) => file)).toEqual([]);
});
