/**
 * The CPU way in stock Firefox, over WebDriver BiDi: a second engine's modules, workers, WebAssembly and canvas.
 * `FIREFOX` names another one.
 */

import { existsSync } from 'node:fs';

import { test as base, expect } from '@playwright/test';
import puppeteer from 'puppeteer-core';

import { cover } from './support/pictures.js';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/** In milliseconds. */
const PATIENCE = { timeout: 60_000 };

/** @typedef {import('puppeteer-core').Page} FirefoxPage */

const test = base.extend(
  /** @type {any} */ ({
    firefox: async (/** @type {any} */ { baseURL }, /** @type {any} */ use) => {
      expect(existsSync(FIREFOX), `${FIREFOX} is there`).toBe(true);
      const browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true });
      const page = await browser.newPage();
      /** @type {string[]} */
      const foreign = [];
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && url.origin !== new URL(baseURL).origin) foreign.push(url.href);
      });
      await use(page);
      await browser.close();
      expect(foreign, 'requests to other origins').toEqual([]);
    },
  }),
);

/**
 * Drops a picture onto the page.
 * @param {FirefoxPage} page
 * @param {string} name
 * @param {Buffer} picture
 */
const drop = (page, name, picture) =>
  page.evaluate(
    (name, base64) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: 'image/png' }));
      document.querySelector('main')?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    },
    name,
    picture.toString('base64'),
  );

test('the page answers in Firefox, with a map, and names what it cannot read', async (/** @type {any} */ { firefox, baseURL }) => {
  /** @type {FirefoxPage} */
  const page = firefox;
  await page.goto(`${baseURL}?backend=cpu`);
  await drop(page, 'fox.png', cover(151));
  await page.waitForFunction(() => document.querySelector('#sleeve')?.getAttribute('data-state') === 'done', PATIENCE);
  const shown = await page.evaluate(() => ({
    backend: document.querySelector('#backend')?.getAttribute('data-backend'),
    rows: document.querySelectorAll('#tracks tr').length,
    strength: /** @type {HTMLInputElement} */ (document.querySelector('#evidence-strength')).disabled,
  }));
  expect(shown).toEqual({ backend: 'cpu', rows: 10, strength: false });
  await drop(page, 'text.jpg', Buffer.from('This is a letter.'));
  await page.waitForFunction(() => document.querySelector('#status')?.getAttribute('data-kind') === 'error', PATIENCE);
});

test('the API and the element answer in Firefox, with the logits of the native program', async (/** @type {any} */ { firefox, baseURL }) => {
  /** @type {FirefoxPage} */
  const page = firefox;
  await page.goto(`${baseURL}embed.html?lang=en&backend=cpu&src=samples/nocturnes.webp&loading=eager`);
  const rows = () => (document.querySelector('under-cover')?.shadowRoot?.querySelectorAll('tr').length ?? 0) === 3;
  await page.waitForFunction(rows, PATIENCE);
  const { passed, backend } = await page.evaluate(async () => {
    const { Undercover } = await import(new URL('undercover.js', document.baseURI).href);
    // Loading is passing the self-test: the logits that the native program computed, within the bundle's tolerance.
    const undercover = await Undercover.load({ backend: 'cpu' });
    const { backend } = await undercover.classify('samples/quintet.webp');
    undercover.dispose();
    return { passed: true, backend };
  });
  expect({ passed, backend }).toEqual({ passed: true, backend: 'cpu' });
});
