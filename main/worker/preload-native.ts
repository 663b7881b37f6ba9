// Loads the native engine's .node file and nothing else. In Electron this must be the first thing the main script does:
// once the app is ready, Mesa's LLVM symbols are in the process and loading TensorFlow then crashes (DESIGN §4).
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** Where tfjs-node-gpu looks for its binding. */
export function bindingPath(): string {
  return join(dirname(require.resolve("@tensorflow/tfjs-node-gpu/package.json")), "lib", "napi-v8", "tfjs_binding.node");
}

export function preloadNative(): void {
  process.dlopen({ exports: {} }, bindingPath());
}
