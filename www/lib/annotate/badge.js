/** A badge over the corner of an image, which stays where it is in the page. */

/** As weak as can be, so that every rule of the page's own wins. */
const STYLE = `
:where(.undercover-badge) {
  position: absolute;
  z-index: 1;
  margin: 0.4rem;
  padding: 0.15rem 0.45rem;
  background: #17120e;
  color: #fbf6ea;
  font: 700 0.85rem/1.3 'Avenir Next Condensed', 'Arial Narrow', 'Roboto Condensed', Arial, sans-serif;
  pointer-events: none;
}
@media (forced-colors: active) {
  :where(.undercover-badge) { border: 1px solid CanvasText; }
}
`;

/** @type {WeakMap<Document | ShadowRoot, CSSStyleSheet>} */
const styled = new WeakMap();

/** @param {Node} root */
function addStyle(root) {
  if (!(root instanceof Document || root instanceof ShadowRoot) || styled.has(root)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets.push(sheet);
  styled.set(root, sheet);
}

export class Badge {
  #image;
  #badge = document.createElement('span');
  #observer = new ResizeObserver(() => this.#place());

  /**
   * @param {HTMLImageElement} image
   * @param {string | Node} content
   * @param {string} genre
   */
  constructor(image, content, genre) {
    this.#image = image;
    this.#badge.className = 'undercover-badge';
    this.#badge.dataset.genre = genre;
    this.#badge.append(content);
    addStyle(image.getRootNode());
    // Beside the image rather than around it: what is around an image is the page's, and its layout depends on it.
    image.after(this.#badge);
    this.#observer.observe(image);
    if (image.parentElement) this.#observer.observe(image.parentElement);
    this.#place();
  }

  remove() {
    this.#observer.disconnect();
    this.#badge.remove();
    delete this.#image.dataset.undercoverGenre;
  }

  /** At the image's upper inline start. Both have the same box to be placed in. */
  #place() {
    const { offsetLeft, offsetTop, offsetWidth, offsetParent } = this.#image;
    const { style } = this.#badge;
    style.top = `${offsetTop}px`;
    if (getComputedStyle(this.#badge).direction === 'rtl') {
      style.right = `${(offsetParent?.clientWidth ?? 0) - offsetLeft - offsetWidth}px`;
    } else {
      style.left = `${offsetLeft}px`;
    }
  }
}
