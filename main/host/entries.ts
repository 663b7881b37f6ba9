// Where the entry files of the threads, the page and the shipped resources lie: as TypeScript sources when the host runs
// from source, and beside the running bundle (out/main/*.cjs) when it was built.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { HeadstartError } from "../contract/errors.ts";

export interface Entries {
  /** Entry file of the training thread. */
  worker: URL;
  /** Entry file of the store's thread. */
  store: URL;
  /** Entry file of the threads of imported datasets. */
  datasetIndex: URL;
  /** Entry file of the data pipeline's threads. */
  dataPipeline: URL;
  /** Entry file of the math verifier's threads. */
  mathVerifier: URL;
}

const here = dirname(fileURLToPath(import.meta.url));
const fromSource = import.meta.url.endsWith(".ts");

/** The bundle's folder, also when this module was put in a chunk below it. */
function bundleFolder(): string {
  for (const folder of [here, dirname(here)]) if (existsSync(join(folder, "store.cjs"))) return folder;
  throw new HeadstartError({
    code: "broken-build",
    where: here,
    message: "The build lacks store.cjs.",
    hint: "Build again: npm start does it.",
  });
}

const projectFolder = fromSource ? resolve(here, "../..") : resolve(bundleFolder(), "../..");

/** Each as source, and as electron.vite.config.ts names its bundle. */
const threads: Record<keyof Entries, { source: string; bundle: string }> = {
  worker: { source: "main/worker/entry.ts", bundle: "worker.cjs" },
  store: { source: "main/store/thread.ts", bundle: "store.cjs" },
  datasetIndex: { source: "main/store/dataset-index-thread.ts", bundle: "dataset-index.cjs" },
  dataPipeline: { source: "main/data/pipeline/thread.ts", bundle: "data-pipeline.cjs" },
  mathVerifier: { source: "main/verifiers/math/thread.ts", bundle: "math-verifier.cjs" },
};

export function threadEntries(): Entries {
  const entryOf = (thread: keyof Entries) =>
    pathToFileURL(fromSource ? join(projectFolder, threads[thread].source) : join(bundleFolder(), threads[thread].bundle));
  return {
    worker: entryOf("worker"),
    store: entryOf("store"),
    datasetIndex: entryOf("datasetIndex"),
    dataPipeline: entryOf("dataPipeline"),
    mathVerifier: entryOf("mathVerifier"),
  };
}

/** The built page. */
export function rendererFolder(): string {
  return join(projectFolder, "out/renderer");
}

/** Pyodide's own files, for Electron's sandbox windows. */
export function pyodideFolder(): string {
  return join(projectFolder, fromSource ? "node_modules/pyodide" : "out/main/pyodide");
}

/** The built preload script of Electron's windows. */
export function preloadFile(): string {
  return join(projectFolder, "out/preload/preload.cjs");
}

/** Shipped data and the base checkpoint; HEADSTART_RESOURCES overrides. */
export function resourcesFolder(): string {
  return resolve(process.env.HEADSTART_RESOURCES ?? join(projectFolder, "resources"));
}

/** HEADSTART_DATA, else where the system keeps a user's data. */
export function defaultDataFolder(): string {
  const { HEADSTART_DATA, XDG_DATA_HOME, APPDATA } = process.env;
  if (HEADSTART_DATA) return resolve(HEADSTART_DATA);
  if (process.platform === "darwin") return join(homedir(), "Library/Application Support/headstart");
  if (process.platform === "win32" && APPDATA) return join(APPDATA, "headstart");
  return join(XDG_DATA_HOME || join(homedir(), ".local/share"), "headstart");
}
