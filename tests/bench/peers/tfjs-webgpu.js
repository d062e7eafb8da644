import '@tensorflow/tfjs-backend-webgpu';

import { loadGraph } from './tfjs.js';

export const load = () => loadGraph('webgpu');
