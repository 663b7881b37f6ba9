// Where what the data pipeline makes lies in the data folder:
//
//   pipelines/<first 16 digits of the rows' sha256>/rows.jsonl    the rows; the same rows are one file, whatever made them
//                                                  /report-<dataset>.json, spans-<dataset>.jsonl    what became that version
//
// A folder has its name only when its rows are whole and on disk; the ones that are being made begin with a dot and are removed when
// the data folder is opened again. Nothing here blocks the host: syncing may wait for a disk that is busy with the rows.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, open, rename } from "node:fs/promises";
import { join } from "node:path";

const unfinishedPrefix = ".unfinished-";

export const pipelinesFolder = (dataFolder: string): string => join(dataFolder, "pipelines");
export const rowsFile = (folder: string): string => join(folder, "rows.jsonl");
export const reportFile = (folder: string, datasetId: string): string => join(folder, `report-${datasetId}.json`);
export const spansFile = (folder: string, datasetId: string): string => join(folder, `spans-${datasetId}.jsonl`);

/** To be called while no pipeline runs. */
export function removeUnfinished(dataFolder: string): void {
  const folder = pipelinesFolder(dataFolder);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (name.startsWith(unfinishedPrefix)) rmSync(join(folder, name), { recursive: true, force: true });
}

export async function newPipelineFolder(dataFolder: string): Promise<string> {
  await mkdir(pipelinesFolder(dataFolder), { recursive: true });
  return mkdtemp(join(pipelinesFolder(dataFolder), unfinishedPrefix));
}

/** The rows of an unfinished folder under their name, as a folder. Ones that are there already stay, with the time they were imported at. */
export async function publishRows(dataFolder: string, unfinished: string, hash: string): Promise<string> {
  const folder = join(pipelinesFolder(dataFolder), hash.slice(0, 16));
  if (existsSync(rowsFile(folder))) return folder;
  await mkdir(folder, { recursive: true });
  await rename(rowsFile(unfinished), rowsFile(folder));
  for (const changed of [folder, pipelinesFolder(dataFolder), dataFolder]) await syncFolder(changed);
  return folder;
}

/** What became a version: the spans of the unfinished folder, and the report last. */
export async function publishReport(folder: string, unfinished: string, datasetId: string, report: unknown): Promise<void> {
  await rename(join(unfinished, "spans.jsonl"), spansFile(folder, datasetId));
  const part = join(unfinished, "report.json");
  const file = await open(part, "w");
  try {
    await file.writeFile(`${JSON.stringify(report)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, reportFile(folder, datasetId));
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return; // folders cannot be synced there
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
