/** That a network stays the same in other forms. Run with `node --test`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compact } from './compact.js';
import { transposed } from './node-def.js';
import { DATA_TYPE } from './onnx.js';
import { toTfjs } from './tfjs.js';

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {Float32Array} values
 */
const proto = (name, shape, values) => ({ name, dims: shape, dataType: DATA_TYPE.FLOAT, rawData: new Uint8Array(values.buffer), floatData: [] });

const LENGTH = 200;

/** Integers of two channels, each with the largest that 8 bits take, times a scale. */
const SCALES = Float32Array.of(0.013, 1.7);
const INTEGERS = Int8Array.from({ length: 2 * LENGTH }, (_, index) => ((index * 37) % 255) - 127);
const QUANTISED = Float32Array.from(INTEGERS, (value, index) => value * SCALES[Math.floor(index / LENGTH)]);

/** @param {Float32Array} values */
function packed(values) {
  const graph = { initializer: [proto('weight', [2, LENGTH, 1, 1], values)], node: [{ opType: 'Conv' }] };
  compact({ graph });
  return graph;
}

test('weights that were made of 8-bit integers are stored as those again', () => {
  const { initializer, node } = packed(QUANTISED);
  assert.deepEqual(node.map(({ opType }) => opType), ['Cast', 'Mul', 'Conv']);
  const [stored, scale] = initializer;
  assert.equal(stored.dataType, DATA_TYPE.INT8);
  const integers = new Int8Array(stored.rawData.buffer);
  const scales = new Float32Array(scale.rawData.buffer);
  assert.equal(integers.length, 2 * LENGTH);
  integers.forEach((value, index) => {
    const restored = Math.fround(value * scales[Math.floor(index / LENGTH)]);
    assert.ok(Math.abs(restored - QUANTISED[index]) <= 1e-6 * Math.abs(QUANTISED[index]));
  });
});

test('weights in few levels are stored as those, whichever the largest is', () => {
  const few = INTEGERS.map((value, index) => value % (index < LENGTH ? 6 : 32));
  const { initializer } = packed(Float32Array.from(few, (value, index) => value * (index < LENGTH ? 0.0625 : 3)));
  assert.deepEqual([...new Int8Array(initializer[0].rawData.buffer)], [...few]);
  assert.deepEqual([...new Float32Array(initializer[1].rawData.buffer)], [0.0625, 3]);
});

test('weights that 16 bits hold are stored so, and others are left alone', () => {
  const halves = Float32Array.from({ length: 2 * LENGTH }, (_, index) => 1 + ((index * 37) % 1024) / 1024);
  assert.deepEqual(packed(halves).initializer.map(({ dataType }) => dataType), [DATA_TYPE.FLOAT16]);
  const others = Float32Array.from({ length: 2 * LENGTH }, (_, index) => Math.sin(index));
  assert.deepEqual(packed(others).initializer.map(({ dataType }) => dataType), [DATA_TYPE.FLOAT]);
});

test('dimensions change places', () => {
  const tensor = { name: 'weight', shape: [2, 1, 1, 3], values: Float32Array.of(0, 1, 2, 3, 4, 5) };
  const { shape, values } = transposed(tensor, [2, 3, 1, 0]);
  assert.deepEqual(shape, [1, 3, 1, 2]);
  assert.deepEqual([...values], [0, 3, 1, 4, 2, 5]);
});

test('the weights of a linear layer lie as Keras lays them, whichever way they came', () => {
  for (const [transB, shape, given] of /** @type {const} */ ([
    [1, [2, 3], [0, 1, 2, 3, 4, 5]],
    [0, [3, 2], [0, 3, 1, 4, 2, 5]],
  ])) {
    const { topology, weights } = toTfjs(linear(transB, [...shape], Float32Array.from(given)));
    const { modelTopology, weightsManifest } = JSON.parse(topology.toString());
    assert.deepEqual(weightsManifest[0].weights[0].shape, [3, 2]);
    assert.equal(modelTopology.node.at(-1).attr.transpose_b.b, false);
    const stored = Array.from({ length: 6 }, (_, index) => weights.readUInt16LE(2 * index));
    // 0, 3, 1, 4, 2 and 5 in `f16`.
    assert.deepEqual(stored, [0x0000, 0x4200, 0x3c00, 0x4400, 0x4000, 0x4500]);
  }
});

/**
 * @param {number} transB
 * @param {number[]} shape
 * @param {Float32Array} values
 * @returns {import('./onnx.js').Graph}
 */
function linear(transB, shape, values) {
  return {
    input: { name: 'pixels', shape: [3, 1, 1] },
    output: 'logits',
    nodes: [
      { name: 'flatten', op: 'Flatten', inputs: ['pixels'], outputs: ['features'], attributes: {} },
      { name: 'gemm', op: 'Gemm', inputs: ['features', 'weight', 'bias'], outputs: ['logits'], attributes: { transB } },
    ],
    constants: new Map([
      ['weight', { name: 'weight', shape, values }],
      ['bias', { name: 'bias', shape: [2], values: new Float32Array(2) }],
    ]),
  };
}

/**
 * A convolution of 3×3 with stride 2 and an activation, on a map of 8×8 with 2 channels.
 * @param {number[]} pads
 * @param {number} [most] that the activation lets through
 * @returns {import('./onnx.js').Graph}
 */
function small(pads, most = 6) {
  const constant = (/** @type {string} */ name, /** @type {number[]} */ shape, /** @type {number} */ value) =>
    /** @type {const} */ ([name, { name, shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) }]);
  return {
    input: { name: 'pixels', shape: [2, 8, 8] },
    output: 'activated',
    nodes: [
      { name: 'conv', op: 'Conv', inputs: ['pixels', 'weight', 'bias'], outputs: ['map'], attributes: { strides: [2, 2], pads } },
      { name: 'relu6', op: 'Clip', inputs: ['map', 'least', 'most'], outputs: ['activated'], attributes: {} },
    ],
    constants: new Map([constant('weight', [4, 2, 3, 3], 0.5), constant('bias', [4], 1), constant('least', [], 0), constant('most', [], most)]),
  };
}

test('a convolution and its activation become one operation, channels last, in 16 bits', () => {
  const { topology, weights } = toTfjs(small([0, 0, 1, 1]));
  const { modelTopology, weightsManifest } = JSON.parse(topology.toString());
  const operations = modelTopology.node.map((/** @type {{op: string}} */ { op }) => op);
  assert.deepEqual(operations, ['Placeholder', 'Const', 'Const', '_FusedConv2D']);
  const decoded = modelTopology.node.at(-1).attr.fused_ops.list.s.map((/** @type {string} */ text) => Buffer.from(text, 'base64').toString());
  assert.deepEqual(decoded, ['BiasAdd', 'Relu6']);
  assert.deepEqual(weightsManifest[0].weights.map((/** @type {{shape: number[]}} */ { shape }) => shape), [[3, 3, 2, 4], [4]]);
  assert.equal(weights.length, 2 * (72 + 4));
});

test('a network that would compute something else is refused', () => {
  assert.throws(() => toTfjs(small([1, 1, 0, 0])), /not padded as SAME/);
  assert.throws(() => toTfjs(small([0, 0, 1, 1], 5)), /cannot be fused/);
});
