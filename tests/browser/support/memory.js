/** What a page holds. */

import { readFileSync } from 'node:fs';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * What the page's own thread holds, in bytes, once what is no longer needed is gone.
 * @param {Page} page
 * @returns {Promise<number>}
 */
export async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = /** @type {any} */ (await session.send('Runtime.getHeapUsage'));
  await session.detach();
  return usedSize + backingStorageSize;
}

/**
 * What is resident of the browser's largest renderer, in MB: the kernel's own figure, with everything that Chromium
 * keeps beside the page. NaN where there is no /proc.
 * @param {Page} page
 * @returns {Promise<number>}
 */
export async function resident(page) {
  const session = await page.context().browser()?.newBrowserCDPSession();
  if (!session) return NaN;
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentOf(id));
  return Math.max(...sizes);
}

/** @param {number} id of a process */
function residentOf(id) {
  try {
    return Number(readFileSync(`/proc/${id}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/)?.[1]) / 1000;
  } catch {
    return NaN;
  }
}
