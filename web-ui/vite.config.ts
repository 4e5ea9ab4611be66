/// <reference types="vitest/config" />
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Plugin, defineConfig } from "vite";

const DIST = "../src/haidang/web/static/haidang/dist";

/** A .gz beside each text file: the web server sends it to browsers that take it. */
const gzip = (): Plugin => ({
  name: "gzip",
  closeBundle() {
    for (const name of readdirSync(DIST).filter((file) => /\.(js|css)$/.test(file))) {
      writeFileSync(join(DIST, `${name}.gz`), gzipSync(readFileSync(join(DIST, name)), { level: 9 }));
    }
  },
});

// The entry files keep their names, so that templates can name them; everything they load carries a hash.
// Fonts stay files: the pages' CSP allows no data: fonts.
export default defineConfig({
  base: "./",
  publicDir: false,
  // The light build has all that fMP4 over byte ranges needs.
  resolve: { alias: { "hls.js": "hls.js/light" } },
  plugins: [gzip()],
  build: {
    outDir: DIST,
    emptyOutDir: true,
    target: ["chrome109", "firefox115", "safari16"],
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      input: { haidang: "src/main.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: (asset) => (asset.names[0]?.endsWith(".css") ? "[name].css" : "[name]-[hash][extname]"),
      },
    },
  },
  test: { include: ["src/**/*.test.ts"] },
});
