/** Which covers of the stack are shown, and in what order. */

/** @typedef {import('./entry.js').Entry} Entry */

/** What the filter shows beside the genres. */
export const ALL = '*';
export const FAILED = '!';

/** @type {Record<string, (a: Entry, b: Entry) => number>} */
const ORDERS = {
  order: (a, b) => a.index - b.index,
  // Those without a genre come last.
  genre: (a, b) =>
    Number(!a.genre) - Number(!b.genre) || a.genre.localeCompare(b.genre) || b.probability - a.probability || a.index - b.index,
  surest: (a, b) => b.probability - a.probability || a.index - b.index,
};

/**
 * @param {Entry[]} entries
 * @param {string} order
 * @param {string} filter a genre, `ALL` or `FAILED`
 * @returns {Entry[]}
 */
export function arrange(entries, order, filter) {
  const shown = entries.filter((entry) => {
    if (filter === ALL) return true;
    return filter === FAILED ? entry.trouble !== null : entry.genre === filter;
  });
  return shown.sort(ORDERS[order]);
}

/**
 * The genres that there are, and how often.
 * @param {Entry[]} entries
 * @returns {[string, number][]} in alphabetical order
 */
export function countGenres(entries) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { genre } of entries) if (genre) counts.set(genre, (counts.get(genre) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}
