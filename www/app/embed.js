/**
 * The page for frames. What it shows is in its address: `?src=…&genres=jazz,metal&top-k=3&lang=de&saliency`; whom it
 * talks to as well: `&origin=https://shop.example`. Without an origin it tells nobody anything.
 *
 * To the page around it: `{undercover: 'ready' | 'height' | 'progress' | 'prediction' | 'error', …}`.
 * From it: `{undercover: 'classify', source, id}`, where `source` is a Blob, an ArrayBuffer or an address, and
 * `{undercover: 'reset'}`.
 */

import '../under-cover.js';

const ATTRIBUTES = ['src', 'genres', 'top-k', 'backend', 'saliency', 'lang', 'loading'];

const parameters = new URLSearchParams(location.search);
const element = /** @type {import('../lib/element/element.js').UnderCover} */ (document.getElementById('cover'));
const partner = originOf(parameters.get('origin'));

for (const name of ATTRIBUTES) {
  const value = parameters.get(name);
  if (value !== null) element.setAttribute(name, value);
}
document.documentElement.lang = element.language;

for (const what of ['progress', 'prediction', 'error']) {
  element.addEventListener(`undercover-${what}`, (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    // Errors lose their class and their code on the way.
    tell(what, what === 'error' ? { code: detail.code, message: detail.message } : detail);
  });
}

addEventListener('message', (event) => {
  // Only from the page around this one, and only if it is the one that it says it is.
  if (event.source !== parent || event.origin !== partner || !event.data) return;
  const { undercover, source } = event.data;
  if (undercover === 'reset') element.reset();
  if (undercover === 'classify') element.classify(source).catch(() => {});
});

new ResizeObserver(() => tell('height', Math.ceil(document.documentElement.getBoundingClientRect().height))).observe(
  document.documentElement,
);
tell('ready', null);

/**
 * @param {string} what
 * @param {unknown} detail
 */
function tell(what, detail) {
  if (partner && parent !== window) parent.postMessage({ undercover: what, detail }, partner);
}

/**
 * An origin and nothing more, or null.
 * @param {string | null} address
 */
function originOf(address) {
  if (!address || !URL.canParse(address)) return null;
  const { origin } = new URL(address);
  return origin === 'null' ? null : origin;
}
