/** The attributes of the element, each of which is a property as well. */

/** @typedef {'lazy' | 'eager'} Loading */
/** @typedef {'auto' | 'cpu' | 'webgpu'} BackendChoice */

export const ATTRIBUTES = ['src', 'genres', 'top-k', 'backend', 'saliency', 'lang', 'model', 'base', 'loading'];

/** What an element shows if it is not told how many. */
const SHOWN = 3;

/** An element with the attributes as properties. */
export class Attributes extends HTMLElement {
  /** The address of the cover. */
  get src() {
    return this.getAttribute('src') ?? '';
  }

  set src(address) {
    this.#set('src', address);
  }

  /** The genres to choose from; none for all. */
  get genres() {
    return (this.getAttribute('genres') ?? '').split(/[\s,]+/).filter(Boolean);
  }

  /** @param {string[]} genres */
  set genres(genres) {
    this.#set('genres', [...(genres ?? [])].join(' '));
  }

  /** How many genres are shown. */
  get topK() {
    const count = Number.parseInt(this.getAttribute('top-k') ?? '', 10);
    return count >= 1 ? count : SHOWN;
  }

  set topK(count) {
    this.#set('top-k', String(count ?? ''));
  }

  /** @returns {BackendChoice} */
  get backend() {
    const chosen = this.getAttribute('backend');
    return chosen === 'cpu' || chosen === 'webgpu' ? chosen : 'auto';
  }

  set backend(name) {
    this.#set('backend', name);
  }

  /** Whether to show where on the cover the evidence lies. */
  get saliency() {
    return this.hasAttribute('saliency');
  }

  set saliency(shown) {
    this.toggleAttribute('saliency', Boolean(shown));
  }

  /** The folder of another model. */
  get model() {
    return this.getAttribute('model') ?? '';
  }

  set model(folder) {
    this.#set('model', folder);
  }

  /** The folder of the program, for bundlers. */
  get base() {
    return this.getAttribute('base') ?? '';
  }

  set base(folder) {
    this.#set('base', folder);
  }

  /** `eager` asks at once; otherwise a visitor's wish is waited for. @returns {Loading} */
  get loading() {
    return this.getAttribute('loading') === 'eager' ? 'eager' : 'lazy';
  }

  set loading(when) {
    this.#set('loading', when);
  }

  /** What was set before the element had this class hides the class's own properties. */
  adoptEarlyProperties() {
    const early = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this));
    for (const name of Object.keys(this)) {
      if (!(name in Attributes.prototype)) continue;
      const value = early[name];
      delete early[name];
      early[name] = value;
    }
  }

  /**
   * @param {string} attribute
   * @param {string} value
   */
  #set(attribute, value) {
    if (value === '' || value == null) this.removeAttribute(attribute);
    else this.setAttribute(attribute, value);
  }
}
