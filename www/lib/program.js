/** The compiled program of the CPU, begun while its worker is still starting, and shared by all that come after it. */

import { lengthOf, readParts } from './progress.js';
import { hasRelaxedSimd } from './simd.js';

/** The folder below `pkg/` that the program of a backend lies in. @param {import('./protocol.js').BackendName} backend */
export function packageOf(backend) {
  return backend === 'cpu' && hasRelaxedSimd() ? 'cpu-relaxed' : backend;
}

/**
 * Fetches and compiles it. Null where that failed: a worker that gets none tries by itself, in more ways, and tells why
 * it failed.
 * @param {URL} folder of the program
 * @param {(loaded: number, total: number | null) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<WebAssembly.Module | null>}
 */
export async function compileAhead(folder, onProgress, signal) {
  try {
    const response = await fetch(new URL(`pkg/${packageOf('cpu')}/undercover_bg.wasm`, folder), { signal });
    if (!response.ok) return null;
    return await compile(response, onProgress, WebAssembly.compileStreaming);
  } catch {
    return null;
  }
}

/**
 * Hands a program to the browser as it comes, and counts.
 * @template Compiled
 * @param {Response} response
 * @param {(loaded: number, total: number | null) => void} onProgress
 * @param {(response: Response) => Promise<Compiled>} start
 */
export async function compile(response, onProgress, start) {
  // Counted on a copy: browsers keep compiled code only for a response that comes straight from the network.
  const copy = response.clone();
  const total = lengthOf(response);
  const counted = readParts(copy, (loaded) => onProgress(loaded, total)).catch(() => {});
  const compiled = await start(response);
  await counted;
  return compiled;
}
