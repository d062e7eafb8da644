/** The JavaScript API, driven from a test. */

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Opens the site's folder without the page's own scripts, so that a test loads what it needs itself.
 * @param {Page} page
 */
export async function openBare(page) {
  await page.route('**/bare.html', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Bare</title>' }));
  await page.goto('./bare.html');
}

/**
 * Runs `body` with the class and with the files, all of it in the page.
 * @template Result
 * @param {Page} page
 * @param {(tools: {Undercover: typeof import('../../../www/undercover.js').Undercover, files: File[]}) => Promise<Result>} body
 *   can use nothing else of the test's
 * @param {Buffer[]} [files]
 * @returns {Promise<Result>}
 */
export function withApi(page, body, files = []) {
  const source = `async (base64s) => {
    const { Undercover } = await import(new URL('undercover.js', document.baseURI).href);
    const files = base64s.map((base64, index) =>
      new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], 'cover-' + index + '.png'));
    return (${body.toString()})({ Undercover, files });
  }`;
  const base64s = files.map((file) => file.toString('base64'));
  return page.evaluate(`(${source})(${JSON.stringify(base64s)})`);
}
