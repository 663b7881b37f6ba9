// What the host hands to the training thread: one stage at a time, with all it needs and nothing of the store.

import type { ExportInput, GenerateEvent, GenerateInput } from "./checkpoint.ts";
import type { DatasetSummary, Problem, Trace } from "./dataset.ts";
import type { ErrorRecord } from "./errors.ts";
import type { FinishReason, Sample, Verification } from "./rollout.ts";
import type { StageEvent, StagePlan } from "./run.ts";
import type { PooledRecipe, StudyRecipe } from "./study.ts";

/** Problems of an imported dataset version, read by the host: what a study of one checkpoint works on. */
export interface ImportedProblems {
  dataset: DatasetSummary;
  problems: Problem[];
  /** The rows' responses. */
  traces: Trace[];
}

export interface CheckpointPlace {
  /** Absolute. */
  folder: string;
  id: string;
}

export interface StageJob {
  studyId: string;
  stageId: string;
  /** Study seed; the stage derives every stream from (seed, start, kind, step, problem, sample). */
  seed: number;
  recipe: StudyRecipe;
  plan: StagePlan;
  /** Absolute folder of the study's checkpoints and files. */
  studyFolder: string;
  /** Absolute folder of the shipped data. */
  resourcesFolder: string;
  /** Null: the data is generated from the recipe. */
  imported: ImportedProblems | null;
  /** Content hash the data must have once rebuilt; null in the data stage itself. */
  datasetHash: string | null;
  /** Checkpoint the stage begins from; null in the data stage. */
  from: CheckpointPlace | null;
  /** Checkpoint of this same stage to go on from after an interruption. */
  resumeFrom: (CheckpointPlace & { step: number }) | null;
  /** Epochs of this same stage that ended before the interruption, each with its checkpoint. */
  epochsBefore: { epoch: number; checkpointId: string }[];
  /** Samples that an interrupted evaluation has stored already. */
  samples: Sample[];
  /** Samples of the evaluation that this one adds to. */
  extended: Sample[];
  /** Sampling temperature of RL and its door, set or found; null in other stages. */
  temperature: number | null;
  /** Problems that the stage's door let through; null: all of the pool. */
  problemIds: string[] | null;
  /** RL steps behind `from`, for evaluations. */
  policyStep: number;
  /** Version of Headstart, as checkpoints record it. */
  codeVersion: string;
}

/** What the training thread asks of the host: verdicts that need processes of their own. */
export interface VerifyRequest {
  problem: Pick<Problem, "domain" | "answer" | "answerRule" | "tests" | "python">;
  response: { text: string; finishReason: FinishReason };
}

/** What a study would be made of. */
export interface PreflightQuestion {
  recipe: PooledRecipe;
  plans: StagePlan[];
  seed: number;
  imported: ImportedProblems | null;
  /** Absolute folder of the shipped data. */
  resourcesFolder: string;
  /** Whose tokenizer counts: the base's, or the checkpoint's. */
  checkpoint: CheckpointPlace;
}

/** What is asked of a checkpoint beside the stages; served between a stage's steps. */
export type Question =
  | { kind: "generate"; checkpoint: CheckpointPlace; input: GenerateInput }
  | { kind: "score"; checkpoint: CheckpointPlace; ids: number[] }
  | ({ kind: "preflight" } & PreflightQuestion)
  | {
      kind: "export";
      checkpoint: CheckpointPlace;
      format: ExportInput["format"];
      dtype: ExportInput["dtype"];
      merge: boolean;
      folder: string;
    };

/** Host → training thread. */
export type WorkerRequest =
  | { type: "run"; job: StageJob }
  | { type: "pause" }
  | { type: "resume" }
  | { type: "abort" }
  | { type: "acknowledge"; sequence: number }
  | { type: "verified"; id: number; verification: Verification }
  | { type: "ask"; id: number; question: Question }
  | { type: "stop-answer"; id: number }
  | { type: "describe-engine"; id: number; measure: boolean };

/** Training thread → host. Each event is acknowledged once the store has committed it; few may be unacknowledged. */
export type WorkerReply =
  | { type: "event"; sequence: number; event: StageEvent }
  | { type: "finished"; outcome: "done" | "aborted" }
  | { type: "failed"; error: ErrorRecord }
  | { type: "verify"; id: number; request: VerifyRequest }
  | { type: "partial"; id: number; event: GenerateEvent }
  | { type: "answer"; id: number; value: unknown }
  | { type: "answer"; id: number; error: ErrorRecord };
