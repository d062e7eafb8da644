/**
 * The site in headless Chromium: once without any GPU adapter, once with real WebGPU on SwiftShader, which computes
 * on the processor and is therefore slow.
 *
 * `CHROME` names another Chromium; `UNDERCOVER_URL` a server that runs already.
 */

import { defineConfig } from '@playwright/test';

import { CHROME, QUIET, SWIFTSHADER } from './support/chromium.js';

const PORT = 41_783;
const address = process.env.UNDERCOVER_URL ?? `http://127.0.0.1:${PORT}/`;

/** @param {string[]} flags */
const chromium = (flags) => ({
  launchOptions: { executablePath: CHROME, args: [...QUIET, ...flags] },
});

export default defineConfig({
  testDir: '.',
  outputDir: '../../target/browser-tests',
  // The network takes all that a small machine has.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 30_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  // What a service worker answers cannot be changed by a test: those that are about it allow it.
  use: { baseURL: address, browserName: 'chromium', screenshot: 'only-on-failure', serviceWorkers: 'block' },
  projects: [
    { name: 'cpu', testMatch: '*.cpu.js', use: chromium([]) },
    { name: 'webgpu', testMatch: '*.webgpu.js', timeout: 300_000, use: chromium(SWIFTSHADER) },
  ],
  webServer: process.env.UNDERCOVER_URL
    ? undefined
    : { command: `cargo xtask serve --no-build --port ${PORT}`, url: address, cwd: '../..', timeout: 300_000 },
});
