import * as ort from 'onnxruntime-web/wasm';

import { loadSession } from './ort.js';

export const load = () => loadSession(ort, 'wasm');
