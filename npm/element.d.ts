import type { Answer, Progress, UndercoverError } from './undercover.js';
import type { UnderCover } from './lib/element/element.js';

export { UnderCoverElement } from './under-cover.js';

declare global {
  interface HTMLElementTagNameMap {
    'under-cover': UnderCover;
  }

  interface HTMLElementEventMap {
    'undercover-progress': CustomEvent<Progress>;
    'undercover-prediction': CustomEvent<Answer>;
    'undercover-error': CustomEvent<UndercoverError>;
  }
}
