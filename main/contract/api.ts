// The procedures of the router, as all clients see them: inputs (checked by zod) and what comes back. The router in
// host/ implements exactly these; a new ability is one procedure in one place.
import { z } from "zod";
import type { Estimate } from "./comparison.ts";
import { type Problem, pool, type Trace } from "./dataset.ts";
import type { ImportedDataset, ImportProgress } from "./imported-dataset.ts";
import type { MetricName } from "./metrics.ts";
import { type Rollout, type Verdict, verdict } from "./rollout.ts";
import type { EvaluationRecord, EvaluationSample, StageKind, Status } from "./run.ts";
import { type StudyRecipe, studyRecipe } from "./study.ts";

export const page = { offset: z.number().int().nonnegative().default(0), limit: z.number().int().positive().max(500).default(100) };

export interface Page<Row> {
  total: number;
  rows: Row[];
}

/** system.info */
export interface SystemInfo {
  version: string;
  host: "electron" | "server" | "cli";
  dataFolder: string;
  /** One line: backend, device, TensorFlow, threads; null until the training thread has said. */
  engine: string | null;
  pid: number;
  /** Where a browser finds the page; null for a host that serves none. */
  address: string | null;
}

/** studies.list */
export interface StudySummary {
  id: string;
  kind: StudyRecipe["kind"];
  name: string;
  /** Studies that differ in their seed alone share it. */
  recipeHash: string;
  seed: number;
  status: Status;
  createdAt: string;
  finishedAt: string | null;
  /** 0..1 over all stages, weighted by expected time. */
  progress: number;
  activity: string;
  etaSeconds: number | null;
  starts: string[];
}

/** studies.presets */
export interface Preset {
  key: string;
  recipe: StudyRecipe;
  /** Expected duration on two cores, from the committed log. */
  minutes: number;
}

/** studies.start: a preset by key, or a whole recipe. */
export const startStudyInput = z
  .object({ preset: z.string().optional(), recipe: studyRecipe.optional(), seed: z.number().int().nonnegative().default(1) })
  .refine((input) => (input.preset === undefined) !== (input.recipe === undefined), { message: "Give either a preset or a recipe." });

export const byId = z.object({ id: z.string() });
export const byStudy = z.object({ studyId: z.string() });
export const byStage = z.object({ stageId: z.string() });

/** datasets.problems */
export const problemsInput = z.object({
  datasetId: z.string(),
  pool: pool.optional(),
  source: z.string().optional(),
  search: z.string().optional().meta({ description: "Text in id, prompt, answer or question" }),
  sortBy: z.enum(["id", "difficulty", "steps", "prompt"]).default("id"),
  descending: z.boolean().default(false),
  ...page,
});
export type ProblemsInput = z.infer<typeof problemsInput>;
export type ProblemRow = Problem & { traces: number };

/** datasets.problem */
export const problemInput = z.object({ datasetId: z.string(), problemId: z.string() });
export type ProblemInput = z.infer<typeof problemInput>;
export interface ProblemDetail {
  problem: Problem;
  traces: Trace[];
}

/** runs.metrics: columns by metric, one entry a step; null where a step lacks it. */
export interface MetricColumns {
  steps: number[];
  values: Partial<Record<MetricName, (number | null)[]>>;
}

/** inspect.rollouts */
export const rolloutsInput = z.object({
  stageId: z.string(),
  step: z.number().int().optional().meta({ description: "Empty: the latest first" }),
  problemId: z.string().optional(),
  verdict: verdict.optional(),
  search: z.string().optional(),
  ...page,
});
export type RolloutsInput = z.infer<typeof rolloutsInput>;
export type RolloutRow = Rollout & { id: number; step: number; prompt: string; answer: string; source: string };

/** inspect.rolloutTokens */
export interface TokenRow {
  id: number;
  text: string;
  logprob: number;
  entropy: number;
}

/** inspect.samples */
export const samplesInput = z.object({
  evaluationId: z.string(),
  problemId: z.string().optional(),
  verdict: verdict.optional(),
  source: z.string().optional(),
  search: z.string().optional(),
  ...page,
});
export type SamplesInput = z.infer<typeof samplesInput>;
export type SampleRow = EvaluationSample & { prompt: string; answer: string };

/** Expected share of the work of each kind of stage, for progress before anything was measured. */
export const stageWeights: Record<StageKind, number> = { data: 1, sft: 10, finetune: 10, temperature: 4, evaluate: 6, door: 6, rl: 40 };

