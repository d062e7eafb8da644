/** The caller's own functions: what they throw is the caller's, and ends nothing here. */

/**
 * @template Value
 * @param {((value: Value) => void) | undefined} callback
 * @returns {(value: Value) => void}
 */
export function calm(callback) {
  return (value) => {
    try {
      callback?.(value);
    } catch (error) {
      reportError(error);
    }
  };
}
