// Where imported datasets lie: datasets/<id>/ with index.sqlite, and beside it the decompressed copy of a gzip file. A folder has
// its name only when its index is whole; the ones that are being made begin with a dot.
import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { HeadstartError, type ImportedDataset } from "../contract/index.ts";
import { indexVersion } from "./dataset-index-writer.ts";
import { datasetsFolder, folderBytes, makeFolderDurably, removedPrefix, syncFolder, unfinishedPrefix } from "./folders.ts";

export const indexFile = (folder: string): string => join(folder, "index.sqlite");

export function newFolder(dataFolder: string): string {
  makeFolderDurably(datasetsFolder(dataFolder));
  return mkdtempSync(join(datasetsFolder(dataFolder), unfinishedPrefix));
}

/** Newest first; those that cannot be opened are left out of the list, and say why when asked for by id. */
export function listDatasets(dataFolder: string): ImportedDataset[] {
  const folder = datasetsFolder(dataFolder);
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder).filter((name) => !name.startsWith(".") && existsSync(indexFile(join(folder, name))));
  const datasets = found.flatMap((id) => {
    try {
      return [readDataset(dataFolder, id)];
    } catch {
      return [];
    }
  });
  return datasets.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
}

export function openIndex(dataFolder: string, id: string): Database.Database {
  const path = indexFile(join(datasetsFolder(dataFolder), id));
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(id) || !existsSync(path))
    throw new HeadstartError({
      code: "unknown-dataset",
      where: "datasets",
      message: `There is no imported dataset ${id} in this data folder.`,
      hint: "Reload the list: it may have been removed, or belongs to another data folder.",
    });
  return new Database(path, { readonly: true, fileMustExist: true });
}

export function metaOf(db: Database.Database, id: string): ImportedDataset {
  const meta = db.prepare<[], { version: number; json: string }>("SELECT version, json FROM meta").get();
  if (meta?.version !== indexVersion)
    throw new HeadstartError({
      code: "old-index",
      where: `dataset ${id}`,
      message: "The dataset's index was made by another version of Headstart.",
      hint: "Import the file again.",
    });
  return JSON.parse(meta.json) as ImportedDataset;
}

export function readDataset(dataFolder: string, id: string): ImportedDataset {
  const db = openIndex(dataFolder, id);
  try {
    return { ...metaOf(db, id), indexBytes: folderBytes(join(datasetsFolder(dataFolder), id)) };
  } finally {
    db.close();
  }
}

/** For a dataset whose file was imported again unchanged, from another place perhaps. */
export function rewriteDataset(dataFolder: string, dataset: ImportedDataset): void {
  const db = new Database(indexFile(join(datasetsFolder(dataFolder), dataset.id)), { fileMustExist: true, timeout: 10_000 });
  try {
    db.prepare("UPDATE meta SET json = ?").run(JSON.stringify(dataset));
  } finally {
    db.close();
  }
}

/** Gives a whole folder its name. Throws an error of code EEXIST or ENOTEMPTY when it is taken. */
export function publish(dataFolder: string, folder: string, id: string): void {
  for (const name of readdirSync(folder)) {
    const descriptor = openSync(join(folder, name), "r+");
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
  syncFolder(folder);
  renameSync(folder, join(datasetsFolder(dataFolder), id));
  syncFolder(datasetsFolder(dataFolder));
}

/** Renamed first: a crash in between leaves no dataset without its index. */
export function removeDataset(dataFolder: string, id: string): void {
  const gone = mkdtempSync(join(datasetsFolder(dataFolder), removedPrefix));
  renameSync(join(datasetsFolder(dataFolder), id), join(gone, id));
  rmSync(gone, { recursive: true, force: true });
}
