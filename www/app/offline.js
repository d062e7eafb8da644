/** The site without a connection, and the news that there is a new version. */

import { scriptUrl } from '../lib/trusted.js';
import { element } from './dom.js';
import { text } from './i18n.js';
import { say } from './view/status.js';

/** Registers the service worker, where the browser and the host have what it needs. */
export async function workOffline() {
  try {
    const container = navigator.serviceWorker;
    if (!container) return;
    reloadOnChange(container);
    const address = scriptUrl(new URL('../sw.js', import.meta.url));
    const registration = await container.register(address, { updateViaCache: 'none' });
    if (registration.waiting) announce(registration);
    registration.addEventListener('updatefound', () => watch(registration));
  } catch {
    // A host without the list of files, a browser that keeps nothing, a frame in a sandbox: the page works as long as
    // there is a connection.
  }
}

/**
 * All tabs change versions together, so that none asks one version for a part of the other.
 * @param {ServiceWorkerContainer} container
 */
function reloadOnChange(container) {
  let controlled = container.controller !== null;
  container.addEventListener('controllerchange', () => {
    // The first one takes over what it has itself just kept.
    if (controlled) location.reload();
    controlled = true;
  });
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  const { installing } = registration;
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed' && navigator.serviceWorker.controller) announce(registration);
  });
}

/** @param {ServiceWorkerRegistration} registration */
function announce(registration) {
  element('update', HTMLElement).hidden = false;
  say(text('updateReady'));
  element('update-now', HTMLButtonElement).addEventListener('click', () => registration.waiting?.postMessage('use-now'), {
    once: true,
  });
}
