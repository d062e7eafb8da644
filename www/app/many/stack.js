/** Many covers at once: a grid that fills as the answers come. */

import { create, element } from '../dom.js';
import { errorText, genreName, text } from '../i18n.js';
import { say } from '../view/status.js';
import { Entry } from './entry.js';
import { save, toCsv, toJson } from './export.js';
import { showMix } from './mix.js';
import { ALL, FAILED, arrange, countGenres } from './order.js';
import { Thumbnails } from './thumbnails.js';

/** @typedef {import('../pictures.js').Picture} Picture */
/** @typedef {'idle' | 'running' | 'stopped'} Run */

/** How often the grid is sorted anew while answers come, in milliseconds. */
const REARRANGE = 600;

export class Stack {
  #root = element('many', HTMLElement);
  #grid = element('many-grid', HTMLUListElement);
  #count = element('many-count', HTMLElement);
  #progress = element('many-progress', HTMLProgressElement);
  #mix = element('many-mix', HTMLElement);
  #cancel = element('many-cancel', HTMLButtonElement);
  #sort = element('many-sort', HTMLSelectElement);
  #filter = element('many-filter', HTMLSelectElement);
  #thumbnails = new Thumbnails();
  /** @type {Entry[]} */
  #entries = [];
  /** The first that has not been asked about. */
  #next = 0;
  /** @type {Run} */
  #run = 'idle';
  #abort = new AbortController();
  #rearranged = 0;
  #classifier;
  #onOpen;

  /**
   * @param {import('../classifier.js').LazyClassifier} classifier
   * @param {(entry: Entry) => void} onOpen told when a cover is picked out of the stack
   */
  constructor(classifier, onOpen) {
    this.#classifier = classifier;
    this.#onOpen = onOpen;
    this.#cancel.addEventListener('click', () => this.#stop());
    element('many-clear', HTMLButtonElement).addEventListener('click', () => this.#clear());
    for (const select of [this.#sort, this.#filter]) select.addEventListener('change', () => this.#arrange());
    element('many-csv', HTMLButtonElement).addEventListener('click', () =>
      save('undercover.csv', toCsv(this.#entries), 'text/csv'),
    );
    element('many-json', HTMLButtonElement).addEventListener('click', () =>
      save('undercover.json', toJson(this.#entries), 'application/json'),
    );
  }

  /**
   * Puts covers on the stack, and goes on until all are answered.
   * @param {Picture[]} pictures
   */
  async add(pictures) {
    for (const picture of pictures) {
      const entry = new Entry(picture, this.#entries.length, this.#onOpen);
      this.#entries.push(entry);
      this.#thumbnails.add(entry);
    }
    const first = this.#root.hidden;
    this.#root.hidden = false;
    this.#arrange();
    if (first) this.#root.scrollIntoView({ block: 'start' });
    if (this.#run !== 'running') await this.#work();
  }

  /** Again, in the language of now. */
  refresh() {
    for (const entry of this.#entries) entry.render();
    this.#arrange();
  }

  async #work() {
    this.#run = 'running';
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    say(text('manyProgress', this.#figures));
    try {
      const undercover = await this.#classifier.load();
      while (this.#next < this.#entries.length) await this.#ask(undercover, signal);
      this.#end('idle', text('manyDone', this.#figures));
    } catch (error) {
      // Without a network no cover can be judged; it may be loaded later. What was aborted is asked again when the
      // stack goes on.
      if (!signal.aborted) this.#end('stopped', errorText(/** @type {Error} */ (error)));
    }
  }

  /**
   * About all that there are; more may have been added meanwhile.
   * @param {import('../../undercover.js').Undercover} undercover
   * @param {AbortSignal} signal
   */
  async #ask(undercover, signal) {
    const entries = this.#entries.slice(this.#next);
    const pictures = entries.map((entry) => entry.picture.source);
    for await (const { index, ...result } of undercover.classifyAll(pictures, { signal })) {
      signal.throwIfAborted();
      this.#settle(entries[index], result);
    }
  }

  /**
   * @param {Entry} entry
   * @param {{answer: import('../../lib/answer.js').Answer} | {error: unknown}} result
   */
  #settle(entry, result) {
    if ('answer' in result) entry.answer = result.answer;
    else entry.trouble = /** @type {Error} */ (result.error);
    this.#next += 1;
    entry.render();
    this.#tick();
  }

  #stop() {
    if (this.#run !== 'running') return;
    this.#abort.abort();
    this.#end('stopped', text('manyStopped', this.#figures));
  }

  /**
   * @param {Run} run
   * @param {string} words
   */
  #end(run, words) {
    this.#run = run;
    this.#arrange();
    say(words);
  }

  #clear() {
    this.#abort.abort();
    this.#run = 'idle';
    this.#thumbnails.clear();
    this.#entries = [];
    this.#next = 0;
    this.#grid.replaceChildren();
    this.#root.hidden = true;
    say('');
    element('file', HTMLInputElement).focus();
  }

  get #figures() {
    const failed = this.#entries.filter(({ trouble }) => trouble).length;
    return { done: this.#next, sorted: this.#next - failed, failed, total: this.#entries.length };
  }

  /** After each answer. */
  #tick() {
    // A screen reader hears of every quarter, not of every cover.
    if (this.#next % Math.ceil(this.#entries.length / 4) === 0) say(text('manyProgress', this.#figures));
    const arranged = this.#sort.value === 'order' && this.#filter.value === ALL;
    if (!arranged && performance.now() - this.#rearranged > REARRANGE) this.#arrange();
    else this.#showProgress();
  }

  #arrange() {
    this.#rearranged = performance.now();
    this.#fillFilter();
    const cells = arrange(this.#entries, this.#sort.value, this.#filter.value).map(({ cell }) => cell);
    const unchanged = cells.length === this.#grid.children.length && cells.every((cell, at) => cell === this.#grid.children[at]);
    if (!unchanged) this.#grid.replaceChildren(...cells);
    this.#showProgress();
  }

  #showProgress() {
    const { done, failed, total } = this.#figures;
    this.#progress.value = total ? done / total : 0;
    showMix(this.#mix, { genres: countGenres(this.#entries), failed, left: total - done });
    const words = { idle: 'manyDone', running: 'manyProgress', stopped: 'manyStopped' };
    this.#count.textContent = text(/** @type {'manyDone'} */ (words[this.#run]), this.#figures);
    this.#cancel.disabled = this.#run !== 'running';
  }

  /** The genres that there are, with their numbers; what was selected stays. */
  #fillFilter() {
    const selected = this.#filter.value || ALL;
    const genres = countGenres(this.#entries).map(([genre, count]) => option(genre, `${genreName(genre)} (${count})`));
    this.#filter.replaceChildren(option(ALL, text('filterAll')), ...genres, option(FAILED, text('filterFailed')));
    this.#filter.value = selected;
    if (!this.#filter.value) this.#filter.value = ALL;
  }
}

/**
 * @param {string} value
 * @param {string} words
 */
function option(value, words) {
  return create('option', { value, text: words });
}
