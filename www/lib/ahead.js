/** Several questions in hand at a time. */

/**
 * Asks about each source, at most `atOnce` at a time, and gives the answers in the order of the sources, each as soon as
 * it and those before it are there: a source that lets wait holds no answer back. Leaving the loop early asks for no
 * more, and aborts what is in hand.
 * @template Source, Answer
 * @param {Iterable<Source> | AsyncIterable<Source>} sources
 * @param {(source: Source, index: number, signal: AbortSignal) => Promise<Answer>} ask
 * @param {number} atOnce
 * @returns {AsyncGenerator<Answer, void, void>}
 */
export async function* inOrder(sources, ask, atOnce) {
  const left = new AbortController();
  const reading = read(sources);
  /** @type {Promise<Answer>[]} */
  const inHand = [];
  /** @type {Promise<IteratorResult<Source>> | null} */
  let next = null;
  let asked = 0;
  let more = true;
  try {
    while (more || inHand.length) {
      if (more && inHand.length < atOnce) next ??= reading.next();
      const came = await first(next, inHand[0]);
      if (came === 'answer') {
        yield await /** @type {Promise<Answer>} */ (inHand.shift());
        continue;
      }
      const { done, value } = await /** @type {Promise<IteratorResult<Source>>} */ (next);
      next = null;
      more = !done;
      if (!done) inHand.push(ask(value, asked++, left.signal));
    }
  } finally {
    left.abort();
    for (const answer of inHand) answer.catch(() => {});
    next?.catch(() => {});
    // Not awaited: a source that never comes would hold the caller back.
    reading.return().catch(() => {});
  }
}

/**
 * @template Source
 * @param {Iterable<Source> | AsyncIterable<Source>} sources
 * @returns {AsyncGenerator<Source, void, void>}
 */
async function* read(sources) {
  yield* sources;
}

/**
 * Which of the two is there first; one that is not awaited is never first.
 * @param {Promise<unknown> | null} source
 * @param {Promise<unknown> | undefined} answer
 * @returns {Promise<'source' | 'answer'>}
 */
function first(source, answer) {
  /** @type {Promise<'source' | 'answer'>[]} */
  const awaited = [];
  // What fails is there as well: it is thrown where its value is taken.
  if (source) awaited.push(source.then(() => 'source', () => 'source'));
  if (answer) awaited.push(answer.then(() => 'answer', () => 'answer'));
  return Promise.race(awaited);
}
