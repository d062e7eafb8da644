/** A heat map in words, for those who do not see it. */

const ROWS = /** @type {const} */ (['top', 'middle', 'bottom']);
const COLUMNS = /** @type {const} */ (['Start', 'Middle', 'End']);

/**
 * Which ninth of the cover speaks loudest for a genre.
 * @param {{width: number, height: number}} size of the map
 * @param {ArrayLike<number>} evidence row by row from the top left
 * @param {import('./wording.js').Wording} wording
 */
export function where({ width, height }, evidence, wording) {
  let most = 0;
  for (let at = 1; at < evidence.length; at += 1) if (evidence[at] > evidence[most]) most = at;
  if (!(evidence[most] > 0)) return wording.text('whereNowhere');
  const row = ROWS[third(Math.floor(most / width), height)];
  const column = COLUMNS[third(most % width, width)];
  return wording.text('whereMost', { place: wording.text(`${row}${column}`) });
}

/**
 * @param {number} at
 * @param {number} of
 */
function third(at, of) {
  return Math.min(2, Math.floor((3 * (at + 0.5)) / of));
}
