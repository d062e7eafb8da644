/** Where the pinned packages of the peers lie. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This folder, with the peers' own package.json. */
export const PEERS = dirname(fileURLToPath(import.meta.url));

/**
 * @param {string} name of a package, as it lies below `node_modules`
 * @param {string} path within it
 */
export function peerFile(name, path) {
  return join(PEERS, 'node_modules', name, path);
}

/** @param {string} name of a package, as it lies below `node_modules` */
export function peerVersion(name) {
  return JSON.parse(readFileSync(peerFile(name, 'package.json'), 'utf8')).version;
}
