/** A Chromium of its own for each visit, with a profile that can be kept for the next. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import puppeteer from 'puppeteer-core';

import { CHROME, QUIET, SWIFTSHADER } from '../../browser/support/chromium.js';

/** @typedef {import('puppeteer-core').Browser} Browser */
/** @typedef {import('puppeteer-core').Page} Page */

/** Longest that anything may take: a network on an emulated GPU takes its time. In milliseconds. */
const PATIENCE = 600_000;

const FLAGS = [
  ...QUIET,
  // Every name of the contestants is this machine.
  '--host-resolver-rules=MAP *.localhost 127.0.0.1',
  // Else one more process waits for the next tab, and is counted.
  '--disable-features=SpareRendererForSitePerProcess',
];

/** An adapter for WebGPU: the system's own, or the emulated one. */
/** @typedef {'system' | 'swiftshader'} Adapter */

/** @type {Record<Adapter, string[]>} */
const ADAPTER_FLAGS = { system: ['--enable-unsafe-webgpu'], swiftshader: SWIFTSHADER };

/**
 * @param {string} profile folder
 * @param {Adapter | null} adapter
 * @returns {Promise<Browser>}
 */
export function launch(profile, adapter) {
  return puppeteer.launch({
    executablePath: CHROME,
    headless: true,
    userDataDir: profile,
    args: [...FLAGS, ...(adapter ? ADAPTER_FLAGS[adapter] : [])],
    protocolTimeout: PATIENCE,
  });
}

/**
 * Runs `body` with a new profile, which is removed after it.
 * @template Result
 * @param {(profile: string) => Promise<Result>} body
 */
export async function withProfile(body) {
  const profile = mkdtempSync(join(tmpdir(), 'undercover-bench-'));
  try {
    return await body(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * Runs `body` in a browser that is closed after it.
 * @template Result
 * @param {string} profile
 * @param {Adapter | null} adapter
 * @param {(browser: Browser) => Promise<Result>} body
 */
export async function withBrowser(profile, adapter, body) {
  const browser = await launch(profile, adapter);
  try {
    return await body(browser);
  } finally {
    await browser.close();
  }
}

/**
 * The browser's only tab, or a further one, on a contestant's page.
 * @param {Browser} browser
 * @param {string} address
 * @param {boolean} [further]
 */
export async function open(browser, address, further = false) {
  const page = further ? await browser.newPage() : (await browser.pages())[0];
  page.setDefaultTimeout(PATIENCE);
  await page.goto(address, { waitUntil: 'domcontentloaded' });
  return page;
}

/** Adapters that compute on the processor: of Chromium, and of Mesa where a system has no GPU. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe/i;

/**
 * The adapter that pages get: the system's if it has one, else the emulated one.
 * @param {string} address of a page
 * @returns {Promise<{adapter: Adapter, name: string, emulated: boolean}>}
 */
export async function findAdapter(address) {
  for (const adapter of /** @type {const} */ (['system', 'swiftshader'])) {
    const name = await withProfile((profile) => withBrowser(profile, adapter, (browser) => adapterName(browser, address)));
    if (name) return { adapter, name, emulated: SOFTWARE.test(name) };
  }
  throw new Error('this Chromium has no WebGPU, not even an emulated one');
}

/**
 * @param {Browser} browser
 * @param {string} address of a page
 */
async function adapterName(browser, address) {
  const page = await open(browser, address);
  return page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return null;
    const { vendor, architecture, description } = adapter.info;
    return [vendor, architecture, description].filter(Boolean).join(' ');
  });
}
