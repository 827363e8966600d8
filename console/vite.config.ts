import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { faults } from './scripts/catalogues.ts';
import { lacking } from './scripts/outside.ts';

/** A key that one language lacks, or that code uses and no catalogue has, fails the build. */
function catalogues(): Plugin {
  return {
    name: 'waybill-catalogues',
    apply: 'build',
    buildStart() {
      const found = faults(join(import.meta.dirname, 'src'));
      if (found.length > 0) this.error(`texts are missing:\n  ${found.join('\n  ')}`);
    },
  };
}

/** A manual or gallery whose files are not there fails the build: Vite takes it for an empty one. */
function outside(): Plugin {
  return {
    name: 'waybill-outside',
    apply: 'build',
    buildStart() {
      const found = lacking(join(import.meta.dirname, 'src'));
      if (found.length > 0) this.error(`files beside the console are missing:\n  ${found.join('\n  ')}`);
    },
  };
}

/** Packs what is worth packing beside the files, so that the hub packs nothing while it serves. */
function packed(): Plugin {
  let folder = '';
  return {
    name: 'waybill-packed',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    writeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (!entry.isFile() || !/\.(js|css|svg|json|txt)$/.test(entry.name)) continue;
        const plain = readFileSync(path);
        if (plain.length < 512) continue;
        writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
        const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
        writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: quality }));
      }
    },
  };
}

/** As the hub does it: the phone's page under `/a/`, the console's under every other path. */
function phone(): Plugin {
  const led = (request: { url?: string }, _: unknown, next: () => void) => {
    if (/^\/a\/[^.]*$/.test(request.url ?? '')) request.url = '/approve.html';
    next();
  };
  return {
    name: 'waybill-phone',
    configureServer: (server) => void server.middlewares.use(led),
    configurePreviewServer: (server) => void server.middlewares.use(led),
  };
}

export default defineConfig({
  plugins: [react(), catalogues(), outside(), packed(), phone()],
  html: { cspNonce: '__WAYBILL_NONCE__' },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { console: 'index.html', approve: 'approve.html' } },
  },
  // The hub takes writes of a browser's session only from its own origin, so that names stay what the browser sees.
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8480', changeOrigin: false } } },
});
