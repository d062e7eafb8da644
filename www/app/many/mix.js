/** How far the stack has come and what is in it, as one bar: each genre's share in its colour, then what is left. */

import { create } from '../dom.js';

/**
 * @param {HTMLElement} bar
 * @param {{genres: [string, number][], failed: number, left: number}} counts
 */
export function showMix(bar, { genres, failed, left }) {
  const parts = genres.map(([genre, count]) => part(count, { 'data-genre': genre }));
  bar.replaceChildren(...parts, part(failed, { class: 'failed' }), part(left, { class: 'left' }));
}

/**
 * @param {number} count
 * @param {Record<string, string>} attributes
 */
function part(count, attributes) {
  const made = create('span', attributes);
  made.style.flexGrow = String(count);
  return made;
}
