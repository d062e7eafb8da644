/** ONNX files: read and written with the protobuf code that onnxruntime-web has for its own reader. */

import { createRequire } from 'node:module';

import { peerFile } from '../peers/files.js';

/**
 * @typedef {object} Tensor
 * @property {string} name
 * @property {number[]} shape
 * @property {Float32Array} values
 */

/**
 * @typedef {object} Node
 * @property {string} name
 * @property {string} op
 * @property {string[]} inputs
 * @property {string[]} outputs
 * @property {Record<string, number | number[]>} attributes
 */

/**
 * What of a model is looked at here: a chain of nodes with constants in `f32`.
 * @typedef {object} Graph
 * @property {{name: string, shape: number[]}} input `shape` without the batch: channels, height, width
 * @property {string} output
 * @property {Node[]} nodes in the order of computation
 * @property {Map<string, Tensor>} constants
 */

/** `TensorProto.DataType` of the specification. */
export const DATA_TYPE = /** @type {const} */ ({ FLOAT: 1, INT8: 3, FLOAT16: 10 });

const require = createRequire(import.meta.url);

/** The message types, as protobufjs makes them. */
function schema() {
  return require(peerFile('onnxruntime-web', 'lib/onnxjs/ort-schema/protobuf/onnx.js')).onnx;
}

/**
 * The file's message, which can be changed and written again.
 * @param {Uint8Array} file
 * @returns {any} a `ModelProto`
 */
export function decode(file) {
  return schema().ModelProto.decode(file);
}

/**
 * @param {any} model a `ModelProto`
 * @returns {Uint8Array}
 */
export function encode(model) {
  return schema().ModelProto.encode(model).finish();
}

/** What transformers.js calls the input. */
const INPUT = 'pixel_values';

/**
 * Takes the normalisation, which the exporter puts first, out of a graph: programs do it while they make floats of
 * bytes. The input is then normalised, and called `pixel_values`.
 * @param {any} model a `ModelProto`, which is changed
 */
export function takeNormalisation(model) {
  const { graph } = model;
  const constants = new Set(graph.initializer.map((/** @type {any} */ { name }) => name));
  let value = graph.input[0].name;
  const first = () => graph.node.find((/** @type {any} */ { input }) => input.includes(value));
  for (let node = first(); ['Sub', 'Div'].includes(node?.opType) && constants.has(node.input[1]); node = first()) {
    graph.node = graph.node.filter((/** @type {any} */ other) => other !== node);
    graph.initializer = graph.initializer.filter((/** @type {any} */ { name }) => name !== node.input[1]);
    value = node.output[0];
  }
  graph.input[0].name = INPUT;
  for (const node of graph.node) node.input = node.input.map((/** @type {string} */ name) => (name === value ? INPUT : name));
}

/**
 * @param {any} model a `ModelProto`
 * @returns {Graph}
 * @throws {Error} where the file holds what no exporter of this project writes
 */
export function readGraph({ graph }) {
  const constants = new Map(graph.initializer.map((/** @type {any} */ tensor) => [tensor.name, readTensor(tensor)]));
  const inputs = graph.input.filter((/** @type {any} */ { name }) => !constants.has(name));
  if (inputs.length !== 1 || graph.output.length !== 1) throw new Error('the model has more than one input or output');
  return {
    input: { name: inputs[0].name, shape: inputs[0].type.tensorType.shape.dim.slice(1).map(dimension) },
    output: graph.output[0].name,
    nodes: graph.node.map(readNode),
    constants,
  };
}

/** @param {any} dimension a `TensorShapeProto.Dimension` */
function dimension({ dimValue }) {
  const length = Number(dimValue);
  if (!length) throw new Error('the model leaves a side of its input open');
  return length;
}

/**
 * @param {any} tensor a `TensorProto`
 * @returns {Tensor}
 */
export function readTensor({ name, dims, dataType, rawData, floatData }) {
  if (dataType !== DATA_TYPE.FLOAT) return { name, shape: dims.map(Number), values: new Float32Array() };
  const values = rawData.byteLength
    ? new Float32Array(rawData.buffer.slice(rawData.byteOffset, rawData.byteOffset + rawData.byteLength))
    : Float32Array.from(floatData);
  return { name, shape: dims.map(Number), values };
}

/**
 * @param {any} node a `NodeProto`
 * @returns {Node}
 */
function readNode({ name, opType, input, output, attribute }) {
  const attributes = Object.fromEntries(
    attribute.map((/** @type {any} */ { name, ints, i, f }) => [name, ints.length ? ints.map(Number) : Number(i) || f]),
  );
  return { name: name || output[0], op: opType, inputs: input, outputs: output, attributes };
}
