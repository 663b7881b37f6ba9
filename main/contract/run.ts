// What exists once a study was started: the study, its stages in order, checkpoints, evaluations; and the events through
// which everything a run produces enters the store (one ingest, whatever produced it).
import { z } from "zod";
import { type DatasetSummary, type Problem, pool, type Trace } from "./dataset.ts";
import { errorRecord, HeadstartError } from "./errors.ts";
import type { MetricName } from "./metrics.ts";
import { evalConfig, rlConfig, sftConfig, startConfig, studyRecipe, temperatureConfig, type WeakVsStrongRecipe } from "./recipe.ts";
import { type Rollout, type Sample, sample, type TokenArrays, verdict } from "./rollout.ts";

export const status = z.enum(["queued", "running", "paused", "cancelled", "failed", "done"]);
export type Status = z.infer<typeof status>;

/** What a stage is to do. `start` names the start it belongs to; the data stage belongs to all. */
export const stagePlan = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("data"), label: z.string() }),
  z.object({ kind: z.literal("sft"), label: z.string(), start: z.string(), config: startConfig }),
  z.object({
    kind: z.literal("temperature"),
    label: z.string(),
    start: z.string(),
    config: temperatureConfig,
    maxResponseTokens: z.number().int(),
  }),
  z.object({
    kind: z.literal("evaluate"),
    label: z.string(),
    start: z.string(),
    when: z.enum(["before", "after", "alone"]).meta({ description: "before or after RL; alone: an evaluation of its own" }),
    config: evalConfig,
    extends: z.string().optional().meta({ description: "Evaluation whose samples are kept and added to" }),
  }),
  z.object({ kind: z.literal("finetune"), label: z.string(), start: z.string(), config: sftConfig }),
  z.object({ kind: z.literal("rl"), label: z.string(), start: z.string(), config: rlConfig, devEval: evalConfig }),
]);
export type StagePlan = z.infer<typeof stagePlan>;
export type StageKind = StagePlan["kind"];

export const temperatureResult = z.object({
  chosen: z.number(),
  chosenEntropy: z.number(),
  target: z.number(),
  fixed: z.boolean().meta({ description: "True when the recipe set T and the finder only measured it" }),
  candidates: z.array(
    z.object({ temperature: z.number(), entropy: z.number(), reward: z.number(), truncated: z.number(), responseTokens: z.number() }),
  ),
});
export type TemperatureResult = z.infer<typeof temperatureResult>;

export const stageResult = z.object({
  checkpointId: z.string().optional().meta({ description: "Checkpoint this stage ends with (sft, rl)" }),
  temperature: temperatureResult.optional(),
  evaluationId: z.string().optional(),
  examples: z.number().int().optional().meta({ description: "SFT examples used" }),
  droppedExamples: z.number().int().optional().meta({ description: "SFT examples longer than maxLength" }),
  datasetId: z.string().optional(),
});
export type StageResult = z.infer<typeof stageResult>;

export const stageRecord = z.object({
  id: z.string(),
  studyId: z.string(),
  ordinal: z.number().int(),
  plan: stagePlan,
  status,
  step: z.number().int().meta({ description: "Last finished step" }),
  totalSteps: z.number().int().meta({ description: "0 until known" }),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  activeSeconds: z.number().meta({ description: "Time it ran, pauses left out" }),
  result: stageResult.nullable(),
  error: errorRecord.nullable(),
});
export type StageRecord = z.infer<typeof stageRecord>;

export const studyRecord = z.object({
  id: z.string(),
  name: z.string(),
  recipe: studyRecipe,
  recipeHash: z.string(),
  seed: z.number().int(),
  status,
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  datasetId: z.string().nullable(),
  engine: z.string().nullable().meta({ description: "Backend, device, versions and threads it ran on" }),
  codeVersion: z.string(),
  error: errorRecord.nullable(),
  stages: z.array(stageRecord),
});
export type StudyRecord = z.infer<typeof studyRecord>;

