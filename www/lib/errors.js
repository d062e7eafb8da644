/**
 * Every error that leaves this library, with a stable code.
 *
 * The codes, by where they come from:
 * - the picture (from `CoverError`): `empty`, `file-too-large`, `unknown-format`, `unsupported-format`, `truncated`,
 *   `too-large`, `too-small`, `broken`
 * - the question: `bad-options`, `unknown-genre`
 * - the source: `source` (not something that holds a picture), `unreadable` (a file that was changed or removed since),
 *   `address-invalid`, `address-unreachable`,
 *   `address-refused` (another site does not let its pictures be read), `address-blocked` (this page's own policy does
 *   not let it ask), `address-status`, `tainted`
 * - the model (from `BundleError`): `bundle-…`; `model-unreachable`, `model-status`
 * - the device: `no-webgpu`, `no-webassembly`, `self-test-failed`, `device-lost`, `device-failed`, `panic` and `crashed`
 *   (the program failed), `timeout`, `out-of-memory`, `program-unreachable`, `program-damaged` (what came is not it)
 * - the caller: `disposed`, `backend` (there is none of that name); who aborts gets the signal's own reason
 */

/** An error with a stable `code`; the message is a sentence for people, in English. */
export class UndercoverError extends Error {
  /**
   * @param {string} code stable and short
   * @param {string} message
   * @param {ErrorOptions & {detail?: string}} [options] `detail` is what a message in another language needs to
   *   know: a host's name, an HTTP status
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'UndercoverError';
    /** @readonly */
    this.code = code;
    /** @readonly */
    this.detail = options?.detail ?? '';
  }
}

/**
 * What an error is once it has crossed from a worker, where classes are lost.
 * @typedef {{code: string, message: string, detail?: string}} ErrorData
 */

/**
 * @param {unknown} error
 * @param {string} fallback the code of an error that has none
 * @returns {ErrorData}
 */
export function toErrorData(error, fallback) {
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : fallback;
    const detail = 'detail' in error && typeof error.detail === 'string' ? error.detail : undefined;
    return { code, message: error.message, detail };
  }
  return { code: fallback, message: String(error) };
}

/**
 * @param {ErrorData} data
 * @returns {UndercoverError}
 */
export function fromErrorData({ code, message, detail }) {
  return new UndercoverError(code, message, { detail });
}

/**
 * @param {unknown} error
 * @param {string} fallback the code of an error that has none
 * @returns {UndercoverError}
 */
export function toUndercoverError(error, fallback) {
  if (error instanceof UndercoverError) return error;
  const { code, message } = toErrorData(error, fallback);
  return new UndercoverError(code, message, { cause: error });
}

/**
 * Whether an error is the caller's own wish to stop.
 * @param {unknown} error
 */
export function isAbort(error) {
  return error instanceof DOMException && error.name === 'AbortError';
}
