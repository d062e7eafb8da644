/** TensorFlow.js: what its two backends have in common. */

import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';

import { SIZE, channelsLast } from './prepare.js';

/**
 * @param {'wasm' | 'webgpu'} backend
 * @returns {Promise<import('./peer.js').Peer>}
 */
export async function loadGraph(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
  const model = await loadGraphModel('/model/model.json');
  return {
    prepare: channelsLast,
    async run(values) {
      const logits = tf.tidy(() => model.predict(tf.tensor4d(values, [1, SIZE, SIZE, 3])));
      try {
        return /** @type {Float32Array} */ (await /** @type {tf.Tensor} */ (logits).data());
      } finally {
        tf.dispose(logits);
      }
    },
  };
}
