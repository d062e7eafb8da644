import * as ort from 'onnxruntime-web/jspi';

import { loadSession } from './ort.js';

export const load = () => loadSession(ort, 'webgpu');
