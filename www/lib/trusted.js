/**
 * Trusted Types: where a page's policy has `require-trusted-types-for 'script'`, only what is made here may become
 * the address of a script. It is named in `trusted-types undercover`.
 */

/**
 * What is used of the browser's `trustedTypes`, where it has them.
 * @typedef {{createScriptURL(text: string): string, createHTML(text: string): string}} Policy
 */

/** @type {{createPolicy(name: string, rules: Policy): Policy} | undefined} */
const factory = /** @type {any} */ (globalThis).trustedTypes;

/** @type {Policy | null | undefined} */
let policy;

/** Made with the first wish, so that a page that only loads the script needs to allow nothing. */
function getPolicy() {
  if (policy === undefined) {
    try {
      policy = factory?.createPolicy('undercover', { createScriptURL: (text) => text, createHTML: (text) => text }) ?? null;
    } catch {
      // The page names other policies only, or has two copies of this script: the browser decides on the plain text.
      policy = null;
    }
  }
  return policy;
}

/**
 * @param {URL} url of a script of this program, or of a blob that this program has made
 * @returns {string} in looks; the browser's own kind of it where there is one
 */
export function scriptUrl(url) {
  return getPolicy()?.createScriptURL(url.href) ?? url.href;
}

/**
 * @param {string} text foreign HTML, to be parsed into a document of its own, where nothing of it is run or loaded
 * @returns {Document}
 */
export function parseInert(text) {
  return new DOMParser().parseFromString(getPolicy()?.createHTML(text) ?? text, 'text/html');
}
