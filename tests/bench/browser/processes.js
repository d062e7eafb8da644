/** What the processes of a browser have used, as the kernel counts it. */

import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Usage
 * @property {number} cpuSeconds of all renderers and the GPU process, user and system
 * @property {number} peakTab most that was resident of the tab's process, in MB, since Chromium last reset that
 * @property {number} peakGpu the same of the GPU process
 * @property {number} tab what is resident of the tab's process now, in MB
 */

/** Kernel ticks in a second, as Linux tells programs on all its architectures. */
const TICKS = 100;

/**
 * Of a browser with one tab.
 * @param {import('puppeteer-core').Browser} browser
 * @returns {Promise<Usage>}
 */
export async function usage(browser) {
  const session = await browser.target().createCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const of = (/** @type {string} */ type) => processInfo.filter((info) => info.type === type).map(({ id }) => read(id));
  const [renderers, gpu] = [of('renderer'), of('GPU')];
  const total = (/** @type {Process[]} */ processes, /** @type {keyof Process} */ key) =>
    processes.reduce((sum, process) => sum + process[key], 0);
  // The tab's is the largest: others are on their way out.
  const tab = renderers.reduce((largest, process) => (process.peak > largest.peak ? process : largest));
  return {
    cpuSeconds: total([...renderers, ...gpu], 'cpuSeconds'),
    peakTab: tab.peak,
    peakGpu: total(gpu, 'peak'),
    tab: tab.resident,
  };
}

/** @typedef {Pick<Usage, 'peakTab' | 'peakGpu'>} Peak */

/**
 * The peak over both times: Chromium resets the kernel's now and then, for its own statistics.
 * @param {Peak} before
 * @param {Peak} after
 * @returns {Peak}
 */
export function higherPeak(before, after) {
  return { peakTab: Math.max(before.peakTab, after.peakTab), peakGpu: Math.max(before.peakGpu, after.peakGpu) };
}

/** @typedef {{cpuSeconds: number, peak: number, resident: number}} Process memory in MB */

/**
 * @param {number} id
 * @returns {Process}
 */
function read(id) {
  // What follows the program's name, which may hold anything: see proc(5).
  const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const status = readFileSync(`/proc/${id}/status`, 'utf8');
  const megabytes = (/** @type {string} */ name) => Number(status.match(`${name}:\\s+(\\d+) kB`)?.[1]) / 1000;
  const [user, system] = [fields[11], fields[12]].map(Number);
  return { cpuSeconds: (user + system) / TICKS, peak: megabytes('VmHWM'), resident: megabytes('VmRSS') };
}
