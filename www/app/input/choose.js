/** Files, a folder or the phone's camera, chosen in the browser's own dialog. */

import { fromFiles } from '../pictures.js';

/**
 * @param {HTMLInputElement} input
 * @param {import('../pictures.js').OnPictures} onPictures
 */
export function listenToInput(input, onPictures) {
  const take = () => {
    const pictures = fromFiles(input.files ?? []).filter(({ name }) => !isHidden(name));
    // Choosing the same file again is a change as well.
    input.value = '';
    if (pictures.length) onPictures(pictures);
  };
  input.addEventListener('change', take);
  // Chosen while this script was still on its way.
  if (input.files?.length) take();
}

/**
 * What a system puts into folders for itself.
 * @param {string} path
 */
function isHidden(path) {
  return path.split('/').some((part) => part.startsWith('.'));
}
