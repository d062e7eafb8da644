/** What an element needs once it is asked: the shared classifier, and the answer in the element's parts. */

import { Wording } from '../../texts/wording.js';
import { drawCentreSquare } from '../draw.js';
import { UndercoverError, toUndercoverError } from '../errors.js';
import { Lease } from '../shared.js';
import { toBlob } from '../sources.js';
import { AnswerPart } from './answer-part.js';
import { make } from './facade.js';

/** @typedef {import('../answer.js').Answer} Answer */
/** @typedef {import('../sources.js').Source} Source */
/** @typedef {import('../progress.js').Progress} Progress */
/** @typedef {import('./element.js').UnderCover} UnderCover */

/** By a name, as bundlers rewrite what is written out. */
const HERE = import.meta.url;

/** Of the canvas over the cover, in pixels. */
const SIDE = 512;

export class Controller {
  #element;
  #facade;
  #internals;
  #answer;
  #wording = Wording.english;
  /** @type {Lease | null} */
  #lease = null;
  /** Of the latest question: the one before is no longer wanted. */
  #asked = new AbortController();

  /**
   * @param {UnderCover} element
   * @param {import('./facade.js').Facade} facade
   * @param {ElementInternals} internals
   */
  constructor(element, facade, internals) {
    this.#element = element;
    this.#facade = facade;
    this.#internals = internals;
    this.#answer = new AnswerPart(facade, () => this.#again());
  }

  /**
   * @param {Source | null} source
   * @param {{signal?: AbortSignal}} options
   * @returns {Promise<Answer>}
   */
  async classify(source, { signal }) {
    this.#stop('Another cover was asked for.');
    const asked = (this.#asked = new AbortController());
    this.#busy(true);
    try {
      const answer = await this.#ask(source, signal ? AbortSignal.any([asked.signal, signal]) : asked.signal);
      this.#tell('prediction', answer);
      return answer;
    } catch (error) {
      // Whoever took it back has seen to the looks.
      if (!asked.signal.aborted) {
        if (signal?.aborted) this.#answer.forget();
        else await this.#fail(error);
      }
      throw error;
    } finally {
      if (this.#asked === asked) this.#busy(false);
    }
  }

  /** Brings the model before it is asked anything. */
  async load() {
    this.#wording = await Wording.load(this.#element.language);
    try {
      await this.#load();
      this.#say('');
    } catch (error) {
      await this.#fail(error);
    }
  }

  /**
   * Says again, in another language, what is said.
   * @param {string} language
   */
  async translate(language) {
    this.#wording = await Wording.load(language);
    this.#answer.translate(this.#wording);
  }

  /** What was asked is no longer wanted, and what was answered is no more. */
  forget() {
    this.#stop('The element was reset.');
    this.#answer.forget();
    this.#busy(false);
  }

  /** The element is off the page, or wants another model. */
  release() {
    this.#stop('The element was removed.');
    this.#lease?.release();
    this.#lease = null;
  }

  /** @param {string} why */
  #stop(why) {
    this.#asked.abort(new DOMException(why, 'AbortError'));
  }

  /**
   * @param {Source | null} source
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   */
  async #ask(source, signal) {
    if (!source) throw new UndercoverError('source', 'This element has no cover.');
    const { genres, topK, saliency, language } = this.#element;
    this.#wording = await Wording.load(language);
    this.#say(this.#wording.text('starting'));
    const picture = await toBlob(source, signal);
    const undercover = await this.#load(signal);
    const whole = await undercover.classify(picture, { ...(genres.length ? { genres } : {}), saliency, signal });
    const bitmap = await createImageBitmap(picture).catch(() => null);
    signal.throwIfAborted();
    if (bitmap) this.#show(bitmap);
    this.#answer.show(whole, topK, this.#wording);
    return { ...whole, predictions: whole.predictions.slice(0, topK) };
  }

  /** @param {AbortSignal} [signal] */
  #load(signal) {
    const { base, model, backend } = this.#element;
    this.#lease ??= new Lease({ base: base || new URL('../../', HERE).href, model: model || undefined, backend });
    return this.#lease.load((progress) => this.#progress(progress), signal);
  }

  /** @param {Progress} progress */
  #progress(progress) {
    this.#tell('progress', progress);
    const { stage, loaded, total } = progress;
    if (stage !== 'model' || !total) return;
    const megabytes = (/** @type {number} */ bytes) => this.#wording.number(bytes / 1e6, 1);
    const words = { loaded: megabytes(loaded), total: megabytes(total) };
    this.#say(loaded < total ? this.#wording.text('loadingBytes', words) : this.#wording.text('starting'));
  }

  /**
   * What was looked at, on a canvas: the page's policy may forbid images that are not its own.
   * @param {ImageBitmap} bitmap
   */
  #show(bitmap) {
    const size = String(SIDE);
    const canvas = /** @type {HTMLCanvasElement} */ (make('canvas', { part: 'picture', width: size, height: size }));
    const context = canvas.getContext('2d');
    if (context) drawCentreSquare(context, bitmap);
    bitmap.close();
    for (const before of this.#facade.cover.querySelectorAll('canvas')) before.remove();
    this.#facade.cover.append(canvas);
  }

  /** Another cover: back to the page's own, or to the file chooser. */
  #again() {
    this.#element.reset();
    this.#facade.file.value = '';
    if (!this.#element.cover) this.#facade.file.click();
    this.#facade.ask.focus();
  }

  /** @param {unknown} error */
  async #fail(error) {
    const trouble = toUndercoverError(error, 'other');
    this.#wording = await Wording.load(this.#element.language);
    this.#say(this.#wording.errorText(trouble));
    this.#facade.file.value = '';
    this.#tell('error', trouble);
  }

  /** @param {string} words */
  #say(words) {
    this.#facade.status.part = 'status';
    this.#facade.status.textContent = words;
  }

  /** @param {boolean} busy */
  #busy(busy) {
    if (busy) this.#internals.states?.add('busy');
    else this.#internals.states?.delete('busy');
    // Not `disabled`, which would take the focus from whoever pressed it.
    this.#facade.ask.ariaDisabled = String(busy);
    this.#element.ariaBusy = String(busy);
  }

  /**
   * @param {'progress' | 'prediction' | 'error'} what
   * @param {unknown} detail
   */
  #tell(what, detail) {
    const event = new CustomEvent(`undercover-${what}`, { detail, bubbles: true, composed: true });
    this.#element.dispatchEvent(event);
  }
}
