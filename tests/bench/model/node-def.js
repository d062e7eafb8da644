/** The pieces of a TensorFlow graph as its JSON has them. */

import { setFloat16 } from '@petamoriken/float16';

/** @typedef {import('./onnx.js').Tensor} Tensor */

/** @typedef {{name: string, op: string, input?: string[], attr: Record<string, unknown>}} NodeDef */

/** A constant as it is written: `values` as floats, or as 32-bit integers. */
/** @typedef {{name: string, shape: number[], values: Float32Array | Int32Array}} Constant */

export const FLOAT = { type: 'DT_FLOAT' };

/** @param {string} value */
export const text = (value) => ({ s: Buffer.from(value).toString('base64') });

/** @param {number[]} values */
export const integers = (values) => ({ list: { i: values.map(String) } });

/** @param {string[]} operations */
export const fused = (operations) => ({ list: { s: operations.map((operation) => text(operation).s) } });

/**
 * @param {Tensor} tensor of four dimensions
 * @param {number[]} order which old dimension each new one is
 * @returns {Tensor}
 */
export function transposed({ name, shape, values }, order) {
  const newShape = order.map((old) => shape[old]);
  const strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
  const [a, b, c, d] = order.map((old) => strides[old]);
  const result = new Float32Array(values.length);
  let at = 0;
  for (let i = 0; i < newShape[0]; i += 1)
    for (let j = 0; j < newShape[1]; j += 1)
      for (let k = 0; k < newShape[2]; k += 1)
        for (let l = 0; l < newShape[3]; l += 1, at += 1) result[at] = values[i * a + j * b + k * c + l * d];
  return { name, shape: newShape, values: result };
}

/**
 * @param {Tensor} matrix
 * @returns {Tensor} with rows for columns
 */
export function turned({ name, shape: [rows, columns], values }) {
  const turned = transposed({ name, shape: [rows, columns, 1, 1], values }, [1, 0, 2, 3]);
  return { ...turned, shape: [columns, rows] };
}

/**
 * The bytes of a constant in the file of weights: integers as they are, floats in `f16`.
 * @param {Constant} constant
 */
export function bytesOf({ values }) {
  if (values instanceof Int32Array) return Buffer.from(values.buffer);
  const bytes = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((value, index) => setFloat16(bytes, 2 * index, value, true));
  return Buffer.from(bytes.buffer);
}
