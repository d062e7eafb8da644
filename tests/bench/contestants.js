/** Who is measured. */

import { peerVersion } from './peers/files.js';

/** @typedef {'cpu' | 'webgpu'} Backend */

/**
 * @typedef {object} Contestant
 * @property {string} id
 * @property {string} title with its version
 * @property {Backend} backend whose table it stands in
 * @property {boolean} ours
 * @property {string} page the module of its page, in `page/`
 * @property {Record<string, string>} query what the page is asked
 * @property {string} weights how it is given them
 * @property {string} [peer] the module in `peers/`
 * @property {[string, string][]} [files] of packages, served beside it: package and path
 */

const ORT = 'onnxruntime-web';
const ORT_OF_TRANSFORMERS = '@huggingface/transformers/node_modules/onnxruntime-web';
const TFJS_WASM = '@tensorflow/tfjs-backend-wasm';

/**
 * @param {string} id
 * @param {string} title
 * @param {Backend} backend
 * @param {string} choice what `Undercover.load` is asked for
 * @returns {Contestant}
 */
const ours = (id, title, backend, choice) => ({
  id,
  title,
  backend,
  ours: true,
  page: 'undercover.js',
  query: { backend: choice },
  weights: 'its bundle: int8 per channel and f16',
});

/**
 * @param {string} id of the contestant, and name of its module
 * @param {string} title
 * @param {string} weights
 * @param {[string, string][]} files
 * @returns {Contestant}
 */
const peer = (id, title, weights, files) => ({
  id,
  title,
  backend: id.includes('webgpu') ? 'webgpu' : 'cpu',
  ours: false,
  page: 'peer.js',
  query: {},
  weights,
  peer: `${id}.js`,
  files,
});

const ONNX = 'ONNX, int8 per channel and f16, widened at load';

/** @returns {Contestant[]} */
export function contestants() {
  const [ort, tfjs, transformers] = [ORT, '@tensorflow/tfjs-core', '@huggingface/transformers'].map(peerVersion);
  const asyncify = (/** @type {string} */ name) =>
    /** @type {[string, string][]} */ ([[name, 'dist/ort-wasm-simd-threaded.asyncify.wasm']]);
  /** @type {[string, string][]} */
  const ofTransformers = [
    ...asyncify(ORT_OF_TRANSFORMERS),
    [ORT_OF_TRANSFORMERS, 'dist/ort-wasm-simd-threaded.asyncify.mjs'],
  ];
  return [
    ours('undercover-cpu', 'Undercover, CPU', 'cpu', 'cpu'),
    peer('ort-wasm', `onnxruntime-web ${ort}, wasm`, ONNX, [[ORT, 'dist/ort-wasm-simd-threaded.wasm']]),
    peer('tfjs-wasm', `TensorFlow.js ${tfjs}, wasm`, 'graph model, f16', [
      [TFJS_WASM, 'dist/tfjs-backend-wasm.wasm'],
      [TFJS_WASM, 'dist/tfjs-backend-wasm-simd.wasm'],
    ]),
    peer('transformers-wasm', `transformers.js ${transformers}, wasm`, ONNX, ofTransformers),
    ours('undercover-webgpu', 'Undercover, WebGPU', 'webgpu', 'webgpu'),
    ours('undercover-auto', 'Undercover, auto', 'webgpu', 'auto'),
    peer('ort-webgpu', `onnxruntime-web ${ort}, WebGPU`, ONNX, asyncify(ORT)),
    peer('ort-webgpu-jspi', `onnxruntime-web ${ort}, WebGPU (JSPI)`, ONNX, [
      [ORT, 'dist/ort-wasm-simd-threaded.jspi.wasm'],
    ]),
    peer('tfjs-webgpu', `TensorFlow.js ${tfjs}, WebGPU`, 'graph model, f16', []),
    peer('transformers-webgpu', `transformers.js ${transformers}, WebGPU`, ONNX, ofTransformers),
  ];
}

/** A page without a program: what a tab takes anyway. */
export const EMPTY = /** @type {Contestant} */ ({
  id: 'empty',
  title: 'an empty page',
  backend: 'cpu',
  ours: false,
  page: 'empty.js',
  query: {},
  weights: '',
});
