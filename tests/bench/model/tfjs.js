/**
 * A model as a TensorFlow.js graph model, as `tensorflowjs_converter --quantize_float16` writes one: channels last,
 * bias and activation fused into the convolutions, weights in `f16`.
 */

import { FLOAT, bytesOf, fused, integers, text, transposed, turned } from './node-def.js';

/** @typedef {import('./onnx.js').Graph} Graph */
/** @typedef {import('./onnx.js').Node} Node */
/** @typedef {import('./onnx.js').Tensor} Tensor */

/** @typedef {import('./node-def.js').Constant} Constant */
/** @typedef {import('./node-def.js').NodeDef} NodeDef */

/**
 * @param {Graph} graph
 * @returns {{topology: Buffer, weights: Buffer}} `model.json`, and the file `weights.bin` that it names
 * @throws {Error} for a network that has more than convolutions, sums, a mean and a linear layer
 */
export function toTfjs(graph) {
  const { nodes, constants } = new Converter(graph).convert();
  const weights = constants.map(({ name, shape, values }) =>
    values instanceof Int32Array
      ? { name, shape, dtype: 'int32' }
      : { name, shape, dtype: 'float32', quantization: { dtype: 'float16', original_dtype: 'float32' } },
  );
  const model = {
    format: 'graph-model',
    modelTopology: { node: nodes, versions: {} },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  return { topology: Buffer.from(JSON.stringify(model)), weights: Buffer.concat(constants.map(bytesOf)) };
}

class Converter {
  #graph;
  /** @type {NodeDef[]} */
  #nodes = [];
  /** @type {Constant[]} */
  #constants = [];
  /** What an ONNX value is called in the new graph. @type {Map<string, string>} */
  #names = new Map();
  /** Height and width of the ONNX values that are maps. @type {Map<string, [number, number]>} */
  #sizes = new Map();

  /** @param {Graph} graph */
  constructor(graph) {
    this.#graph = graph;
  }

  convert() {
    const { input, nodes } = this.#graph;
    const [channels, height, width] = input.shape;
    this.#names.set(input.name, input.name);
    this.#sizes.set(input.name, [height, width]);
    const dim = [-1, height, width, channels].map((size) => ({ size: String(size) }));
    this.#nodes.push({ name: input.name, op: 'Placeholder', attr: { dtype: FLOAT, shape: { shape: { dim } } } });
    for (const node of nodes) this.#add(node);
    return { nodes: this.#nodes, constants: this.#constants };
  }

  /** @param {Node} node */
  #add(node) {
    switch (node.op) {
      case 'Conv':
        return this.#convolution(node);
      case 'Clip':
      case 'Relu':
        return this.#activation(node);
      case 'Add':
        return this.#sum(node);
      case 'GlobalAveragePool':
      case 'ReduceMean':
        return this.#mean(node);
      case 'Flatten':
      case 'Reshape':
      case 'Squeeze':
        return this.#alias(node);
      case 'Gemm':
        return this.#linear(node);
      default:
        throw new Error(`the operation ${node.op} has no counterpart here`);
    }
  }

  /** @param {Node} node */
  #convolution({ name, inputs, outputs, attributes }) {
    const [input, weightName, biasName] = inputs;
    const weight = this.#constant(weightName);
    const groups = Number(attributes.group ?? 1);
    const depthwise = groups > 1;
    const [outChannels, perGroup, ...kernel] = weight.shape;
    if (depthwise && (groups !== outChannels || perGroup !== 1)) throw new Error(`${name} is grouped, not depthwise`);
    const strides = /** @type {number[]} */ (attributes.strides ?? [1, 1]);
    this.#sizes.set(outputs[0], this.#requireSame(name, input, kernel, strides, attributes.pads));
    // Depthwise: [height, width, channels, 1]; else [height, width, in, out].
    const order = depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0];
    this.#emit({ name, outputs }, {
      op: depthwise ? 'FusedDepthwiseConv2dNative' : '_FusedConv2D',
      input: [this.#name(input), this.#write(transposed(weight, order)), this.#write(this.#constant(biasName))],
      attr: {
        T: FLOAT,
        data_format: text('NHWC'),
        padding: text('SAME'),
        strides: integers([1, ...strides, 1]),
        dilations: integers([1, 1, 1, 1]),
        num_args: { i: '1' },
        fused_ops: fused(['BiasAdd']),
      },
    });
  }

  /**
   * That a convolution is padded as TensorFlow's `SAME`, the odd pixel at the end.
   * @param {string} name
   * @param {string} input
   * @param {number[]} kernel
   * @param {number[]} strides
   * @param {number | number[]} [pads]
   * @returns {[number, number]} height and width of what comes out
   */
  #requireSame(name, input, kernel, strides, pads = [0, 0, 0, 0]) {
    const size = this.#sizes.get(input);
    if (!size) throw new Error(`${name} is a convolution of what is no map`);
    const sides = size.map((length, axis) => {
      const output = Math.ceil(length / strides[axis]);
      const total = Math.max((output - 1) * strides[axis] + kernel[axis] - length, 0);
      const begin = Math.floor(total / 2);
      const given = /** @type {number[]} */ (pads);
      if (given[axis] !== begin || given[axis + 2] !== total - begin) throw new Error(`${name} is not padded as SAME`);
      return output;
    });
    return [sides[0], sides[1]];
  }

  /**
   * Into the convolution before it.
   * @param {Node} node
   */
  #activation({ name, op, inputs, outputs }) {
    const before = this.#nodes.find((candidate) => candidate.name === this.#name(inputs[0]));
    const bounds = inputs.slice(1).map((input) => this.#constant(input).values[0]);
    const kind = op === 'Relu' ? 'Relu' : 'Relu6';
    if (!before?.attr.fused_ops || (op === 'Clip' && (bounds[0] !== 0 || bounds[1] !== 6))) {
      throw new Error(`${name} is an activation that cannot be fused`);
    }
    before.attr.fused_ops = fused(['BiasAdd', kind]);
    this.#alias({ inputs, outputs });
    this.#keepSize({ inputs, outputs });
  }

  /** @param {Node} node */
  #sum(node) {
    const input = node.inputs.map((name) => this.#name(name));
    this.#emit(node, { op: 'AddV2', input, attr: { T: FLOAT } });
    this.#keepSize(node);
  }

  /** @param {Node} node */
  #mean(node) {
    const axes = this.#write({ name: `${node.name}.axes`, shape: [2], values: Int32Array.of(1, 2) }, 'DT_INT32');
    const attr = { T: FLOAT, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } };
    this.#emit(node, { op: 'Mean', input: [this.#name(node.inputs[0]), axes], attr });
  }

  /** @param {Node} node */
  #linear(node) {
    const { alpha = 1, beta = 1, transA = 0, transB = 0 } = node.attributes;
    if (alpha !== 1 || beta !== 1 || transA) throw new Error(`${node.name} is more than a linear layer`);
    const [input, weightName, bias] = node.inputs;
    // [in, out], as Keras has it: TensorFlow.js 4.22.0 on WebAssembly computes wrong sums with `transpose_b` and a bias.
    const weight = this.#constant(weightName);
    const upright = transB ? turned(weight) : weight;
    const attr = {
      T: FLOAT,
      transpose_a: { b: false },
      transpose_b: { b: false },
      num_args: { i: '1' },
      fused_ops: fused(['BiasAdd']),
    };
    const inputs = [this.#name(input), this.#write(upright), this.#write(this.#constant(bias))];
    this.#emit(node, { op: '_FusedMatMul', input: inputs, attr });
  }

  /**
   * @param {Pick<Node, 'name' | 'outputs'>} node
   * @param {Omit<NodeDef, 'name'>} definition
   */
  #emit({ name, outputs: [output] }, definition) {
    this.#names.set(output, name);
    this.#nodes.push({ name, ...definition });
  }

  /** @param {Pick<Node, 'inputs' | 'outputs'>} node whose maps are as large after it as before */
  #keepSize({ inputs, outputs }) {
    const size = this.#sizes.get(inputs[0]);
    if (size) this.#sizes.set(outputs[0], size);
  }

  /** @param {Pick<Node, 'inputs' | 'outputs'>} node that changes nothing here */
  #alias({ inputs, outputs }) {
    this.#names.set(outputs[0], this.#name(inputs[0]));
  }

  /** @param {string} value */
  #name(value) {
    const name = this.#names.get(value);
    if (name === undefined) throw new Error(`${value} is used before it is computed`);
    return name;
  }

  /** @param {string} name */
  #constant(name) {
    const tensor = this.#graph.constants.get(name);
    if (!tensor?.values.length) throw new Error(`the constant ${name} is missing`);
    return tensor;
  }

  /**
   * @param {Constant} constant
   * @param {string} [type]
   * @returns {string} its name
   */
  #write(constant, type = 'DT_FLOAT') {
    this.#constants.push(constant);
    const tensorShape = { dim: constant.shape.map((size) => ({ size: String(size) })) };
    this.#nodes.push({
      name: constant.name,
      op: 'Const',
      attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape } } },
    });
    return constant.name;
  }
}
