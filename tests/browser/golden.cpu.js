import { readJson } from './support/made.js';
import { expectGolden } from './support/golden.js';
import { test } from './support/test.js';

test('the CPU answers the golden covers as natively, and after a reload the same to the last bit', async ({ page }) => {
  await expectGolden(page, 'cpu', readJson('tests/golden/predictions.json').tolerance);
});
