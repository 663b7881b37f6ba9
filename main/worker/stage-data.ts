// The problems and responses that a stage works on: generated again from the recipe in each stage, which is cheaper than sending
// them, or as the host read them from an imported dataset. Either way their hash must be the published one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DataConfig, DatasetSummary, Pool, Problem, Trace } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { ImportedProblems, StageJob } from "../contract/job.ts";
import type { StageEvent } from "../contract/run.ts";
import { isPooled, isTrainedHere, type PooledRecipe, startsOf } from "../contract/study.ts";
import { buildDataset, type Dataset } from "../data/dataset.ts";

export interface StageData {
  problems: Problem[];
  contentHash: string;
  /** Up to `count` responses to a problem. */
  traces(problem: Problem, count: number): Trace[];
  /** What the data stage publishes. */
  event(): Extract<StageEvent, { type: "dataset" }>;
}

export function openData(job: Pick<StageJob, "recipe" | "datasetHash" | "imported" | "resourcesFolder">): StageData {
  const { recipe, datasetHash, imported } = job;
  const data =
    isPooled(recipe) && recipe.data.kind !== "imported"
      ? generated(recipe.data, job.resourcesFolder, mostResponses(recipe))
      : fromImport(imported!);
  if (datasetHash !== null && data.contentHash !== datasetHash)
    throw new HeadstartError({
      code: "data-changed",
      where: "recipe.data",
      message:
        imported === null
          ? "The data made now differs from the data this study began with: this version of Headstart generates other problems."
          : "The rows read now differ from those this study began with.",
      hint: "Finish the study with the version and the files that began it, or start it again.",
    });
  return data;
}

/** Responses a prompt that the study's starts see at most: those that are published with the data. */
function mostResponses(recipe: PooledRecipe): number {
  if (recipe.kind === "ladder") return Math.max(...recipe.cells.map((cell) => cell.responsesPerPrompt));
  return Math.max(1, ...startsOf(recipe).map((start) => (isTrainedHere(start) ? start.responsesPerPrompt : 1)));
}

function fromImport({ dataset, problems, traces }: ImportedProblems): StageData {
  const byProblem = new Map<string, Trace[]>();
  for (const trace of traces) byProblem.set(trace.problemId, [...(byProblem.get(trace.problemId) ?? []), trace]);
  return {
    problems,
    contentHash: dataset.contentHash,
    traces: ({ id }, count) => (byProblem.get(id) ?? []).slice(0, count),
    event: () => ({ type: "dataset", dataset, problems, traces }),
  };
}

let cached: { key: string; data: Dataset } | null = null;

function generated(config: DataConfig, resourcesFolder: string, responsesPerPrompt: number): StageData {
  const key = JSON.stringify(config);
  if (cached?.key !== key) {
    const read = (name: string) => readFileSync(join(resourcesFolder, "gsm8k", name), "utf8");
    const files = config.gsm8k ? { gsm8kTrain: read("train.jsonl"), gsm8kTest: read("test.jsonl") } : null;
    cached = { key, data: buildDataset(config, files) };
  }
  const { data } = cached;
  return {
    ...data,
    event: () => ({
      type: "dataset",
      dataset: summarise(data),
      problems: data.problems,
      traces: data.problems.filter(({ pool }) => pool === "sft").flatMap((problem) => data.traces(problem, responsesPerPrompt)),
    }),
  };
}

function summarise({ problems, contentHash, config, dropped }: Dataset): DatasetSummary {
  const counts = new Map<string, { pool: Pool; source: string; problems: number }>();
  for (const { pool, source } of problems) {
    const key = `${pool} ${source}`;
    const entry = counts.get(key) ?? { pool, source, problems: 0 };
    entry.problems++;
    counts.set(key, entry);
  }
  return {
    id: `data-${contentHash.slice(0, 12)}`,
    name: config.gsm8k ? "GSM8K arithmetic and generated problems" : "Generated problems",
    contentHash,
    config,
    createdAt: new Date().toISOString(),
    counts: [...counts.values()],
    dropped,
  };
}
