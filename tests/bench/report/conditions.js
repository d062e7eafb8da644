/** On what, and with what, it was measured. */

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';

/**
 * @param {string} root of the repository
 * @param {string} chromium its version
 * @param {string | null} adapter
 * @returns {Record<string, string>}
 */
export function conditions(root, chromium, adapter) {
  const [{ model }] = cpus();
  return {
    machine: `${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 1e9)} GB, Linux ${release()}`,
    'load before': loadavg().map((load) => load.toFixed(1)).join(', '),
    browser: `${chromium}, headless${adapter ? `; WebGPU adapter: ${adapter}` : ''}`,
    node: process.version,
    commit: commit(root),
    'our modules': modules(root),
  };
}

/** @param {string} root */
function commit(root) {
  const git = (/** @type {string[]} */ ...parameters) => execFileSync('git', ['-C', root, ...parameters], { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no') ? ', with changes' : '';
  return git('rev-parse', '--short=10', 'HEAD') + changed;
}

/**
 * What xtask/src/wasm.rs notes of each module.
 * @param {string} root
 */
function modules(root) {
  const folder = join(root, 'www/pkg');
  const noted = readdirSync(folder).map((name) => {
    const [, profile, ...more] = readFileSync(join(folder, name, '.stamp'), 'utf8').trim().split(' ');
    return `${name} ${profile} (${more.join(', ')})`;
  });
  return noted.join(', ');
}
