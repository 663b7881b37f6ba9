// The build: what runs beside a window (main), in it before the page (preload), and the page itself (renderer).
//
// Targets are those of the oldest Electron that is tested, 22 (Node 16, Chromium 108). Main is CommonJS, because its first act in
// Electron, loading the engine's .node file, must come before anything that is imported. Packages with a native part stay outside
// the bundle and are required at run time.
import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";
import type { Plugin } from "vite";

const native = ["electron", /^@tensorflow\//, "better-sqlite3"];

/** What a sandbox window is served of Pyodide (main/electron/pyodide-window.ts); nothing imports it. */
const pyodide: Plugin = {
  name: "pyodide",
  generateBundle() {
    for (const name of ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"])
      this.emitFile({ type: "asset", fileName: `pyodide/${name}`, source: readFileSync(`node_modules/pyodide/${name}`) });
  },
};

export default defineConfig({
  main: {
    plugins: [pyodide],
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
          "data-pipeline": "main/data/pipeline/thread.ts",
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
      minify: true,
      rolldownOptions: { input: "renderer/index.html" },
    },
  },
});
