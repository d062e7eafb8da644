/** Whether all compute the same network. */

/** @typedef {import('../contestants.js').Contestant} Contestant */
/** @typedef {import('../measure/bench.js').Results} Results */

/**
 * The largest difference of a logit from the reference: the bundle's known answer for the first cover, our own answer
 * for the others.
 * @param {Contestant[]} contestants
 * @param {Results} results
 * @param {number[]} known
 * @returns {Map<string, number>} by contestant; those that failed are not in it
 */
export function differences(contestants, results, known) {
  const own = contestants.find(({ id, ours }) => ours && results.get(id)?.logits.length);
  const reference = [known, ...((own && results.get(own.id)?.logits.slice(1)) ?? [])];
  const measured = contestants.filter(({ id }) => results.get(id)?.logits.length);
  return new Map(measured.map(({ id }) => [id, largest(results.get(id)?.logits ?? [], reference)]));
}

/**
 * @param {number[][]} answers
 * @param {number[][]} reference of as many of them as there is one for
 */
function largest(answers, reference) {
  const distances = reference.flatMap((logits, cover) => logits.map((logit, genre) => Math.abs(logit - answers[cover][genre])));
  return Math.max(...distances);
}
