/** The WebAssembly module of a backend. */

import { UndercoverError } from '../errors.js';
import { compile, packageOf } from '../program.js';
import { hasSimd } from '../simd.js';

/**
 * What wasm-bindgen makes of src/web.rs.
 * @typedef {import('../../pkg/cpu/undercover.js').Classifier} Classifier
 * @typedef {typeof import('../../pkg/cpu/undercover.js')} Module
 */

/**
 * Fetches, compiles and starts it.
 * @param {import('../protocol.js').BackendName} backend
 * @param {Promise<WebAssembly.Module | null>} compiled what the page has of it
 * @param {(loaded: number, total: number | null) => void} onProgress
 * @returns {Promise<Module>}
 * @throws {UndercoverError} `program-unreachable`, `program-damaged`, `no-webassembly`, `out-of-memory`
 */
export async function fetchModule(backend, compiled, onProgress) {
  const name = packageOf(backend);
  const started = await startCompiled(name, compiled).catch(() => null);
  if (started) return started;
  if (name === backend) return fetchFrom(name, onProgress);
  try {
    return await fetchFrom(name, onProgress);
  } catch {
    // The plain one does the same, slower; offline it is the one that is always kept.
    return fetchFrom(backend, onProgress);
  }
}

/**
 * @param {string} name of the package
 * @param {Promise<WebAssembly.Module | null>} compiled
 * @returns {Promise<Module | null>} null where there is nothing to start
 */
async function startCompiled(name, compiled) {
  const [glue, program] = await Promise.all([importGlue(folderOf(name)), compiled]);
  if (!program) return null;
  await glue.default({ module_or_path: program });
  return glue;
}

/** @param {string} name of the package */
function folderOf(name) {
  return new URL(`../../pkg/${name}/`, import.meta.url);
}

/**
 * @param {string} name of the package
 * @param {(loaded: number, total: number | null) => void} onProgress
 * @returns {Promise<Module>}
 * @throws {UndercoverError}
 */
async function fetchFrom(name, onProgress) {
  const folder = folderOf(name);
  const [module, response] = await Promise.all([importGlue(folder), fetchProgram(folder)]);
  try {
    await compile(response, onProgress, (response) => module.default({ module_or_path: response }));
  } catch (cause) {
    throw explain(folder, cause);
  }
  return module;
}

/**
 * Why a program that was found did not start.
 * @param {URL} folder
 * @param {unknown} cause
 */
function explain(folder, cause) {
  if (!hasSimd()) {
    const message = 'This browser is too old for this program: it lacks WebAssembly SIMD.';
    return new UndercoverError('no-webassembly', message, { cause });
  }
  // No WebAssembly, or none that belongs to this version of the rest.
  if (cause instanceof WebAssembly.CompileError || cause instanceof WebAssembly.LinkError) return damaged(folder, cause);
  if (cause instanceof RangeError) {
    return new UndercoverError('out-of-memory', 'There is too little memory for this program.', { cause });
  }
  // It broke off on its way.
  return cause instanceof TypeError ? unreachable(folder, cause) : cause;
}

/**
 * @param {URL} folder
 * @returns {Promise<Module>}
 */
async function importGlue(folder) {
  try {
    return await import(new URL('undercover.js', folder).href);
  } catch (cause) {
    throw cause instanceof SyntaxError ? damaged(folder, cause) : unreachable(folder, cause);
  }
}

/** @param {URL} folder */
async function fetchProgram(folder) {
  const url = new URL('undercover_bg.wasm', folder);
  const response = await fetch(url).catch((cause) => {
    throw unreachable(url, cause);
  });
  if (!response.ok) throw unreachable(url, response.status);
  return response;
}

/**
 * @param {URL} url
 * @param {unknown} cause
 */
function damaged(url, cause) {
  return new UndercoverError('program-damaged', `What came as the program ${url.href} is not it, or not all of it.`, { cause });
}

/**
 * @param {URL} url
 * @param {unknown} cause
 */
function unreachable(url, cause) {
  return new UndercoverError('program-unreachable', `The program ${url.href} could not be loaded.`, { cause });
}
