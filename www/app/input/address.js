/** The address of a picture, typed or pasted into its field. */

import { fromAddress } from '../pictures.js';

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} field
 * @param {import('../pictures.js').OnPictures} onPictures
 */
export function listenToAddress(form, field, onPictures) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const address = field.value.trim();
    if (!address) return field.focus();
    onPictures([fromAddress(/^[\w-]+(\.[\w-]+)+\//.test(address) ? `https://${address}` : address)]);
  });
}
