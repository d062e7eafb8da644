/** Where things lie, and how a worker is started that lies elsewhere. */

/**
 * @param {string | URL} folder relative ones are meant relative to the document
 * @returns {URL} with a slash at its end
 */
export function folderUrl(folder) {
  const url = new URL(folder, document.baseURI);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/**
 * Starts a module worker. A browser starts one from its page's own origin only: of another site it is imported, by
 * CORS, by a worker of one line that is the page's own. So it is in a sandboxed frame, whose origin is none.
 * @param {URL} url
 * @param {string} name
 * @returns {Worker}
 */
export function startWorker(url, name) {
  if (url.origin === self.origin) return new Worker(url, { type: 'module', name });
  const code = new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' });
  const address = URL.createObjectURL(code);
  const worker = new Worker(address, { type: 'module', name });
  // Its first message, or the news that it failed, means that it has been read.
  const read = () => URL.revokeObjectURL(address);
  worker.addEventListener('message', read, { once: true });
  worker.addEventListener('error', read, { once: true });
  return worker;
}
