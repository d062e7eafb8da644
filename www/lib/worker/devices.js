/** The loss of a GPU: Rust learns of it only with the next result, which may never come. */

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
