/** What the page of every contestant does: one cover at once, then whatever the benchmark asks for. */

/**
 * A program that tells genres, behind the one call that all of them have.
 * @typedef {object} Contestant
 * @property {(cover: Blob) => Promise<ArrayLike<number>>} classify gives the logits; may be called before the last
 *   call has been answered
 * @property {() => Promise<Record<string, unknown>>} [describe]
 */

/** @typedef {{milliseconds: number, ready: number, logits: number[]}} First times since the navigation began */

/** Covers that a caller has in hand at a time: enough that nobody waits for the next, on as many cores as it uses. */
const AT_ONCE = 4;

/**
 * @param {(parameters: URLSearchParams) => Promise<Contestant>} load
 */
export function run(load) {
  const watch = watchTasks();
  const cover = fetchCover('/covers/0.jpg');
  const loading = load(new URLSearchParams(location.search));
  const first = firstAnswer(loading, cover);
  // Whoever awaits it is told.
  first.catch(() => {});
  Object.assign(globalThis, { bench: { ...measurements(loading), first, longestTask: watch } });
}

/**
 * @param {Promise<Contestant>} loading
 * @param {Promise<Blob>} cover
 * @returns {Promise<First>}
 */
async function firstAnswer(loading, cover) {
  const contestant = await loading;
  const ready = performance.now();
  const logits = await contestant.classify(await cover);
  return { milliseconds: performance.now(), ready, logits: Array.from(logits) };
}

/** @param {Promise<Contestant>} loading */
function measurements(loading) {
  return {
    /** @param {string} path */
    async logits(path) {
      return Array.from(await (await loading).classify(await fetchCover(path)));
    },

    /**
     * Milliseconds from a cover's file to its logits, one cover after the other.
     * @param {string[]} paths
     */
    async latencies(paths) {
      const contestant = await loading;
      const times = [];
      for (const cover of await Promise.all(paths.map(fetchCover))) {
        const start = performance.now();
        await contestant.classify(cover);
        times.push(performance.now() - start);
      }
      return times;
    },

    /**
     * Classifies the covers over and over until there were `count`, or `budget` milliseconds have passed.
     * @param {string[]} paths
     * @param {number} count
     * @param {number} budget
     */
    async many(paths, count, budget) {
      const contestant = await loading;
      const covers = await Promise.all(paths.map(fetchCover));
      const start = performance.now();
      let asked = 0;
      let done = 0;
      const work = async () => {
        while (asked < count && performance.now() - start < budget) {
          asked += 1;
          await contestant.classify(covers[asked % covers.length]);
          done += 1;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return { covers: done, milliseconds: performance.now() - start };
    },

    async describe() {
      return (await loading).describe?.() ?? {};
    },
  };
}

/**
 * @param {string} path
 * @returns {Promise<Blob>}
 */
async function fetchCover(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.blob();
}

/**
 * Watches for tasks that keep this thread from answering a visitor; a browser tells of those over 50 ms.
 * @returns {() => number} the longest since the last call, in milliseconds; 0 where there was none
 */
function watchTasks() {
  let longest = 0;
  const note = (/** @type {PerformanceEntryList} */ entries) => {
    for (const { duration } of entries) longest = Math.max(longest, duration);
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: 'longtask', buffered: true });
  return () => {
    note(observer.takeRecords());
    const seen = longest;
    longest = 0;
    return seen;
  };
}
