// Where things lie in a data folder, and the two file-system steps that make a change durable.
//   headstart.db (and -wal, -shm)   the database        lock.db, lock.json   the lock
//   checkpoints/<id>   imported checkpoints        datasets/<id>   the index of an imported dataset
//   studies/<study>/tokens/<stage>.bin   token arrays; the rest of studies/<study> belongs to what trains (checkpoints)
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export const databasePath = (dataFolder: string) => join(dataFolder, "headstart.db");

/** Relative to the data folder; ids are checked by createStudy, so they cannot leave it. */
export const studyFolder = (studyId: string) => `studies/${studyId}`;

export const importedCheckpointFolder = (id: string) => `checkpoints/${id}`;

export const datasetsFolder = (dataFolder: string) => join(dataFolder, "datasets");
/** How folders of datasets are named while they are made, and while they are removed. */
export const unfinishedPrefix = ".unfinished-";
export const removedPrefix = ".removed-";

export const tokenFile = (studyId: string, stageId: string) => join(studyFolder(studyId), "tokens", `${stageId}.bin`);

/** A new name in a folder is durable only once the folder is synced, and so up to the first folder that was there before. */
export function makeFolderDurably(folder: string): void {
  const firstMade = mkdirSync(folder, { recursive: true });
  for (let at = folder; firstMade !== undefined; at = dirname(at)) {
    syncFolder(dirname(at));
    if (at === firstMade) break;
  }
}

export function syncFolder(folder: string): void {
  if (process.platform === "win32") return; // folders cannot be synced there
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes of all files below a folder. Only stats them: opening lock.db would end the lock. */
export function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += folderBytes(path);
    else if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