/** evaluations.list: an evaluation of one checkpoint on one benchmark. */
export type BenchmarkEvaluation = EvaluationRecord & {
  name: string;
  checkpoint: string;
  benchmark: string | null;
  dataset: string;
  seed: number;
  /** False while samples are added to it. */
  latest: boolean;
};

export const byEvaluation = z.object({ evaluationId: z.string() });

/** evaluations.summary */
export interface EvaluationSummaryView {
  score: Estimate;
  bySource: { source: string; score: Estimate }[];
  /** Closed form (unbiased), and the paper's way: k drawn, 100 times. */
  passAtK: { k: number; closedForm: number; resampled: number }[];
  verdicts: Record<Verdict, number>;
}

/** evaluations.problems */
export interface ProblemResult {
  problemId: string;
  prompt: string;
  source: string;
  samples: number;
  /** Mean reward. */
  solveRate: number;
  verdicts: Partial<Record<Verdict, number>>;
}

export const compareEvaluationsInput = z.object({ before: z.string(), after: z.string() });

/** evaluations.compare: two evaluations of the same problems, side by side. */
export interface EvaluationComparison {
  before: Estimate;
  after: Estimate;
  /** after − before, paired over problems. */
  difference: Estimate;
  /** Those whose solve rates differ, the largest difference first. */
  problems: { problemId: string; prompt: string; source: string; before: number; after: number }[];
  /** What keeps the two from being compared as they are, in words; empty when nothing does. */
  cautions: string[];
}

export const extendEvaluationInput = z.object({
  evaluationId: z.string(),
  samplesPerProblem: z.number().int().positive().max(1024).meta({ description: "New n; the samples that are there are kept" }),
});

/** evaluations.toDataset */
export interface ResponsesDataset {
  datasetId: string;
  rows: number;
}

export const responsesToDatasetInput = z.object({
  evaluationId: z.string(),
  keep: z.enum(["all", "verified"]).meta({ description: "verified: only responses with reward 1" }),
  name: z.string().min(1).max(64),
});

/** evaluations.start: what is not given follows the benchmark's protocol. */
export const startEvaluationInput = z.object({
  checkpoint: z.string(),
  benchmark: z.string().nullable().default(null).meta({ description: "Key of a benchmark; empty: the dataset's rows as they are" }),
  dataset: z.string().nullable().default(null).meta({ description: "Imported dataset version; empty: the benchmark's own" }),
  limit: z.number().int().positive().nullable().default(null).meta({ description: "At most so many problems, the first of the file" }),
  samplesPerProblem: z.number().int().positive().max(1024).optional(),
  temperature: z.number().min(0).max(10).optional(),
  topP: z.number().positive().max(1).optional(),
  maxResponseTokens: z
    .number()
    .int()
    .positive()
    .optional()
    .meta({ description: "Empty: the protocol's, or half of the checkpoint's positions where that is less", unit: "tokens" }),
  instruction: z.string().optional(),
  seed: z.number().int().nonnegative().default(1),
});
export type StartEvaluationInput = z.infer<typeof startEvaluationInput>;

/** datasets.imported.import: how far it is, then what it made. */
export type ImportDatasetEvent = { type: "progress"; progress: ImportProgress } | { type: "imported"; dataset: ImportedDataset };

/** datasets.runs, datasets.imported.runs: what runs made of one problem. */
export interface ProblemRuns {
  evaluations: {
    evaluationId: string;
    studyId: string;
    studyName: string;
    /** Checkpoint or start. */
    start: string;
    /** Absent for a checkpoint's own evaluation; else which point of which study. */
    when: "before" | "between" | "after" | "alone" | "door" | "dev";
    problemId: string;
    samples: number;
    solveRate: number;
    createdAt: string;
  }[];
  /** RL stages whose prompts included it. */
  rollouts: {
    studyId: string;
    studyName: string;
    stageId: string;
    start: string;
    problemId: string;
    rollouts: number;
    right: number;
    lastStep: number;
  }[];
}

/** checkpoints.memoryPlan */
export const memoryPlanInput = z.object({
  id: z.string(),
  use: z.enum(["evaluate", "sft", "lora", "rl"]),
  rows: z.number().int().positive().max(4096).meta({ description: "Rows of a batch; sequences that are generated at once" }),
  length: z.number().int().positive().max(131_072).meta({ description: "Tokens of a row", unit: "tokens" }),
});
export type MemoryPlanInput = z.infer<typeof memoryPlanInput>;
