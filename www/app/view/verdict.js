/** An answer in words. */

import { genreName, text } from '../i18n.js';

/** From here on the answer stands. */
const SURE = 0.6;
/** Below this, or with a rival this close, it does not. */
const UNSURE = 0.34;
const CLOSE = 0.08;

/**
 * @param {import('../../lib/answer.js').GenreProbability[]} predictions best first
 * @returns {{kind: 'sure' | 'leaning' | 'unsure', sentence: string, note: string}}
 */
export function verdict(predictions) {
  const [best, next] = predictions;
  const names = { first: genreName(best.genre), second: genreName(next.genre) };
  const kind = judge(best.probability, next.probability);
  return { kind, sentence: text(kind, names), note: text(/** @type {const} */ (`${kind}Note`)) };
}

/**
 * @param {number} best
 * @param {number} next
 * @returns {'sure' | 'leaning' | 'unsure'}
 */
function judge(best, next) {
  if (best >= SURE) return 'sure';
  return best < UNSURE || best - next < CLOSE ? 'unsure' : 'leaning';
}
