/** What has to be said beside the tables. */

/** @typedef {import('../contestants.js').Contestant} Contestant */
/** @typedef {import('../measure/bench.js').Results} Results */
/** @typedef {import('../measure/plan.js').Plan} Plan */

/**
 * @param {{backend: string, plan: Plan, contestants: Contestant[], results: Results}} measured
 * @param {Map<string, number>} differences of the logits
 * @param {number} tolerance
 * @returns {string[]}
 */
export function notesOn({ backend, plan, contestants, results }, differences, tolerance) {
  const visits = plan.visits === 1 ? '1 profile' : `the median of ${plan.visits} profiles`;
  const repetitions = `${backend}: first answers from ${visits} each; latency of ${plan.rounds * plan.perRound} covers in ${plan.rounds} rounds; ${manyCovers(contestants, results)}.`;
  const agreement = [...differences].map(([id, difference]) => `${id} ${difference.toExponential(1)}`).join(', ');
  const weights = contestants.map(({ id, weights }) => `${id}: ${weights}`).join('; ');
  const failures = contestants.flatMap(({ title, id }) => {
    const failure = results.get(id)?.failure;
    return failure ? [`${title} failed: ${failure}`] : [];
  });
  return [
    repetitions,
    `${backend}: largest difference of a logit (tolerance ${tolerance.toPrecision(2)}): ${agreement}.`,
    `${backend}: weights as they were given: ${weights}.`,
    ...failures,
  ];
}

/**
 * @param {Contestant[]} contestants
 * @param {Results} results
 */
function manyCovers(contestants, results) {
  const counts = contestants.map(({ id }) => (results.get(id)?.many ?? []).map(({ covers }) => covers));
  const [least, most] = [Math.min(...counts.flat()), Math.max(...counts.flat())];
  if (least === most) return `throughput of ${most} covers, ${counts[0].length} times`;
  const each = contestants.map(({ id }, index) => `${id} ${counts[index].join(' and ')}`);
  return `throughput of as many covers as the time allowed: ${each.join(', ')}`;
}
