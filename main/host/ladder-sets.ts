// A ladder's nested sets as datasets: one version a cell, named after the ladder and the cell, whose rows lie in the data folder as a
// pipeline's do (pipeline-folders.ts).
import { rm } from "node:fs/promises";
import { HeadstartError, type LadderPreviewInput, type LadderSets } from "../contract/index.ts";
import { fileMapping } from "../data/pipeline/dataset-file.ts";
import type { LadderOutcome, LadderTask } from "../data/pipeline/task.ts";
import { taskTokenizer } from "./data-pipeline.ts";
import type { Host } from "./host.ts";
import { newPipelineFolder, publishRows, rowsFile } from "./pipeline-folders.ts";

type Cancel = { signal?: AbortSignal };
type LadderHost = Pick<Host, "dataFolder" | "importedDatasets" | "checkpoints" | "dataThreads">;

/** Goes through all rows; with a folder the cells' rows are written there. */
export async function measureLadder(
  { importedDatasets, checkpoints, dataThreads }: LadderHost,
  { datasetId, tokenizer, ...ladder }: LadderPreviewInput,
  folder: string | null,
  options: Cancel = {},
): Promise<LadderOutcome> {
  const dataset = await importedDatasets.get(datasetId);
  const task: LadderTask = { kind: "ladder", ...ladder, dataset, tokenizer: await taskTokenizer(checkpoints, tokenizer), folder };
  return dataThreads.run(task, options);
}

/** On a failure what was imported before it is removed again. */
export async function makeLadderSets(host: LadderHost, name: string, input: LadderPreviewInput, options: Cancel = {}): Promise<LadderSets> {
  const folder = await newPipelineFolder(host.dataFolder);
  const made: LadderSets["sets"] = [];
  const before = new Set((await host.importedDatasets.list()).map(({ id }) => id));
  try {
    const { preview, sets } = await measureLadder(host, input, folder, options);
    if (sets === null)
      throw new HeadstartError({ code: "no-cells", where: `ladder ${name}`, message: "The ladder has no cell.", hint: "Give it at least one, or the preset." }); // biome-ignore format: one thought
    const names = sets.map(({ name: cell }) => `${name}-${fileName(cell)}`);
    const twice = names.find((each, i) => names.indexOf(each) < i);
    if (twice !== undefined)
      throw new HeadstartError({ code: "recipe-contradiction", where: `ladder ${name}`, message: `Two cells would be called ${twice}.`, hint: "Name one of them otherwise." }); // biome-ignore format: one thought
    for (const [i, { name: cell, folder: own, hash, answerRule }] of sets.entries()) {
      const rows = rowsFile(await publishRows(host.dataFolder, own, hash));
      const dataset = await host.importedDatasets.import({ path: rows, name: names[i], mapping: fileMapping(answerRule) }, options); // biome-ignore format: one call
      made.push({ cell, datasetId: dataset.id, rows: dataset.rows });
    }
    return { preview, sets: made };
  } catch (thrown) {
    // The same rows under the same name are the version that was there.
    const own = made.filter(({ datasetId }) => !before.has(datasetId));
    await Promise.allSettled(own.map(({ datasetId }) => host.importedDatasets.remove(datasetId)));
    throw thrown;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `500 × 4` → `500x4` */
const fileName = (cell: string): string => cell.toLowerCase().replace(/\s*×\s*/g, "x").replace(/[^a-z0-9]+/g, "-"); // biome-ignore format: one thought
