/** Where things lie, and how a worker is started that lies elsewhere. */

import { scriptUrl } from './trusted.js';

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
 * Starts a worker that is a module. A browser starts one from its page's own origin only: of another site it is imported, by
 * CORS, by a small worker that is the page's own. So it is in a sandboxed frame, whose origin is none.
 * @param {URL} url
 * @param {string} name
 * @returns {Worker}
 */
export function startWorker(url, name) {
  if (url.origin === self.origin) return new Worker(scriptUrl(url), { type: 'module', name });
  const address = URL.createObjectURL(new Blob([starter(url)], { type: 'text/javascript' }));
  // Classic, as Chromium starts no module worker from a blob in a sandboxed frame.
  const worker = new Worker(scriptUrl(new URL(address)), { name });
  // Its first message, or the news that it failed, means that it has been read.
  const read = () => URL.revokeObjectURL(address);
  worker.addEventListener('message', read, { once: true });
  worker.addEventListener('error', read, { once: true });
  return worker;
}

/**
 * Imports the worker dynamically: that is a matter of a policy's `script-src`, where a static import would be one of
 * its `worker-src`. What the worker is told before it is there is kept for it.
 * @param {URL} url
 */
function starter({ href }) {
  const message = `The program ${href} could not be loaded.`;
  const broken = JSON.stringify({ type: 'broken', error: { code: 'program-unreachable', message } });
  return `const early = [];
const keep = ({ data }) => early.push(data);
addEventListener('message', keep);
import(${JSON.stringify(href)}).then(() => {
  removeEventListener('message', keep);
  for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
}, () => postMessage(${broken}));`;
}
