// The thread of the imported datasets' indexes, apart from the store's, so that neither waits for the other. One thread answers
// questions; each detection and each import has another one, which can be ended at any time and takes its memory with it.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Database } from "better-sqlite3";
import type { BadRow, ImportedDataset } from "../contract/index.ts";
import { toErrorRecord } from "../contract/index.ts";
import { detect } from "../data/import/detect.ts";
import type { IndexAnswer, IndexCall, IndexCalls, IndexTask, TaskAnswer } from "./dataset-index.ts";
import { openColumns } from "./dataset-index-columns.ts";
import { listDatasets, metaOf, openIndex, readDataset, removeDataset } from "./dataset-index-folders.ts";
import { importDataset } from "./dataset-index-import.ts";
import { openQueries, type Queries } from "./dataset-index-query.ts";
import { openRowFile, type RowFile } from "./dataset-index-rows.ts";
import { storeErrorRecord } from "./errors.ts";

/** Datasets whose columns stay in memory. */
const keptOpen = 3;

interface OpenDataset {
  db: Database;
  queries: Queries;
  rows: RowFile;
  close(): void;
}

function answers(dataFolder: string): IndexCalls {
  const open = new Map<string, OpenDataset>();

  function dataset(id: string): OpenDataset {
    const known = open.get(id) ?? openDataset(id);
    open.delete(id); // and behind the others again
    open.set(id, known);
    for (const oldest of open.keys()) {
      if (open.size <= keptOpen) break;
      close(oldest);
    }
    return known;
  }
  function openDataset(id: string): OpenDataset {
    const db = openIndex(dataFolder, id);
    try {
      const about = (): ImportedDataset => metaOf(db, id);
      const rows = openRowFile(db, about);
      const close = () => {
        rows.close();
        db.close();
      };
      return { db, queries: openQueries(db, openColumns(db, about().rows)), rows, close };
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  }
  function close(id: string): void {
    open.get(id)?.close();
    open.delete(id);
  }

  return {
    list: () => listDatasets(dataFolder),
    get: (id) => readDataset(dataFolder, id),
    remove(id) {
      close(id);
      openIndex(dataFolder, id).close(); // there is one
      removeDataset(dataFolder, id);
    },
    badRows(id, offset, limit) {
      const { db } = dataset(id);
      const rows = db
        .prepare<[number, number], BadRow>("SELECT line, reason FROM bad_rows ORDER BY rowid LIMIT ? OFFSET ?")
        .all(limit, offset);
      return { total: metaOf(db, id).badRows, rows };
    },
    page: (input) => dataset(input.datasetId).queries.page(input),
    histogram: (input) => dataset(input.datasetId).queries.histogram(input),
    select: (input) => dataset(input.datasetId).queries.select(input),
    row: (id, row) => dataset(id).rows.row(row),
    rows: (id, rows) => dataset(id).rows.rows(rows),
    close() {
      for (const id of [...open.keys()]) close(id);
    },
  };
}

/** SQLite's own words for damage name the store's database; this is another file. */
function errorRecord(thrown: unknown, where: string) {
  const code = (thrown as { code?: unknown } | null)?.code;
  if (code === "SQLITE_NOTADB" || (typeof code === "string" && code.startsWith("SQLITE_CORRUPT")))
    return { ...toErrorRecord(thrown, where), code: "index-damaged", hint: "Remove the dataset and import its file again." };
  return storeErrorRecord(thrown, where);
}

function serve(port: MessagePort, dataFolder: string): void {
  const calls = answers(dataFolder);
  port.on("message", ({ id, method, args }: IndexCall) => {
    const answer = (message: IndexAnswer) => port.postMessage(message);
    try {
      answer({ id, type: "result", value: (calls[method] as (...args: unknown[]) => unknown)(...args) });
    } catch (thrown) {
      answer({ id, type: "error", error: errorRecord(thrown, `datasets ${method}`) });
    }
    if (method === "close") port.close();
  });
}

async function perform(port: MessagePort, dataFolder: string, task: IndexTask): Promise<void> {
  const answer = (message: TaskAnswer) => port.postMessage(message);
  try {
    const value =
      task.kind === "detect"
        ? detect(task.path, task.mapping)
        : await importDataset(dataFolder, task.input, (progress) => answer({ type: "progress", progress }));
    answer({ type: "result", value });
  } catch (thrown) {
    answer({ type: "error", error: errorRecord(thrown, task.kind === "detect" ? task.path : task.input.path) });
  }
}

if (parentPort) {
  const { dataFolder, task } = workerData as { dataFolder: string; task: IndexTask | null };
  if (task) void perform(parentPort, dataFolder, task);
  else serve(parentPort, dataFolder);
}
