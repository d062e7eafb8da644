/** onnxruntime-web: what its three programs have in common. */

import { SIZE, channelsFirst } from './prepare.js';

/**
 * @param {Pick<typeof import('onnxruntime-web'), 'env' | 'InferenceSession' | 'Tensor'>} ort
 * @param {'wasm' | 'webgpu'} provider
 * @returns {Promise<import('./peer.js').Peer>}
 */
export async function loadSession(ort, provider) {
  // A widget cannot ask its host for the headers that threads need.
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create('/model.onnx', { executionProviders: [provider] });
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  return {
    prepare: channelsFirst,
    async run(values) {
      const results = await session.run({ [input]: new ort.Tensor('float32', values, [1, 3, SIZE, SIZE]) });
      return /** @type {Float32Array} */ (results[output].data);
    },
  };
}
