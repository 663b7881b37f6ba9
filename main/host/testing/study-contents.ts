// For tests only: all that the one study of a data folder left there, as it can be compared with what another run of the same
// recipe and seed left: without the study's id, times, and row numbers.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type MetricName, metrics } from "../../contract/index.ts";
import { readCheckpointFile } from "../../formats/checkpoint-folder.ts";
import { threadEntries } from "../entries.ts";
import { createHost, type Host } from "../host.ts";
import { createCaller } from "../router/index.ts";

export type Caller = ReturnType<typeof createCaller>;

/** Opens a data folder as the application does, with nothing set going, and closes it again. */
export async function opened<T>(dataFolder: string, use: (caller: Caller, host: Host) => Promise<T>): Promise<T> {
  const host = await createHost({ dataFolder, resourcesFolder: dataFolder, kind: "cli", entries: threadEntries(), takeUp: false });
  try {
    return await use(createCaller({ host }), host);
  } finally {
    await host.close();
  }
}

const takesTime = (name: MetricName) => metrics[name].unit === "seconds" || metrics[name].unit === "tokens/s";

/** `pageOf` gives the rows from an offset. */
async function allRows<Row>(pageOf: (offset: number) => Promise<{ total: number; rows: Row[] }>): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const page = await pageOf(rows.length);
    rows.push(...page.rows);
    if (rows.length >= page.total) return rows;
  }
}

export const allRollouts = (caller: Caller, stageId: string) =>
  allRows((offset) => caller.inspect.rollouts({ stageId, offset, limit: 500 }));
export const allSamples = (caller: Caller, evaluationId: string) =>
  allRows((offset) => caller.inspect.samples({ evaluationId, offset, limit: 500 }));

/** Weights, optimiser states, token arrays: every file but the JSON in which a checkpoint says what it is. */
function fileHashes(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .filter(({ name }) => name !== "checkpoint.json")
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((path) => `${relative(folder, path)} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`);
}

export const studyContents = (dataFolder: string) =>
  opened(dataFolder, async (caller, { store }) => {
    const [{ id }] = await caller.studies.list();
    const { name, recipe, recipeHash, seed, status, datasetId, engine, codeVersion, error, stages } = await caller.studies.get({ id });
    const comparison = (await caller.compare.study({ id }))!;
    const rollouts = await Promise.all(stages.map((stage) => allRollouts(caller, stage.id)));
    const evaluations = await caller.runs.evaluations({ studyId: id });
    const checkpoints = await caller.runs.checkpoints({ studyId: id });
    const curves = await Promise.all(stages.map((stage) => caller.runs.metrics({ stageId: stage.id })));
    const contents = {
      study: { name, recipe, recipeHash, seed, status, datasetId, engine, codeVersion, error },
      stages: stages.map(({ startedAt: _, finishedAt: __, activeSeconds: ___, ...stage }) => stage),
      comparison: { ...comparison, study: { ...comparison.study, seconds: 0 } },
      metrics: curves.map(({ steps, values }) => ({
        steps,
        values: Object.fromEntries(Object.entries(values).filter(([metric]) => !takesTime(metric as MetricName))),
      })),
      rollouts: rollouts.map((rows) => rows.map(({ id: _, ...row }) => row)),
      tokens: await Promise.all(
        rollouts.flat().map(async (row) => {
          const { ids, logprobs, entropies } = await store.rolloutTokens(row.id);
          return { ids: [...ids], logprobs: [...logprobs], entropies: [...entropies] };
        }),
      ),
      evaluations: evaluations.map(({ createdAt: _, ...evaluation }) => evaluation),
      samples: await Promise.all(evaluations.map((evaluation) => allSamples(caller, evaluation.id))),
      checkpoints: checkpoints.map(({ createdAt: _, ...checkpoint }) => checkpoint),
      checkpointFiles: checkpoints.map(({ path }) => readCheckpointFile(join(dataFolder, path))),
      problems: await allRows((offset) => caller.datasets.problems({ datasetId: datasetId!, offset, limit: 500 })),
      files: fileHashes(join(dataFolder, "studies", id)),
    };
    return JSON.parse(JSON.stringify(contents).replaceAll(id, "study")) as typeof contents;
  });
