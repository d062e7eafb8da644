/**
 * Badges with the genre on covers that a page already shows.
 *
 *     import { annotate } from './annotate.js';
 *     const annotation = annotate('.shelf img', { genres: ['jazz', 'metal'] });
 *     annotation.stop();
 *
 * Each cover is looked at when it scrolls into view; nothing heavy is loaded before the first one does.
 */

import { Badge } from './lib/annotate/badge.js';

/** @typedef {import('./lib/answer.js').Answer} Answer */

/**
 * @typedef {object} AnnotateOptions
 * @property {string[]} [genres] answer for these genres only
 * @property {number} [least] the least probability, from 0 to 1, that gets a badge; 0 by default
 * @property {(answer: Answer, image: HTMLImageElement) => string | Node | null} [badge] what the badge holds, or null
 *   for none; genre and per cent by default
 * @property {string} [lang] of the badges; the document's by default
 * @property {string} [rootMargin] how far out of view a cover is looked at, as of an `IntersectionObserver`
 * @property {'auto' | 'cpu' | 'webgpu'} [backend]
 * @property {string} [model] folder of another model
 * @property {string} [base] folder of the program, where a bundler has moved this script away from it
 * @property {(answer: Answer, image: HTMLImageElement) => void} [onAnswer]
 * @property {(error: unknown, image: HTMLImageElement) => void} [onError] such as `address-refused`, where a cover
 *   is another site's and that site does not let it be read: it then has no badge
 * @property {AbortSignal} [signal] stops it
 */

/** By a name, as bundlers rewrite what is written out. */
const HERE = import.meta.url;

/**
 * @param {string | Iterable<HTMLImageElement>} images a selector, or the images themselves
 * @param {AnnotateOptions} [options]
 * @returns {Annotation}
 */
export function annotate(images, options = {}) {
  const found = typeof images === 'string' ? document.querySelectorAll(images) : images;
  return new Annotation([...found].filter((image) => image instanceof HTMLImageElement), options);
}

export class Annotation {
  #options;
  #stop = new AbortController();
  /** In view, and not asked about yet. @type {Set<HTMLImageElement>} */
  #wanted = new Set();
  /** @type {Map<HTMLImageElement, Badge>} */
  #badges = new Map();
  #working = false;
  /** @type {import('./lib/shared.js').Lease | null} */
  #lease = null;
  #observer;

  /**
   * Use `annotate`.
   * @param {HTMLImageElement[]} images
   * @param {AnnotateOptions} options
   */
  constructor(images, options) {
    this.#options = options;
    this.#observer = new IntersectionObserver((changes) => this.#look(changes), { rootMargin: options.rootMargin ?? '200px' });
    for (const image of images) this.#observer.observe(image);
    options.signal?.addEventListener('abort', () => this.stop(), { once: true });
    if (options.signal?.aborted) this.stop();
  }

  /** Covers that the page has come to show since. @param {Iterable<HTMLImageElement>} images */
  add(images) {
    if (this.#stop.signal.aborted) return;
    for (const image of images) this.#observer.observe(image);
  }

  /** Takes all badges off, and looks at nothing more. */
  stop() {
    this.#stop.abort();
    this.#observer.disconnect();
    this.#wanted.clear();
    for (const badge of this.#badges.values()) badge.remove();
    this.#badges.clear();
    this.#lease?.release();
    this.#lease = null;
  }

  /** @param {IntersectionObserverEntry[]} changes */
  #look(changes) {
    for (const { target, isIntersecting } of changes) {
      const image = /** @type {HTMLImageElement} */ (target);
      if (isIntersecting && !this.#badges.has(image)) this.#wanted.add(image);
      else this.#wanted.delete(image);
    }
    void this.#work();
  }

  /** One after the other, those in view only: whoever scrolls on does not wait for what went by. */
  async #work() {
    if (this.#working) return;
    this.#working = true;
    for (const image of this.#wanted) {
      this.#wanted.delete(image);
      this.#observer.unobserve(image);
      await this.#annotate(image).catch((error) => this.#complain(error, image));
    }
    this.#working = false;
  }

  /** @param {HTMLImageElement} image */
  async #annotate(image) {
    const { signal } = this.#stop;
    const { genres, least = 0, lang = document.documentElement.lang || navigator.language } = this.#options;
    const undercover = await this.#load(signal);
    const answer = await undercover.classify(image, { genres, signal });
    const { Wording } = await import('./texts/wording.js');
    const wording = await Wording.load(lang);
    signal.throwIfAborted();
    const { genre, probability } = answer.predictions[0];
    image.dataset.undercoverGenre = genre;
    this.#options.onAnswer?.(answer, image);
    const make = this.#options.badge ?? (() => `${wording.genreName(genre)} ${wording.percent(probability)}`);
    const content = probability >= least ? make(answer, image) : null;
    if (content !== null) this.#badges.set(image, new Badge(image, content, genre));
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    const { Lease } = await import('./lib/shared.js');
    signal.throwIfAborted();
    const { base = new URL('.', HERE).href, model, backend } = this.#options;
    this.#lease ??= new Lease({ base, model, backend });
    return this.#lease.load(() => {}, signal);
  }

  /**
   * @param {unknown} error
   * @param {HTMLImageElement} image
   */
  #complain(error, image) {
    if (!this.#stop.signal.aborted) this.#options.onError?.(error, image);
  }
}