export const checkpointRecord = z.object({
  id: z.string(),
  studyId: z.string(),
  stageId: z.string(),
  start: z.string(),
  step: z.number().int(),
  path: z.string().meta({ description: "Folder, relative to the data folder" }),
  parentId: z.string().nullable(),
  parameters: z.number().int(),
  createdAt: z.string(),
});
export type CheckpointRecord = z.infer<typeof checkpointRecord>;

export const evaluationRecord = z.object({
  id: z.string(),
  studyId: z.string(),
  stageId: z.string(),
  start: z.string(),
  step: z.number().int().meta({ description: "Step of its stage it belongs to; RL begins with 0, before the first update" }),
  pool,
  config: evalConfig,
  problems: z.number().int(),
  samplesPerProblem: z.number().int(),
  passAt1: z.number().meta({ description: "Mean reward over problems and samples (avg@n)", unit: "share" }),
  standardError: z.number().meta({ description: "Clustered by problem" }),
  low: z.number().nullable().meta({ description: "Lower end of the 95 % interval; null in evaluations of before it was stored" }),
  high: z.number().nullable(),
  verdicts: z.record(verdict, z.number().int()).nullable().meta({ description: "How many samples ended how" }),
  truncated: z.number(),
  responseTokens: z.number(),
  createdAt: z.string(),
});
export type EvaluationHead = Pick<EvaluationRecord, "id" | "studyId" | "stageId" | "start" | "step" | "pool" | "config" | "createdAt">;
export type EvaluationRecord = z.infer<typeof evaluationRecord>;

/** An evaluation sample as stored and shown. */
export const evaluationSample = sample.extend({ source: z.string() });
export type EvaluationSample = z.infer<typeof evaluationSample>;

/** What a running stage produces. Order matters: a checkpoint is published after all that led to it. */
export type StageEvent =
  | { type: "progress"; step: number; totalSteps: number; activity: string }
  | { type: "dataset"; dataset: DatasetSummary; problems: Problem[]; traces: Trace[] }
  | { type: "metrics"; step: number; values: Partial<Record<MetricName, number>> }
  | { type: "rollouts"; step: number; rollouts: Rollout[]; tokens: TokenArrays }
  /** Samples of an evaluation that is not complete yet: kept when its stage is interrupted, so that none is drawn twice. */
  | { type: "samples"; evaluation: EvaluationHead; samples: Sample[] }
  /** Completes an evaluation with the samples that were not sent before. */
  | { type: "evaluation"; evaluation: EvaluationRecord; samples: Sample[] }
  | { type: "checkpoint"; checkpoint: CheckpointRecord }
  | { type: "result"; result: StageResult };

/** What the app hears while it is open; details are then read through the router. */
export type LiveEvent =
  | { type: "study"; studyId: string; status: Status }
  | {
      type: "stage";
      studyId: string;
      stageId: string;
      status: Status;
      step: number;
      totalSteps: number;
      activity: string;
      etaSeconds: number | null;
    }
  | { type: "metrics"; studyId: string; stageId: string; start: string; step: number; values: Partial<Record<MetricName, number>> }
  | { type: "evaluation"; studyId: string; stageId: string; start: string; evaluation: EvaluationRecord }
  | { type: "rollouts"; studyId: string; stageId: string; start: string; step: number; count: number }
  /** This listener was too slow and events were dropped for it: read again what is shown. */
  | { type: "missed" };

/** The recipe of a study that compares starts; refuses a study of another kind. */
export function weakVsStrongOf({ id, recipe }: Pick<StudyRecord, "id" | "recipe">): WeakVsStrongRecipe {
  if (recipe.kind === "weak-vs-strong") return recipe;
  throw new HeadstartError({
    code: "wrong-study-kind",
    where: `study ${id}`,
    message: `This study is of kind ${recipe.kind}: it compares no starts.`,
    hint: "Choose a study of kind weak-vs-strong.",
  });
}
