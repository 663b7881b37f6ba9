// The build: what runs beside a window (main), in it before the page (preload), and the page itself (renderer).
//
// Targets are those of the oldest Electron that is tested, 22 (Node 16, Chromium 108). Main is CommonJS, because its first act in
// Electron, loading the engine's .node file, must come before anything that is imported. Packages with a native part stay outside
// the bundle and are required at run time.
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

const native = ["electron", /^@tensorflow\//, "better-sqlite3"];

export default defineConfig({
  main: {
    build: {
      target: "node16",
      outDir: "out/main",
      externalizeDeps: false,
      sourcemap: true,
      rolldownOptions: {
        input: {
          app: "main/electron/app.ts",
          cli: "main/cli/cli.ts",
          worker: "main/worker/entry.ts",
          store: "main/store/thread.ts",
          "dataset-index": "main/store/dataset-index-thread.ts",
          "math-verifier": "main/verifiers/math/thread.ts",
        },
        external: native,
        output: { format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "chunks/[name]-[hash].cjs" },
      },
    },
  },
  preload: {
    build: {
      target: "node16",
      outDir: "out/preload",
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: "preload/preload.ts" },
        external: ["electron"],
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: "renderer",
    plugins: [react()],
    build: {
      target: "chrome108",
      outDir: "out/renderer",
      // The page's content security policy allows no data: scripts or fonts, and the preload polyfill would be an inline script.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: "renderer/index.html" },
    },
  },
});
