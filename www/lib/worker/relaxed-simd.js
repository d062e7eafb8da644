/** Whether the browser has WebAssembly's relaxed SIMD, which multiplies and adds in one instruction. */

/** The smallest module with a relaxed instruction: a function that swizzles two vectors. */
const PROBE = [
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  // Types: () → v128. Functions: one of that type.
  ...[1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  // Code: i8x16.splat(1), i8x16.splat(2), i8x16.relaxed_swizzle.
  ...[10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
];

export function hasRelaxedSimd() {
  return WebAssembly.validate(new Uint8Array(PROBE));
}
