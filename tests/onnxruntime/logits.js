/**
 * Runs an ONNX file of `trainer convert` in onnxruntime, compiled to WebAssembly, on the processor, and prints the logits
 * of some covers as JSON: `{ "together": […], "alone": […] }`, of all covers in one batch and of one after the other.
 *
 * `node logits.js MODEL PIXELS`: PIXELS holds covers one after the other, as the model takes them, in 32-bit floats.
 */

import { readFile } from 'node:fs/promises';

import { InferenceSession, Tensor } from 'onnxruntime-web';

const [model, covers] = process.argv.slice(2);
const session = await InferenceSession.create(new Uint8Array(await readFile(model)), { executionProviders: ['wasm'] });
const [input] = session.inputMetadata;
if (!input.isTensor) throw new Error(`${input.name} is no tensor`);
const cover = input.shape.slice(1).map(Number);

const bytes = await readFile(covers);
const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const length = cover.reduce((product, side) => product * side);
const count = values.length / length;

/** @param {Float32Array} pixels @param {number} batch */
async function run(pixels, batch) {
  const { logits } = await session.run({ pixels: new Tensor('float32', pixels, [batch, ...cover]) });
  return Array.from(/** @type {Float32Array} */ (logits.data));
}

const together = await run(values, count);
const alone = [];
for (let index = 0; index < count; index += 1) {
  alone.push(...(await run(values.slice(index * length, (index + 1) * length), 1)));
}
console.log(JSON.stringify({ together, alone }));
