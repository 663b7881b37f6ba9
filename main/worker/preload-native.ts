// Loads the native engine's .node file and nothing else, in the main thread, before any thread is started. In Electron it must
// be the very first thing: once the app is ready, Mesa's LLVM symbols are in the process and loading TensorFlow then crashes
// (DESIGN §4). Under Node, a process that loads it in a worker thread only crashes when it exits.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { HeadstartError } from "../contract/errors.ts";

const require = createRequire(import.meta.url);

/** Where tfjs-node-gpu looks for its binding. */
export function bindingPath(): string {
  return join(dirname(require.resolve("@tensorflow/tfjs-node-gpu/package.json")), "lib", "napi-v8", "tfjs_binding.node");
}

export function preloadNative(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // read as the library loads, and only this thread can set it
  try {
    process.dlopen({ exports: {} }, bindingPath());
  } catch (thrown) {
    throw new HeadstartError(
      {
        code: "no-native-engine",
        where: "native engine",
        message: `The native engine cannot be loaded: ${(thrown as Error).message}`,
        hint: "Run npm start, which builds it.",
      },
      { cause: thrown },
    );
  }
}
