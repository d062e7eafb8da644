/** GPUs: whether there is one, and their loss, of which Rust learns only with the next result, which may never come. */

import { UndercoverError } from '../errors.js';

/**
 * Asked before the program for it is fetched, which is large.
 * @throws {UndercoverError} `no-webgpu`
 */
export async function requireAdapter() {
  if (!navigator.gpu) throw new UndercoverError('no-webgpu', 'This browser has no WebGPU in workers.');
  if (await navigator.gpu.requestAdapter()) return;
  throw new UndercoverError('no-webgpu', 'There is no graphics card that WebGPU can use.');
}

/**
 * Watches every device that is opened from here on in this worker.
 * @param {(message: string) => void} onLost
 */
export function watchDevices(onLost) {
  if (!('GPUAdapter' in globalThis)) return;
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...parameters) {
    const device = await requestDevice.apply(this, parameters);
    device.lost.then(({ message, reason }) => onLost(message || `The GPU was lost (${reason}).`));
    return device;
  };
}
