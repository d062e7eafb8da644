/** A peer: in a worker, as ours is, or with `?thread=main` where its documentation puts it. */

import { run } from './shell.js';

/** @typedef {import('../peers/peer.js').Peer} Peer */
/** @typedef {import('../peers/peer.js').Reply} Reply */

run((parameters) => (parameters.get('thread') === 'main' ? onThisThread() : inWorker()));

/** @returns {Promise<import('./shell.js').Contestant>} */
async function onThisThread() {
  const program = new URL('/peer.js', location.origin).href;
  /** @type {Peer} */
  const peer = await (await import(program)).load();
  return { classify: async (cover) => peer.run(await peer.prepare(cover)) };
}

/** @returns {Promise<import('./shell.js').Contestant>} */
function inWorker() {
  const worker = new Worker('/worker.js', { type: 'module' });
  /** @type {Map<number, PromiseWithResolvers<number[]>>} */
  const asked = new Map();
  const ask = (/** @type {number} */ id) => {
    const question = /** @type {PromiseWithResolvers<number[]>} */ (Promise.withResolvers());
    asked.set(id, question);
    return question.promise;
  };
  const ready = ask(0);
  let last = 0;
  worker.addEventListener('message', (/** @type {MessageEvent<Reply>} */ { data }) => {
    const question = asked.get(data.id);
    asked.delete(data.id);
    if ('error' in data) question?.reject(new Error(data.error));
    else question?.resolve(data.logits);
  });
  worker.addEventListener('error', ({ message }) => asked.forEach(({ reject }) => reject(new Error(message || 'the worker did not load'))));
  const classify = (/** @type {Blob} */ cover) => {
    last += 1;
    worker.postMessage({ id: last, cover });
    return ask(last);
  };
  return ready.then(() => ({ classify }));
}
