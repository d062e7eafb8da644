/** How fast a backend is, on a picture of its own. */

import { probePicture } from './probe.js';

/**
 * The time of the best run, in milliseconds, from a picture's bytes to the answer.
 * @param {import('./module.js').Classifier} classifier one that has answered before: its self-test was the warm-up
 * @param {{runs: number, enough: number}} plan
 */
export async function measure(classifier, { runs, enough }) {
  const picture = probePicture();
  let best = Infinity;
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await classifier.classify(picture, {});
    const time = performance.now() - start;
    best = Math.min(best, time);
    if (time > enough) break;
  }
  return best;
}
