import { loadPipeline } from './transformers.js';

export const load = () => loadPipeline('webgpu');
