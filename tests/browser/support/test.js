/** `test` with a browser that is watched: whatever a test does, these hold at its end. */

import { test as base, expect } from '@playwright/test';

import { startCopy, startHost } from './host.js';

/**
 * @typedef {object} Watched
 * @property {string[]} requests to other origins, of every page, frame and worker
 * @property {string[]} violations of the content security policy
 * @property {string[]} errors that nobody caught
 * @property {(origin: string) => void} allow one more origin: a page of another site that the test opens
 */

/** @typedef {(pages: Record<string, import('./host.js').HostPage>) => Promise<string>} StartSite */

/**
 * @type {import('@playwright/test').Fixtures<{watched: Watched, otherSite: StartSite, copy: import('./host.js').Copy}, {},
 *   import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions,
 *   import('@playwright/test').PlaywrightWorkerArgs>}
 */
const fixtures = {
  watched: [
    async ({ context, baseURL }, use) => {
      const origins = new Set([new URL(baseURL ?? '').origin]);
      /** @type {Watched} */
      const watched = { requests: [], violations: [], errors: [], allow: (origin) => void origins.add(origin) };
      context.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && !origins.has(url.origin)) watched.requests.push(url.href);
      });
      context.on('console', (message) => {
        if (/Content Security Policy|requires 'Trusted/.test(message.text())) watched.violations.push(message.text());
      });
      context.on('weberror', (error) => watched.errors.push(String(error.error())));
      await use(watched);
      expect(watched.requests, 'requests to other origins').toEqual([]);
      expect(watched.violations, 'violations of the content security policy').toEqual([]);
      expect(watched.errors, 'uncaught errors').toEqual([]);
    },
    { auto: true },
  ],

  /** A copy of the site in a sub-folder, as a project's page of a static host is. */
  copy: async ({ baseURL, watched }, use) => {
    const copy = await startCopy(baseURL ?? '', '/shelf/undercover/');
    watched.allow(new URL(copy.address).origin);
    await use(copy);
    await copy.close();
  },

  /** Starts another site, whose address it answers; it ends with the test. */
  otherSite: async ({ watched }, use) => {
    /** @type {(() => Promise<void>)[]} */
    const closers = [];
    await use(async (pages) => {
      const { origin, close } = await startHost(pages);
      closers.push(close);
      watched.allow(origin);
      return origin;
    });
    for (const close of closers) await close();
  },
};

export const test = base.extend(fixtures);

export { expect };
