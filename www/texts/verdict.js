/** An answer in words. */

/** From here on the answer stands. */
const SURE = 0.6;
/** Below this, or with a rival this close, it does not. */
const UNSURE = 0.34;
const CLOSE = 0.08;

/** @typedef {'sure' | 'leaning' | 'unsure'} Kind */

/**
 * @param {import('../lib/answer.js').GenreProbability[]} predictions best first
 * @param {import('./wording.js').Wording} wording
 * @returns {{kind: Kind, sentence: string, note: string}}
 */
export function verdict(predictions, wording) {
  const [best, next] = predictions;
  const names = { first: wording.genreName(best.genre), second: wording.genreName(next?.genre ?? '') };
  const kind = judge(best.probability, next?.probability ?? 0);
  return { kind, sentence: wording.text(kind, names), note: wording.text(`${kind}Note`) };
}

/**
 * @param {number} best
 * @param {number} next
 * @returns {Kind}
 */
function judge(best, next) {
  if (best >= SURE) return 'sure';
  return best < UNSURE || best - next < CLOSE ? 'unsure' : 'leaning';
}
