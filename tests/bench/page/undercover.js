/** Undercover, as a page uses it. */

import { run } from './shell.js';

// Not bundled: it is loaded as it is shipped.
import { Undercover } from '/undercover/undercover.js';

run(async (parameters) => {
  const backend = /** @type {'auto' | 'cpu' | 'webgpu'} */ (parameters.get('backend'));
  const undercover = await Undercover.load({ backend });
  return {
    classify: async (cover) => (await undercover.classify(cover)).logits,
    async describe() {
      const { backend } = undercover;
      await undercover.settled;
      return { first: backend, settled: undercover.backend, report: undercover.report };
    },
  };
});
