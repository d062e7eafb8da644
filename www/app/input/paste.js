/** A picture, or the address of one, out of the clipboard. */

import { text } from '../i18n.js';
import { fromAddress, fromFiles } from '../pictures.js';

/** @typedef {import('../pictures.js').Picture} Picture */

/**
 * Ctrl+V or ⌘V, anywhere on the page.
 * @param {import('../pictures.js').OnPictures} onPictures
 * @param {import('../pictures.js').OnTrouble} onTrouble
 */
export function listenToPaste(onPictures, onTrouble) {
  addEventListener('paste', (event) => {
    const pictures = read(event.clipboardData);
    const typing = event.target instanceof HTMLInputElement && event.target.type !== 'file';
    // Text that is pasted into a field is meant for the field.
    if (typing && !pictures.some(({ source }) => source instanceof Blob)) return;
    event.preventDefault();
    if (pictures.length) onPictures(pictures);
    else onTrouble({ code: 'clipboard-empty' });
  });
}

/**
 * @param {DataTransfer | null} clipboard
 * @returns {Picture[]}
 */
function read(clipboard) {
  if (!clipboard) return [];
  if (clipboard.files.length) return fromFiles(clipboard.files).map(renamed);
  return fromText(clipboard.getData('text/plain'));
}

/**
 * A button that does the same; the browser asks whether it may.
 * @param {HTMLButtonElement} button
 * @param {import('../pictures.js').OnPictures} onPictures
 * @param {import('../pictures.js').OnTrouble} onTrouble
 */
export function listenToPasteButton(button, onPictures, onTrouble) {
  button.hidden = !navigator.clipboard?.read;
  button.addEventListener('click', async () => {
    try {
      const pictures = await readClipboard();
      if (pictures.length) onPictures(pictures);
      else onTrouble({ code: 'clipboard-empty' });
    } catch {
      onTrouble({ code: 'clipboard-refused' });
    }
  });
}

/** @returns {Promise<Picture[]>} */
async function readClipboard() {
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find((type) => type.startsWith('image/'));
    if (type) return [{ source: await item.getType(type), name: text('pasted') }];
    if (item.types.includes('text/plain')) {
      const pictures = fromText(await (await item.getType('text/plain')).text());
      if (pictures.length) return pictures;
    }
  }
  return [];
}

/**
 * @param {string} content
 * @returns {Picture[]}
 */
function fromText(content) {
  return /^(https?:\/\/|data:image\/)\S+$/.test(content.trim()) ? [fromAddress(content.trim())] : [];
}

/**
 * Browsers call every picture out of the clipboard "image.png".
 * @param {Picture} picture
 * @returns {Picture}
 */
function renamed(picture) {
  return picture.name === 'image.png' ? { ...picture, name: text('pasted') } : picture;
}
