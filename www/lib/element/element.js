/** The class of `<under-cover>`: a light facade; what is heavy comes with the first wish for an answer. */

import { ATTRIBUTES, Attributes } from './attributes.js';
import { Facade } from './facade.js';

/** @typedef {import('../answer.js').Answer} Answer */
/** @typedef {import('../sources.js').Source} Source */
/** @typedef {import('./controller.js').Controller} Controller */

/** Code only; the model comes with a question. */
const bring = () => (brought ??= import('./controller.js').finally(() => (brought = null)));
/** On its way. @type {Promise<typeof import('./controller.js')> | null} */
let brought = null;

/** By a name, as bundlers rewrite what is written out. */
const HERE = import.meta.url;

const QUESTION = ['src', 'genres', 'top-k', 'saliency', 'backend', 'model', 'base'];

export class UnderCover extends Attributes {
  static observedAttributes = ATTRIBUTES;

  #internals = this.attachInternals();
  #facade = new Facade(this.attachShadow({ mode: 'open' }));
  /** @type {Controller | null} */
  #controller = null;
  /** Counts what makes earlier questions unwanted. */
  #era = 0;
  #connected = false;

  constructor() {
    super();
    const { ask, file, slot } = this.#facade;
    ask.addEventListener('click', () => (this.cover ? this.#ask() : file.click()));
    file.addEventListener('change', () => this.#take(file.files));
    slot.addEventListener('slotchange', () => this.#label());
    this.addEventListener('dragover', (event) => this.#drag(event, true));
    this.addEventListener('dragleave', (event) => this.#drag(event, false));
    this.addEventListener('drop', (event) => this.#drop(event));
    this.addEventListener('paste', (event) => this.#take(event.clipboardData?.files));
    for (const intent of ['pointerenter', 'focusin']) this.addEventListener(intent, () => void bring().catch(() => {}), { once: true });
  }

  connectedCallback() {
    const moved = this.#connected;
    this.adoptEarlyProperties();
    this.#connected = true;
    this.#arrange();
    if (!moved) this.#begin();
  }

  /** It may be moved only: taken off the page and put elsewhere, in one go. */
  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#era += 1;
      this.#connected = false;
      this.#controller?.release();
    });
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#connected) return;
    if (QUESTION.includes(name)) this.reset();
    if (['backend', 'model', 'base'].includes(name)) this.#controller?.release();
    if (name === 'lang') this.#controller?.translate(this.language);
    this.#arrange();
    if (name === 'src' || name === 'loading') this.#begin();
  }

  /**
   * Tells the genre of the element's cover, or of another picture, and shows it.
   * @param {Source} [source] the element's own cover by default
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<Answer>}
   * @throws {import('../errors.js').UndercoverError} why there is no answer; the event `undercover-error` tells it too
   */
  async classify(source, options = {}) {
    const controller = await this.#bring();
    return controller.classify(source ?? this.cover, options);
  }

  /** Back to what it was at first; what is asked is no longer wanted. */
  reset() {
    this.#era += 1;
    this.#controller?.forget();
    this.#label();
  }

  /** The page's own cover: the address of one, or an image within the element. */
  get cover() {
    return this.src ? new URL(this.src, document.baseURI) : this.querySelector('img');
  }

  /** Its own, that of what it is in, or the browser's. */
  get language() {
    return this.closest('[lang]')?.getAttribute('lang') || navigator.language;
  }

  async #bring() {
    const era = this.#era;
    const { Controller } = await bring().catch((cause) => this.#fail(cause));
    if (era !== this.#era) throw new DOMException('The element was reset or removed.', 'AbortError');
    return (this.#controller ??= new Controller(this, this.#facade, this.#internals));
  }

  /**
   * What tells of errors is what did not come. Browsers differ in whether a script that failed is fetched again
   * before the page is loaded anew.
   * @param {unknown} cause
   * @returns {never}
   */
  #fail(cause) {
    const message = `The program ${new URL('controller.js', HERE).href} could not be loaded.`;
    const detail = Object.assign(new Error(message, { cause }), { name: 'UndercoverError', code: 'program-unreachable' });
    this.#facade.fail(this.language);
    this.dispatchEvent(new CustomEvent('undercover-error', { detail, bubbles: true, composed: true }));
    throw detail;
  }

  /** Asks about the cover if there is one; else brings the model for the first one. */
  #begin() {
    if (this.loading !== 'eager') return;
    if (this.cover) this.#ask();
    else this.#bring().then((controller) => controller.load()).catch(() => {});
  }

  /** The element itself tells what goes wrong. @param {Source} [source] */
  #ask(source) {
    this.classify(source).catch(() => {});
  }

  #arrange() {
    this.#facade.show(this.src);
    this.#facade.frame.style.setProperty('--_rows', String(Math.min(this.topK, this.genres.length || 10)));
    this.#label();
  }

  #label() {
    this.#facade.label(this.language, Boolean(this.cover));
  }

  /** @param {FileList | null | undefined} files */
  #take(files) {
    if (files?.length) this.#ask(files[0]);
  }

  /**
   * @param {DragEvent} event
   * @param {boolean} over
   */
  #drag(event, over) {
    event.preventDefault();
    if (over) this.#internals.states?.add('dragging');
    else this.#internals.states?.delete('dragging');
  }

  /** @param {DragEvent} event */
  #drop(event) {
    this.#drag(event, false);
    // The page may take drops as well; this one was for the element.
    event.stopPropagation();
    const address = event.dataTransfer?.getData('text/uri-list').split(/\r?\n/).find((line) => /^[^#]/.test(line));
    if (event.dataTransfer?.files.length) this.#take(event.dataTransfer.files);
    else if (address) this.#ask(address);
  }
}
