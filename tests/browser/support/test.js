/** `test` with a page that is watched: whatever a test does, these hold at its end. */

import { test as base, expect } from '@playwright/test';

/**
 * @typedef {object} Watched
 * @property {string[]} requests to other origins
 * @property {string[]} violations of the content security policy
 * @property {string[]} errors that nobody caught
 */

/**
 * @type {import('@playwright/test').Fixtures<{watched: Watched}, {}, import('@playwright/test').PlaywrightTestArgs &
 *   import('@playwright/test').PlaywrightTestOptions, import('@playwright/test').PlaywrightWorkerArgs>}
 */
const fixtures = {
  watched: [
    async ({ page, baseURL }, use) => {
      /** @type {Watched} */
      const watched = { requests: [], violations: [], errors: [] };
      const origin = new URL(baseURL ?? '').origin;
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && url.origin !== origin) watched.requests.push(url.href);
      });
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) watched.violations.push(message.text());
      });
      page.on('pageerror', (error) => watched.errors.push(String(error)));
      await use(watched);
      expect(watched.requests, 'requests to other origins').toEqual([]);
      expect(watched.violations, 'violations of the content security policy').toEqual([]);
      expect(watched.errors, 'uncaught errors').toEqual([]);
    },
    { auto: true },
  ],
};

export const test = base.extend(fixtures);

export { expect };
