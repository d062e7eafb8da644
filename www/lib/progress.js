/** Progress of what is downloaded, in bytes. */

/**
 * @typedef {object} Progress
 * @property {'model' | 'cpu' | 'webgpu'} stage what the bytes belong to: the weights, or a backend's program
 * @property {number} loaded bytes so far, as they are after decompression
 * @property {number | null} total bytes in all, or null where the server does not tell
 */

/** @typedef {(progress: Progress) => void} OnProgress */

/**
 * Reads a response to its end and tells of every part. What `onPart` throws ends the download.
 * @param {Response} response
 * @param {(loaded: number, part: Uint8Array<ArrayBuffer>) => void} onPart
 */
export async function readParts(response, onPart) {
  if (!response.body) return;
  let loaded = 0;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      loaded += value.byteLength;
      onPart(loaded, value);
    }
  } catch (error) {
    // It may never end by itself.
    void reader.cancel(error).catch(() => {});
    throw error;
  }
}

/**
 * The length of a response's body after decompression, or null where its headers do not say: of a compressed one
 * they give the compressed length.
 * @param {Response} response
 */
export function lengthOf(response) {
  const length = Number(response.headers.get('content-length'));
  return length && !response.headers.get('content-encoding') ? length : null;
}
