/** transformers.js: its image-classification pipeline, asked for the logits. */

import { RawImage, env, pipeline } from '@huggingface/transformers';

/**
 * @param {'wasm' | 'webgpu'} device
 * @returns {Promise<import('./peer.js').Peer>}
 */
export async function loadPipeline(device) {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = '/models/';
  // What it takes by default, from this server instead of another.
  const program = new URL('/ort-wasm-simd-threaded.asyncify', location.origin).href;
  const { wasm } = env.backends.onnx;
  if (!wasm) throw new Error('transformers.js has no WebAssembly here');
  wasm.wasmPaths = { mjs: `${program}.mjs`, wasm: `${program}.wasm` };
  wasm.numThreads = 1;
  const classifier = await pipeline('image-classification', 'undercover', { device, dtype: 'q8' });
  return {
    prepare: (cover) => RawImage.fromBlob(cover),
    async run(image) {
      const { logits } = await classifier.model(await classifier.processor?.(image));
      return logits.data;
    },
  };
}
