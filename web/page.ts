import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';

/**
 * How a page of this folder is built: into `dist/web/<name>`, from where the gateway serves it. Nothing is inlined, so
 * that the page works under a Content-Security-Policy without inline scripts and styles.
 */
export function page(name: string): UserConfig {
  return defineConfig({
    root: here(`./${name}`),
    base: './',
    publicDir: here('./public'),
    resolve: { alias: { 'holdfast/client': here('../src/client/index.ts') } },
    build: {
      outDir: here(`../dist/web/${name}`),
      emptyOutDir: true,
      // Browsers of 2024 and later: `light-dark()` stays as it is written.
      target: ['chrome123', 'firefox128', 'safari17.5'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    // `npm run dev -w web/terminal` beside a gateway: its sockets and its API are where the page expects them.
    server: { proxy: { '/play': { target: 'ws://localhost:8080', ws: true } } },
  });
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
