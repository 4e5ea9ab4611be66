/// <reference types="vitest/config" />
import { defineConfig } from "vite";

// The two entry files keep their names, so that templates can name them; everything they load carries a hash.
// Fonts stay files: the pages' CSP allows no data: fonts.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/haidang/web/static/haidang/dist",
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
