/** A peer in a worker: what the page tells it and hears from it. */

/**
 * @typedef {object} Peer
 * @property {(cover: Blob) => Promise<any>} prepare may run while another cover is computed
 * @property {(prepared: any) => Promise<ArrayLike<number>>} run one at a time; gives the logits
 */

/** @typedef {{id: number, logits: number[]} | {id: number, error: string}} Reply to a question, or with 0 to starting */

/**
 * Answers the page's messages, each `{id, cover}`, with a `Reply`.
 * @param {() => Promise<Peer>} load
 */
export function serve(load) {
  const loaded = load();
  /** @type {Promise<unknown>} */
  let last = loaded;
  const reply = (/** @type {Reply} */ message) => /** @type {any} */ (globalThis).postMessage(message);
  const fail = (/** @type {number} */ id) => (/** @type {unknown} */ error) => reply({ id, error: String(error) });
  loaded.then(() => reply({ id: 0, logits: [] }), fail(0));
  addEventListener('message', (/** @type {MessageEvent<{id: number, cover: Blob}>} */ { data: { id, cover } }) => {
    const prepared = loaded.then((peer) => peer.prepare(cover));
    const run = async () => reply({ id, logits: Array.from(await (await loaded).run(await prepared)) });
    last = last.then(run).catch(fail(id));
  });
}
