// What exists once a study was started: the study, its stages in order, checkpoints, evaluations; and the events through
// which everything a run produces enters the store (one ingest, whatever produced it).
import { z } from "zod";
import { type DatasetSummary, domain, type Problem, pool, type Trace } from "./dataset.ts";
import { doorReport } from "./door.ts";
import { errorRecord, HeadstartError } from "./errors.ts";
import type { MetricName } from "./metrics.ts";
import { doorConfig, evalConfig, rlConfig, sftConfig, startConfig, temperatureConfig } from "./recipe.ts";
import { type Rollout, type Sample, sample, type TokenArrays, verdict } from "./rollout.ts";
import { type StudyKind, type StudyRecipe, studyRecipe } from "./study.ts";

export const status = z.enum(["queued", "running", "paused", "cancelled", "failed", "done"]);
export type Status = z.infer<typeof status>;

/** The checkpoint a stage begins from: one that is there, or what another stage of the study ends with (or ended an epoch with). */
export const checkpointSource = z.union([
  z.object({ checkpoint: z.string() }),
  z.object({ stage: z.string(), epoch: z.number().int().positive().optional() }),
]);
export type CheckpointSource = z.infer<typeof checkpointSource>;

const planned = {
  key: z.string().meta({ description: "Unique in its study; how other stages refer to this one" }),
  label: z.string(),
};
const ofArm = {
  ...planned,
  start: z.string().meta({ description: "Arm of the study it belongs to: a start, a cell of a ladder, a fork" }),
  from: checkpointSource,
};

/** What a stage is to do. The data stage belongs to all arms. */
export const stagePlan = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("data"), ...planned }),
  z.object({
    kind: z.literal("sft"),
    ...ofArm,
    config: startConfig,
    matched: z
      .enum(["steps", "tokens"])
      .optional()
      .meta({ description: "Train as many as the ladder's largest cell does; empty: config's epochs" }),
    branch: z
      .object({
        streams: z.string().meta({ description: "Names the random streams, so that trunk and branches see one order of examples" }),
        stopAfterEpoch: z.number().int().positive().optional().meta({ description: "The trunk ends here, before its decay" }),
        trunk: z
          .object({ stage: z.string(), epoch: z.number().int().positive() })
          .optional()
          .meta({ description: "Goes on from there, optimizer and all" }),
      })
      .optional(),
  }),
  z.object({
    kind: z.literal("temperature"),
    ...ofArm,
    config: temperatureConfig,
    maxResponseTokens: z.number().int(),
    groupSize: z.number().int().optional(),
  }),
  z.object({
    kind: z.literal("evaluate"),
    ...ofArm,
    when: z
      .enum(["before", "between", "after", "alone"])
      .meta({ description: "before, between the stages of or after RL; alone: of a checkpoint that goes through no RL here" }),
    point: z.string().optional().meta({ description: "Stage of RL it comes after; empty: none" }),
    config: evalConfig,
    extends: z.string().optional().meta({ description: "Evaluation whose samples are kept and added to" }),
  }),
  z.object({
    kind: z.literal("door"),
    ...ofArm,
    config: doorConfig,
    domain: domain.optional(),
    temperature: z.union([z.number(), z.object({ stage: z.string() })]),
    maxResponseTokens: z.number().int(),
  }),
  z.object({ kind: z.literal("finetune"), ...ofArm, config: sftConfig }),
  z.object({
    kind: z.literal("rl"),
    ...ofArm,
    name: z.string().optional().meta({ description: "Of the stage of staged RL; empty: the only one" }),
    number: z.number().int().optional().meta({ description: "0-based among the arm's RL stages; empty: 0" }),
    config: rlConfig,
    devEval: evalConfig,
    temperature: z.union([z.number(), z.object({ stage: z.string() })]).meta({ description: "T, or the stage that finds it" }),
    door: z.string().optional().meta({ description: "Stage that filters the problems; empty: all of the RL pool" }),
    note: z.string().optional(),
  }),
]);
export type StagePlan = z.infer<typeof stagePlan>;
export type StageKind = StagePlan["kind"];

export const temperatureResult = z.object({
  chosen: z.number(),
  chosenEntropy: z.number(),
  target: z.number(),
  fixed: z.boolean().meta({ description: "True when the recipe set T and the finder only measured it" }),
  candidates: z.array(
    z.object({
      temperature: z.number(),
      entropy: z.number(),
      reward: z.number(),
      truncated: z.number(),
      responseTokens: z.number(),
      distinct: z.number().optional().meta({ description: "Different responses among a problem's samples, as a share of them" }),
      informative: z
        .number()
        .optional()
        .meta({ description: "Expected share of groups of G with both right and wrong rollouts: those that carry a gradient" }),
      informativeError: z.number().optional().meta({ description: "Its standard error over problems" }),
    }),
  ),
  band: z.object({ low: z.number(), high: z.number() }).nullable().optional().meta({
    description: "The model's own band: entropies of the candidates whose informative share is within a standard error of the best",
    unit: "nats",
  }),
});
export type TemperatureResult = z.infer<typeof temperatureResult>;

export const stageResult = z.object({
  checkpointId: z.string().optional().meta({ description: "Checkpoint this stage ends with (sft, rl)" }),
  temperature: temperatureResult.optional(),
  evaluationId: z.string().optional(),
  examples: z.number().int().optional().meta({ description: "SFT examples used" }),
  droppedExamples: z.number().int().optional().meta({ description: "SFT examples longer than maxLength" }),
  steps: z.number().int().optional().meta({ description: "Updates made (sft, rl); fewer than planned where a stop rule ended RL" }),
  tokens: z.number().int().optional().meta({ description: "Tokens trained on (sft) or generated (rl)", unit: "tokens" }),
  epochs: z
    .array(z.object({ epoch: z.number().int(), checkpointId: z.string() }))
    .optional()
    .meta({ description: "Checkpoint at the end of each epoch (sft)" }),
  lengths: z.object({ tokens: z.number(), wasserstein: z.number(), ks: z.number() }).optional().meta({
    description: "Response lengths of a ladder's cell: tokens in all, and the distance of their distribution to the largest cell's",
  }),
  door: doorReport.optional(),
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

/** The recipe of a study of one kind; refuses a study of another. */
export function recipeOf<Kind extends StudyKind>(
  { id, recipe }: Pick<StudyRecord, "id" | "recipe">,
  kind: Kind,
): Extract<StudyRecipe, { kind: Kind }> {
  if (recipe.kind === kind) return recipe as Extract<StudyRecipe, { kind: Kind }>;
  throw new HeadstartError({
    code: "wrong-study-kind",
    where: `study ${id}`,
    message: `This study is of kind ${recipe.kind}, and what was asked is for kind ${kind}.`,
    hint: `Choose a study of kind ${kind}.`,
  });
}
