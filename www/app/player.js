/** One cover at a time: shows it, asks about it, shows the answer. */

import { toBlob } from '../lib/sources.js';
import { element } from './dom.js';
import { errorText, text } from './i18n.js';
import { AnswerView } from './view/answer.js';
import { Sleeve } from './view/sleeve.js';
import { said, say } from './view/status.js';

/** @typedef {import('../lib/answer.js').Answer} Answer */
/** @typedef {import('./pictures.js').Picture} Picture */

export class Player {
  #sleeve = new Sleeve(() => element('file', HTMLInputElement).click());
  #view = new AnswerView();
  #retry = element('retry', HTMLButtonElement);
  /** Of the latest picture: the one before is no longer wanted. */
  #asked = new AbortController();
  #ready = false;
  #classifier;
  #loading;
  #credits;

  /**
   * @param {import('./classifier.js').LazyClassifier} classifier
   * @param {import('./view/loading.js').Loading} loading
   * @param {import('./view/credits.js').Credits} credits
   */
  constructor(classifier, loading, credits) {
    this.#classifier = classifier;
    this.#loading = loading;
    this.#credits = credits;
    this.#retry.addEventListener('click', () => this.load());
  }

  /** Brings the network, unless it is there. Tells how that ends. */
  async load() {
    this.#retry.hidden = true;
    this.#loading.start();
    say(text('loading'));
    try {
      const { manifest } = await this.#classifier.load();
      this.#ready = true;
      if (manifest) this.#view.genreSets = manifest.genre_sets;
      // Whoever has handed over covers already hears of those.
      if (said() === text('loading')) say(text('ready'));
    } catch (error) {
      this.#retry.hidden = false;
      this.complain(/** @type {Error} */ (error));
    } finally {
      this.#loading.end();
    }
  }

  /**
   * Brings the answer's place into sight, where the cover may have been picked far below it.
   * @param {Picture} picture
   */
  async play(picture) {
    this.#asked.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    this.#begin(picture);
    this.#view.reveal();
    try {
      const blob = await toBlob(picture.source, signal);
      const [answer] = await Promise.all([this.#ask(blob, signal), this.#sleeve.show(blob, picture.name)]);
      if (!signal.aborted) this.#finish(picture, answer);
    } catch (error) {
      if (!signal.aborted) this.complain(/** @type {Error} */ (error));
    }
  }

  /** @param {{code?: string, message?: string, detail?: string}} error */
  complain(error) {
    if (this.#sleeve.state === 'busy') {
      this.#sleeve.state = 'failed';
      this.#view.show(null);
    }
    say(errorText(error), 'error');
  }

  /** Again, in the language of now. */
  refresh() {
    this.#view.refresh();
    this.#credits.refresh();
    say('');
  }

  /** @param {Picture} picture */
  #begin({ name }) {
    this.#sleeve.clear();
    this.#sleeve.state = 'busy';
    say(text(this.#ready ? 'looking' : 'waiting', { name }));
  }

  /**
   * @param {Blob} picture
   * @param {AbortSignal} signal
   */
  async #ask(picture, signal) {
    const undercover = await this.#classifier.load();
    return undercover.classify(picture, { saliency: true, signal });
  }

  /**
   * @param {Picture} picture
   * @param {Answer} answer
   */
  #finish({ name }, answer) {
    this.#view.show(answer);
    this.#sleeve.state = 'done';
    this.#credits.showAnswer(answer);
    say(text('answer', { name, verdict: this.#view.sentence }));
  }
}
