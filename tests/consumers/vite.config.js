import { defineConfig } from 'vite';

export default defineConfig({
  // Under whatever folder it is served.
  base: './',
  build: { rollupOptions: { input: ['index.html', 'react.html'] } },
});
