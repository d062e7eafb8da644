/** What a test does within a worker. */

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Runs `code` in every worker before the worker's own.
 * @param {Page} page
 * @param {string} code
 */
export async function changeWorker(page, code) {
  await page.route('**/worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `{${code}}\n${await response.text()}` });
  });
}

/**
 * Keeps the memory of every WebAssembly module where `wasmBytes` finds it.
 * @param {Page} page
 */
export function keepMemory(page) {
  return changeWorker(
    page,
    `const instantiate = WebAssembly.instantiateStreaming;
     WebAssembly.instantiateStreaming = async (...parameters) => {
       const program = await instantiate.apply(WebAssembly, parameters);
       globalThis.memoryOfTest = program.instance.exports.memory;
       return program;
     };`,
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
  if (!bytes.length) throw new Error('there is no worker');
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
