/**
 * Each request is answered exactly once, with an answer or a typed error, whatever breaks meanwhile: workers that
 * die, hang, trap, lie or say everything twice; by dice with a seed, so that a failure can be had again.
 */

import { openBare, withApi } from './support/api.js';
import { cover, png } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { changeWorker } from './support/worker.js';

/** Of each seed. */
const REQUESTS = 30;

/** What may become of a request. Every other code would be a fault that is not thought of. */
const TYPED = ['answer', 'AbortError', 'unknown-format', 'too-small', 'unknown-genre', 'bad-options', 'empty', 'source', 'crashed', 'timeout', 'disposed'];

/**
 * Dice by Tommy Ettinger's generator of that name (public domain).
 * @param {number} seed
 * @returns {() => number} from 0 to 1
 */
function mulberry32(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * What a worker does before it is asked, by its own dice.
 * @param {number} seed
 */
const dice = (seed) => `
  const roll = (${mulberry32.toString()})(${seed});
  const post = globalThis.postMessage.bind(globalThis);
  // A program may say things twice, or answer what nobody asked: neither may reach anyone.
  globalThis.postMessage = (message) => {
    post(message);
    if (message.id && roll() < 0.2) {
      post(message);
      post({ type: 'error', id: message.id, error: { code: 'second-answer', message: 'said again' } });
      post({ type: 'answer', id: message.id + 1000, answer: {} });
    }
  };
  addEventListener('message', (event) => {
    if (event.data.type !== 'classify') return;
    const fate = roll();
    if (fate < 0.04) throw new Error('dies before it looks');
    if (fate < 0.08) setTimeout(() => { throw new Error('dies while it looks'); });
    if (fate < 0.12) {
      event.stopImmediatePropagation();
      Promise.reject(new WebAssembly.RuntimeError('unreachable'));
    }
    if (fate >= 0.12 && fate < 0.14) event.stopImmediatePropagation(); // hangs
    if (fate >= 0.14 && fate < 0.16) close(); // ends without a word
  });`;

for (const seed of [1, 2]) {
  test(`under random faults (seed ${seed}) each of ${REQUESTS} requests is answered exactly once`, async ({ page, watched }) => {
    await page.clock.install();
    await openBare(page);
    const workersAskedFor = await changeWorker(page, (nth) => dice(1000 * seed + nth));
    await withApi(
      page,
      async ({ Undercover, files }) => {
        const undercover = await Undercover.load({
          backend: 'cpu',
          // A caller whose own functions fail harms only the caller.
          onBackends: () => {
            throw new Error('of the caller');
          },
        });
        Object.assign(globalThis, { undercover, files, outcomes: [] });
      },
      [cover(1, 64), cover(2, 64), Buffer.from('no picture'), png(2, 2, () => [0, 0, 0])],
    );
    await page.evaluate(
      ({ seed, count, mulberry32 }) => {
        const { undercover, files, outcomes } = /** @type {any} */ (globalThis);
        const roll = eval(`(${mulberry32})(${seed})`);
        const note = (/** @type {number} */ index, /** @type {string} */ what) => (outcomes[index] = [...(outcomes[index] ?? []), what]);
        const sources = [...files, new OffscreenCanvas(40, 40), new ImageData(30, 30), { a: 1 }, new Blob([])];
        const questions = [{}, {}, {}, { saliency: true }, { genres: ['polka'] }, { genres: () => {} }, { topK: 2 }];
        for (let index = 0; index < count; index += 1) {
          const source = sources[Math.floor(roll() ** 2 * sources.length)];
          const question = questions[Math.floor(roll() * questions.length)];
          const abort = new AbortController();
          undercover.classify(source, { ...question, signal: abort.signal }).then(
            () => note(index, 'answer'),
            (/** @type {any} */ error) => note(index, typeof error.code === 'string' ? error.code : error.name),
          );
          if (roll() < 0.15) setTimeout(() => abort.abort(), roll() * 2000);
        }
      },
      { seed, count: REQUESTS, mulberry32: mulberry32.toString() },
    );
    const answered = () => page.evaluate(() => Object.keys(/** @type {any} */ (globalThis).outcomes).length);
    // Most are answered before it is all disposed of. A worker that hangs is given a minute, and one that starts three:
    // the clock runs so fast that the first passes in four seconds, and a start has ten.
    for (let round = 0; round < 150 && (await answered()) < REQUESTS - 5; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      await page.clock.runFor(4_000);
    }
    await page.evaluate(() => /** @type {any} */ (globalThis).undercover.dispose());
    await expect.poll(answered).toBe(REQUESTS);
    // Whatever comes now comes too late, or twice.
    await page.clock.runFor(200_000);
    /** @type {string[][]} */
    const outcomes = await page.evaluate(() => /** @type {any} */ (globalThis).outcomes);
    expect(outcomes.map((those) => those.length)).toEqual(Array(REQUESTS).fill(1));
    /** @type {Record<string, number>} */
    const counts = {};
    for (const outcome of outcomes.flat()) counts[outcome] = (counts[outcome] ?? 0) + 1;
    const workers = workersAskedFor();
    if (process.env.FIGURES) console.log(JSON.stringify({ workers, ...counts }));
    test.info().annotations.push({ type: 'outcomes', description: JSON.stringify({ workers, ...counts }) });
    for (const outcome of Object.keys(counts)) expect(TYPED).toContain(outcome);
    expect(counts.answer).toBeGreaterThan(REQUESTS / 10);
    expect(workers).toBeGreaterThan(1);
    await expect.poll(() => page.workers().length).toBe(0);
    // Nothing but what was injected.
    for (const error of watched.errors) expect(error).toMatch(/of the caller|unreachable|dies/);
    watched.errors.length = 0;
  });
}
