// Imported datasets as the host sees them: detect what a file is, import it by reference, and ask its index. Every method is a
// message to a thread. This file imports nothing of SQLite: hosts bundle it, the thread's entry file is a parameter.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  type BadRow,
  type ColumnMapping,
  type DatasetHistogram,
  type DatasetHistogramInput,
  type DatasetHistogramQuery,
  type DatasetPageInput,
  type DatasetPageQuery,
  type DetectedDataset,
  datasetHistogramInput,
  datasetPageInput,
  type ErrorRecord,
  HeadstartError,
  type ImportDatasetInput,
  type ImportedDataset,
  type ImportedRow,
  type ImportedRowSummary,
  type ImportProgress,
  type Page,
  type RowSelection,
  type RowSelectionQuery,
  rowSelection,
} from "../contract/index.ts";
import { datasetsFolder, removedPrefix, unfinishedPrefix } from "./folders.ts";

/** What the thread answers, one call after the other. */
export interface IndexCalls {
  list(): ImportedDataset[];
  get(id: string): ImportedDataset;
  remove(id: string): void;
  badRows(id: string, offset: number, limit: number): Page<BadRow>;
  page(input: DatasetPageQuery): Page<ImportedRowSummary>;
  histogram(input: DatasetHistogramQuery): DatasetHistogram;
  select(input: RowSelectionQuery): Uint32Array;
  row(id: string, row: number): ImportedRow;
  rows(id: string, rows: number[]): ImportedRow[];
  close(): void;
}
export type IndexTask = { kind: "detect"; path: string; mapping?: ColumnMapping } | { kind: "import"; input: ImportDatasetInput };
export interface IndexCall {
  id: number;
  method: keyof IndexCalls;
  args: unknown[];
}
export type IndexAnswer = { id: number } & ({ type: "result"; value: unknown } | { type: "error"; error: ErrorRecord });
export type TaskAnswer =
  | { type: "progress"; progress: ImportProgress }
  | { type: "result"; value: unknown }
  | { type: "error"; error: ErrorRecord };

export interface ImportOptions {
  onProgress?(progress: ImportProgress): void;
  /** Ends the import; it rejects with code "cancelled", and leaves nothing behind. */
  signal?: AbortSignal;
}

export interface DatasetIndex {
  /** Reads the file's head and tail. With a mapping, the first rows by it. */
  detect(path: string, mapping?: ColumnMapping): Promise<DetectedDataset>;
  /** Goes through the whole file. The same content and mapping under one name are the version that is there already. */
  import(input: ImportDatasetInput, options?: ImportOptions): Promise<ImportedDataset>;
  /** Newest first. */
  list(): Promise<ImportedDataset[]>;
  /** Throws unknown-dataset. */
  get(id: string): Promise<ImportedDataset>;
  /** The index, and the decompressed copy where there is one; never the file it was imported from. */
  remove(id: string): Promise<void>;
  /** The total counts all; the first thousand are kept. */
  badRows(id: string, offset?: number, limit?: number): Promise<Page<BadRow>>;
  page(input: DatasetPageInput): Promise<Page<ImportedRowSummary>>;
  histogram(input: DatasetHistogramInput): Promise<DatasetHistogram>;
  /** One row whole. Throws file-changed when the file is no longer the one that was imported. */
  row(id: string, row: number): Promise<ImportedRow>;
  /** Numbers of the rows that a selection means, in its order. */
  select(selection: RowSelection): Promise<Uint32Array>;
  /** The selection's rows whole, all in memory. */
  rows(selection: RowSelection): Promise<ImportedRow[]>;
  /** The same, a bounded part at a time. */
  iterate(selection: RowSelection): AsyncGenerator<ImportedRow[]>;
  close(): Promise<void>;
}

/** V8's heap of a thread; rows of more than this would end the whole process. */
const resourceLimits = { maxOldGenerationSizeMb: 2048 };
const rowsAsked = 500;
/** A file made to harm may take a decoder hours; a sound one is heard of ten times a second. */
const silenceMilliseconds = { detect: 60_000, import: 120_000, finishing: 1_800_000 };

const failure = (code: string, message: string, hint: string) => new HeadstartError({ code, where: "datasets", message, hint });
const cancelled = () => failure("cancelled", "The import was cancelled.", "Import the file again when you want it.");
const closed = () => failure("datasets-closed", "The data folder is closed.", "Open it again.");

function stopped(cause: Error): HeadstartError {
  const memory = (cause as { code?: string }).code === "ERR_WORKER_OUT_OF_MEMORY";
  if (memory)
    return failure("out-of-memory", "The file's rows take more memory than is allowed.", "Split the file, or shorten its longest rows.");
  return failure("index-stopped", `The thread of the datasets stopped: ${cause.message}`, "Try again; what was imported is kept.");
}

interface Thread {
  call(method: keyof IndexCalls, args: unknown[]): Promise<unknown>;
  end(): Promise<void>;
}

