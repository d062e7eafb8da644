import { expectGolden } from './support/golden.js';
import { test } from './support/test.js';

/** Most that a logit may differ between a GPU and the CPU: see backends.webgpu.js. */
const TOLERANCE = 0.01;

/** So many covers, for an emulated GPU takes seconds for each. */
const COVERS = 3;

test('the GPU answers golden covers as the CPU does natively, and after a reload the same to the last bit', async ({ page }) => {
  await expectGolden(page, 'webgpu', TOLERANCE, COVERS);
});
