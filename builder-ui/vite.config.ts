import { writeFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { gzipAssets } from './tools/gzip';
import { noScrollLock } from './tools/noScrollLock';
import { startModules } from './tools/startChunk';

const server = process.env.DUEFLOW_URL ?? 'http://127.0.0.1:8080';

/** The Go package embeds dist/, so the folder must exist in a fresh checkout too. */
function keepFolder(): Plugin {
  return { name: 'keep-folder', apply: 'build', closeBundle: () => writeFileSync('dist/.keep', '') };
}

const framework = {
  name: 'react',
  priority: 2,
  test: /node_modules\/(react|react-dom|scheduler|react-router|zustand|i18next|react-i18next|@tanstack\/(react-query|query-core))\//,
};

/**
 * What every page starts with mostly runs at once. Compiled whole, beside the page's own thread, it costs that thread a
 * seventh less than function by function on first call.
 */
function compiledAtOnce(names: string[]): Plugin {
  return {
    name: 'compiled-at-once',
    apply: 'build',
    generateBundle: {
      order: 'post', // what others put on top of a chunk goes below the comment
      handler(_, bundle) {
        for (const chunk of Object.values(bundle))
          if (chunk.type === 'chunk' && names.includes(chunk.name))
            chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`;
      },
    },
  };
}

type Group = { name: string; priority: number; test: RegExp | ((id: string) => boolean) };

const config = (groups: Group[]): UserConfig => ({
  plugins: [noScrollLock(), react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  server: { proxy: { '/api': { target: server, ws: true } } },
  build: {
    target: 'es2023',
    manifest: true,
    modulePreload: { polyfill: false }, // what runs ES2023 preloads by itself
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: ['index.html', 'portal.html'], // the product, and the page of its customers
      output: { advancedChunks: { groups } },
    },
  },
});

export default defineConfig(async ({ command }) => {
  if (command !== 'build') return config([framework]);
  const start = await startModules(config([framework]), 'index.html', 'portal.html');
  const { plugins = [], ...rest } = config([
    framework,
    { name: 'start', priority: 1, test: (id) => start.has(id) },
  ]);
  return { ...rest, plugins: [...plugins, compiledAtOnce(['react', 'start']), gzipAssets(), keepFolder()] };
});
