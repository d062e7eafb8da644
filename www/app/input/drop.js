/** Files, folders, and pictures out of another page, dropped anywhere. */

import { parseInert } from '../../lib/trusted.js';
import { fromAddress, fromFiles } from '../pictures.js';
import { filesUnder } from './folder.js';

/**
 * @param {import('../pictures.js').OnPictures} onPictures
 * @param {import('../pictures.js').OnTrouble} onTrouble
 */
export function listenToDrops(onPictures, onTrouble) {
  const root = document.documentElement;
  addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    root.toggleAttribute('data-dragging', true);
  });
  addEventListener('dragleave', (event) => {
    // Out of the window, not from one element into another.
    if (!event.relatedTarget) root.removeAttribute('data-dragging');
  });
  addEventListener('drop', async (event) => {
    event.preventDefault();
    root.removeAttribute('data-dragging');
    if (!event.dataTransfer) return;
    const pictures = await read(event.dataTransfer);
    if (pictures.length) onPictures(pictures);
    else onTrouble({ code: 'no-pictures' });
  });
}

/**
 * Everything has to be taken before the first `await`: the browser empties the transfer after the event.
 * @param {DataTransfer} transfer
 * @returns {Promise<import('../pictures.js').Picture[]>}
 */
async function read(transfer) {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null);
  const files = [...transfer.files];
  const address = pictureAddress(transfer);
  if (entries.some((entry) => entry.isDirectory)) return fromFiles(await filesUnder(entries));
  if (files.length) return fromFiles(files);
  return address ? [fromAddress(address)] : [];
}

/**
 * Where the picture of another page lies: its own address, rather than that of a link around it.
 * @param {DataTransfer} transfer
 */
function pictureAddress(transfer) {
  const html = transfer.getData('text/html');
  const image = html && parseInert(html).querySelector('img');
  const list = transfer.getData('text/uri-list').split(/\r?\n/);
  return (image && image.getAttribute('src')) || list.find((line) => line && !line.startsWith('#'));
}
