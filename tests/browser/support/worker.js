/** What a test does within a worker. */

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Runs `code` in every worker before the worker's own.
 * @param {Page} page
 * @param {string | ((nth: number) => string)} code may differ between the first, the second and so on
 * @returns {Promise<() => number>} how many workers have been asked for since
 */
export async function changeWorker(page, code) {
  let workers = 0;
  await page.route('**/worker.js', async (route) => {
    const response = await route.fetch();
    workers += 1;
    const first = typeof code === 'string' ? code : code(workers);
    await route.fulfill({ response, body: `{${first}}\n${await response.text()}` });
  });
  return () => workers;
}

/**
 * Keeps the memory of every WebAssembly module where `wasmBytes` finds it.
 * @param {Page} page
 * @param {string} [code] to run before the worker's own, as by `changeWorker`
 */
export function keepMemory(page, code = '') {
  return changeWorker(
    page,
    `for (const way of ['instantiate', 'instantiateStreaming']) {
       const instantiate = WebAssembly[way];
       WebAssembly[way] = async (...parameters) => {
         const started = await instantiate.apply(WebAssembly, parameters);
         globalThis.memoryOfTest = (started.instance ?? started).exports.memory;
         return started;
       };
     }
     ${code}`,
  );
}

/**
 * The largest memory of a worker's WebAssembly module, which grows and never shrinks: all that it ever needed at once.
 * @param {Page} page
 * @returns {Promise<number>} in bytes
 */
export async function wasmBytes(page) {
  const bytes = await Promise.all(
    page.workers().map((worker) => worker.evaluate(() => /** @type {any} */ (globalThis).memoryOfTest?.buffer.byteLength ?? 0)),
  );
  if (!bytes.some(Boolean)) throw new Error('there is no worker with a program');
  return Math.max(...bytes);
}

/**
 * Makes the page believe in a processor: no more workers than it has cores.
 * @param {Page} page
 * @param {number} cores
 */
export async function haveCores(page, cores) {
  await page.addInitScript((value) => Object.defineProperty(navigator, 'hardwareConcurrency', { value }), cores);
}
