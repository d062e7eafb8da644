/** Which of WebAssembly's instructions on vectors the browser has. */

const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];

/** Types: () → v128. Functions: one of that type. */
const FUNCTION = [1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0];

/** A function that makes a vector: i8x16.splat(1). */
const SIMD = [...HEADER, ...FUNCTION, ...[10, 8, 1, 6, 0, 65, 1, 253, 15, 11]];

/** A function that swizzles two vectors: i8x16.splat(1), i8x16.splat(2), i8x16.relaxed_swizzle. */
const RELAXED = [...HEADER, ...FUNCTION, ...[10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11]];

export function hasSimd() {
  return WebAssembly.validate(new Uint8Array(SIMD));
}

/** Relaxed SIMD, which multiplies and adds in one instruction. */
export function hasRelaxedSimd() {
  return WebAssembly.validate(new Uint8Array(RELAXED));
}
