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
 * The memory of the one worker's WebAssembly module, which grows and never shrinks: all that it ever needed at once.
 * @param {Page} page
 * @returns {Promise<number>} in bytes
 */
export function wasmBytes(page) {
  const [worker, ...others] = page.workers();
  if (!worker || others.length) throw new Error(`there are ${page.workers().length} workers`);
  return worker.evaluate(() => /** @type {any} */ (globalThis).memoryOfTest.buffer.byteLength);
}
