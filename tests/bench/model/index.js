/** The one network with its one set of weights, for each runtime in the form that its users ship. */

import { compact } from './compact.js';
import { decode, encode, readGraph, takeNormalisation } from './onnx.js';
import { toTfjs } from './tfjs.js';

/** @typedef {import('../../../www/lib/model.js').Manifest & {input: {size: number, normalisation: {mean: number[], std: number[]}}, self_test: {logits: number[], tolerance: number}, name: string, version: string}} Manifest */

/**
 * @typedef {object} PeerModel
 * @property {Buffer} onnx stored as small as the bundle
 * @property {{topology: Buffer, weights: Buffer}} tfjs in `f16`
 * @property {Map<string, Buffer>} transformers files of a model's folder for transformers.js, by path
 */

/**
 * @param {Uint8Array} file the ONNX file that `trainer` exported
 * @param {Manifest} manifest of the bundle that it was exported from
 * @returns {PeerModel}
 */
export function peerModel(file, manifest) {
  const model = decode(file);
  takeNormalisation(model);
  const tfjs = toTfjs(readGraph(model));
  compact(model);
  const onnx = Buffer.from(encode(model));
  return { onnx, tfjs, transformers: transformersFolder(onnx, manifest) };
}

/**
 * @param {Buffer} onnx
 * @param {Manifest} manifest
 * @returns {Map<string, Buffer>}
 */
function transformersFolder(onnx, { genres, input }) {
  const { size, normalisation } = input;
  const scale = (/** @type {number[]} */ values) => values.map((value) => value / 255);
  const config = {
    model_type: 'efficientnet',
    architectures: ['EfficientNetForImageClassification'],
    id2label: Object.fromEntries(genres.entries()),
    label2id: Object.fromEntries(genres.map((genre, index) => [genre, index])),
  };
  const preprocessor = {
    // Plain; that of EfficientNet squares the deviations.
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    size: { height: size, width: size },
    resample: 2,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: scale(normalisation.mean),
    image_std: scale(normalisation.std),
  };
  return new Map([
    ['config.json', Buffer.from(JSON.stringify(config))],
    ['preprocessor_config.json', Buffer.from(JSON.stringify(preprocessor))],
    // `q8` is its name for a model with 8-bit weights.
    ['onnx/model_quantized.onnx', onnx],
  ]);
}
