/**
 * The element `<under-cover>`: a cover on any page, and its genre when it is asked for.
 *
 *     <script type="module" src="under-cover.js"></script>
 *     <under-cover src="cover.jpg" top-k="3"><img src="cover.jpg" alt="…" /></under-cover>
 */

import { UnderCover } from './lib/element/element.js';

// Another copy of this script may have been here first.
if (!customElements.get('under-cover')) customElements.define('under-cover', UnderCover);

/** The class behind the page's elements. */
export const UnderCoverElement = /** @type {typeof UnderCover} */ (customElements.get('under-cover'));
