import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

import { loadGraph } from './tfjs.js';

export const load = () => {
  setWasmPaths('/');
  return loadGraph('wasm');
};
