/** The one place that a screen reader is told of, politely. */

import { element } from '../dom.js';

const region = element('status', HTMLElement);

/**
 * @param {string} words
 * @param {'plain' | 'error'} [kind]
 */
export function say(words, kind = 'plain') {
  region.dataset.kind = kind;
  region.textContent = words;
}

/** What was said last. */
export function said() {
  return region.textContent;
}
