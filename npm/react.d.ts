/** `import type {} from 'undercover-covers/react'` tells React 19's JSX of the element. */

import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { Answer, Progress, UndercoverError } from './undercover.js';
import type { UnderCover } from './lib/element/element.js';

interface UnderCoverAttributes extends HTMLAttributes<UnderCover> {
  src?: string;
  genres?: string[];
  topK?: number;
  backend?: 'auto' | 'cpu' | 'webgpu';
  saliency?: boolean;
  model?: string;
  base?: string;
  loading?: 'lazy' | 'eager';
  'onundercover-progress'?: (event: CustomEvent<Progress>) => void;
  'onundercover-prediction'?: (event: CustomEvent<Answer>) => void;
  'onundercover-error'?: (event: CustomEvent<UndercoverError>) => void;
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'under-cover': DetailedHTMLProps<UnderCoverAttributes, UnderCover>;
    }
  }
}
