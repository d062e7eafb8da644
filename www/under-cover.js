/** Defines `<under-cover src="cover.jpg">`: a cover on any page, and its genre when it is asked for. */

import { UnderCover } from './lib/element/element.js';

// Another copy of this script may have been here first.
if (!customElements.get('under-cover')) customElements.define('under-cover', UnderCover);

/** The class behind the page's elements. */
export const UnderCoverElement = /** @type {typeof UnderCover} */ (customElements.get('under-cover'));
