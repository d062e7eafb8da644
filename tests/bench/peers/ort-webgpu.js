import * as ort from 'onnxruntime-web/webgpu';

import { loadSession } from './ort.js';

export const load = () => loadSession(ort, 'webgpu');