function startThread(entry: string | URL, dataFolder: string, onEnd: () => void): Thread {
  const worker = new Worker(entry, { workerData: { dataFolder, task: null }, resourceLimits });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  const fail = (error: Error) => {
    onEnd();
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("message", (answer: IndexAnswer) => {
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.type === "error") caller?.reject(new HeadstartError(answer.error));
    else caller?.resolve(answer.value);
  });
  worker.on("error", (cause: Error) => fail(stopped(cause)));
  worker.on("exit", () => fail(closed()));
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const call: Thread["call"] = (method, args) =>
    new Promise((resolve, reject) => {
      const message: IndexCall = { id: ++lastId, method, args };
      waiting.set(message.id, { resolve, reject });
      worker.postMessage(message);
    });
  return {
    call,
    async end() {
      await call("close", []).catch(() => {});
      await exited;
    },
  };
}

/** One task in a thread of its own, which is ended when it is done, fails, is cancelled or falls silent. */
function runTask(
  entry: string | URL,
  dataFolder: string,
  task: IndexTask,
  { onProgress, signal }: ImportOptions,
  tasks: Set<() => void>,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled());
    const worker = new Worker(entry, { workerData: { dataFolder, task }, resourceLimits });
    let timer: NodeJS.Timeout | undefined;
    let settled = false;
    const settle = (act: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
      tasks.delete(cancel);
      // What it was writing to is closed only when it has ended.
      void worker.terminate().then(() => {
        if (tasks.size === 0) removeUnfinished(dataFolder, [unfinishedPrefix]);
        act();
      });
    };
    const cancel = () => settle(() => reject(cancelled()));
    const listen = (milliseconds: number) => {
      clearTimeout(timer);
      const silent = failure(
        "import-stalled",
        `Nothing was heard of the file for ${milliseconds / 1000} s.`,
        "It may be made to take endless time; try it in parts.",
      );
      timer = setTimeout(() => settle(() => reject(silent)), milliseconds);
    };
    tasks.add(cancel);
    signal?.addEventListener("abort", cancel, { once: true });
    listen(silenceMilliseconds[task.kind]);
    worker.on("message", (answer: TaskAnswer) => {
      if (answer.type === "progress") {
        listen(silenceMilliseconds[answer.progress.activity === "finishing" ? "finishing" : "import"]);
        onProgress?.(answer.progress);
      } else if (answer.type === "error") settle(() => reject(new HeadstartError(answer.error)));
      else settle(() => resolve(answer.value));
    });
    worker.on("error", (cause: Error) => settle(() => reject(stopped(cause))));
    worker.on("exit", () => settle(() => reject(stopped(new Error("it ended without an answer")))));
  });
}

/** Folders of imports, and of removals, that did not come to an end. */
function removeUnfinished(dataFolder: string, prefixes: readonly string[]): void {
  const folder = datasetsFolder(dataFolder);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (prefixes.some((prefix) => name.startsWith(prefix))) rmSync(join(folder, name), { recursive: true, force: true });
}

/** `entry` is dataset-index-thread.ts, or what it was bundled to. Threads start when first needed. */
export function openDatasetIndex(options: { dataFolder: string; entry: string | URL }): DatasetIndex {
  const { dataFolder, entry } = options;
  const tasks = new Set<() => void>();
  let thread: Thread | null = null;
  let over = false;
  removeUnfinished(dataFolder, [unfinishedPrefix, removedPrefix]);

  async function ask<Method extends keyof IndexCalls>(
    method: Method,
    ...args: Parameters<IndexCalls[Method]>
  ): Promise<ReturnType<IndexCalls[Method]>> {
    if (over) throw closed();
    // One that stopped is started again: it holds nothing that is not in the files.
    thread ??= startThread(entry, dataFolder, () => {
      thread = null;
    });
    return (await thread.call(method, args)) as ReturnType<IndexCalls[Method]>;
  }
  async function run(task: IndexTask, how: ImportOptions): Promise<unknown> {
    if (over) throw closed();
    return runTask(entry, dataFolder, task, how, tasks);
  }
  async function* iterate(selection: RowSelection): AsyncGenerator<ImportedRow[]> {
    const rows = await ask("select", rowSelection.parse(selection));
    for (let at = 0; at < rows.length; ) {
      const found = await ask("rows", selection.datasetId, Array.from(rows.subarray(at, at + rowsAsked)));
      at += found.length;
      yield found;
    }
  }

  return {
    detect: async (path, mapping) => (await run({ kind: "detect", path, mapping }, {})) as DetectedDataset,
    import: async (input, how = {}) => (await run({ kind: "import", input }, how)) as ImportedDataset,
    list: () => ask("list"),
    get: (id) => ask("get", id),
    remove: (id) => ask("remove", id),
    badRows: (id, offset = 0, limit = 100) => ask("badRows", id, offset, limit),
    page: (input) => ask("page", datasetPageInput.parse(input)),
    histogram: (input) => ask("histogram", datasetHistogramInput.parse(input)),
    row: (id, row) => ask("row", id, row),
    select: (selection) => ask("select", rowSelection.parse(selection)),
    async rows(selection) {
      const all: ImportedRow[] = [];
      for await (const part of iterate(selection)) all.push(...part);
      return all;
    },
    iterate,
    async close() {
      over = true;
      for (const cancel of [...tasks]) cancel();
      await thread?.end();
    },
  };
}
