/**
 * A model in ONNX with its weights stored as small as the bundle stores them, for runtimes that fold constants
 * when they load: `Cast` for what `f16` holds exactly, `Cast` and `Mul` by a scale for each first index for what the
 * bundle has as `i8`. The numbers that are computed with stay the same.
 */

import { getFloat16, setFloat16 } from '@petamoriken/float16';

import { DATA_TYPE, readTensor } from './onnx.js';

/** Fewest weights of a tensor that it pays for. */
const WORTH_IT = 256;

/** Largest error of a weight, in parts of its channel's largest: the rounding of `f32`. */
const ROUNDING = 1e-6;

/** @param {any} model a `ModelProto`, which is changed */
export function compact({ graph }) {
  /** @type {any[]} */
  const initializers = [];
  /** @type {any[]} */
  const unpacking = [];
  for (const tensor of graph.initializer) {
    const smaller = pack(readTensor(tensor));
    initializers.push(...(smaller?.initializers ?? [tensor]));
    unpacking.push(...(smaller?.nodes ?? []));
  }
  graph.initializer = initializers;
  graph.node = [...unpacking, ...graph.node];
}

/** @param {import('./onnx.js').Tensor} tensor */
function pack(tensor) {
  if (tensor.values.length < WORTH_IT) return null;
  return packInt8(tensor) ?? packHalf(tensor);
}

/** @param {import('./onnx.js').Tensor} tensor */
function packHalf({ name, shape, values }) {
  const bytes = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((value, index) => setFloat16(bytes, 2 * index, value, true));
  if (values.some((value, index) => getFloat16(bytes, 2 * index, true) !== value)) return null;
  const stored = `${name}.f16`;
  return {
    initializers: [{ name: stored, dims: shape, dataType: DATA_TYPE.FLOAT16, rawData: new Uint8Array(bytes.buffer) }],
    nodes: [cast(stored, name)],
  };
}

/** @param {import('./onnx.js').Tensor} tensor */
function packInt8({ name, shape, values }) {
  // A scale for each number would take more than the number.
  if (shape.length < 2) return null;
  const quantised = quantise(values, shape[0]);
  if (!quantised) return null;
  const [stored, widened, scale] = ['i8', 'i8.f32', 'scale'].map((suffix) => `${name}.${suffix}`);
  const scaleShape = shape.map((length, index) => (index === 0 ? length : 1));
  return {
    initializers: [
      { name: stored, dims: shape, dataType: DATA_TYPE.INT8, rawData: new Uint8Array(quantised.values.buffer) },
      { name: scale, dims: scaleShape, dataType: DATA_TYPE.FLOAT, rawData: new Uint8Array(quantised.scales.buffer) },
    ],
    nodes: [cast(stored, widened), { opType: 'Mul', input: [widened, scale], output: [name] }],
  };
}

/** Level of a byte that is furthest from zero. */
const LAST_LEVEL = 127;

/**
 * The integers and scales that weights were made of, if they were.
 * @param {Float32Array} weights
 * @param {number} channels
 */
function quantise(weights, channels) {
  const length = weights.length / channels;
  const scales = new Float32Array(channels);
  const values = new Int8Array(weights.length);
  for (let channel = 0; channel < channels; channel += 1) {
    const begin = channel * length;
    const part = weights.subarray(begin, begin + length);
    const scale = scaleOf(part);
    if (scale === null) return null;
    scales[channel] = scale;
    part.forEach((weight, index) => (values[begin + index] = Math.round(weight / scale)));
  }
  return { scales, values };
}

/**
 * The largest number that all weights are multiples of, so that a byte holds how many times they are.
 * @param {Float32Array} weights
 */
function scaleOf(weights) {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  if (largest === 0) return 1;
  for (let level = 1; level <= LAST_LEVEL; level += 1) {
    const scale = Math.fround(largest / level);
    const multiple = (/** @type {number} */ weight) =>
      Math.abs(Math.round(weight / scale) * scale - weight) <= ROUNDING * largest;
    if (weights.every(multiple)) return scale;
  }
  return null;
}

/**
 * @param {string} from
 * @param {string} to
 */
function cast(from, to) {
  // 2 is AttributeProto.INT.
  const attribute = [{ name: 'to', type: 2, i: DATA_TYPE.FLOAT }];
  return { opType: 'Cast', input: [from], output: [to], attribute };
}
