/** Covers that were drawn for this page. */

import { create } from '../dom.js';

/** Their names are names, and stay as they are in every language. */
const SAMPLES = [
  { file: 'quintet', name: 'Quintet at Half Past Blue' },
  { file: 'cinderhelm', name: 'Cinderhelm' },
  { file: 'nocturnes', name: 'Nocturnes for a Quiet House' },
  { file: 'corner', name: 'Corner Store Kings' },
  { file: 'signal', name: 'Signal/Drift' },
  { file: 'wichita', name: 'The Long Fence Line' },
];

/**
 * @param {HTMLUListElement} list
 * @param {import('../pictures.js').OnPictures} onPictures
 */
export function showSamples(list, onPictures) {
  list.replaceChildren(
    ...SAMPLES.map(({ file, name }) => {
      const address = new URL(`../../samples/${file}.webp`, import.meta.url).href;
      const image = create('img', { src: address, alt: name, width: '480', height: '480', loading: 'lazy', draggable: 'true' });
      const button = create('button', { type: 'button', title: name }, [image]);
      button.addEventListener('click', () => onPictures([{ source: address, name }]));
      return create('li', {}, [button]);
    }),
  );
}
