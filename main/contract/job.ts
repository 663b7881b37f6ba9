// What the host hands to the training thread: one stage at a time, with all it needs and nothing of the store.

import type { DoctorReport } from "./doctor.ts";
import type { ErrorRecord } from "./errors.ts";
import type { StudyRecipe } from "./recipe.ts";
import type { StageEvent, StagePlan } from "./run.ts";

export interface StageJob {
  studyId: string;
  stageId: string;
  /** Study seed; the stage derives every stream from (seed, start, kind, step, problem, sample). */
  seed: number;
  recipe: StudyRecipe;
  plan: StagePlan;
  /** Absolute folder of the study's checkpoints and files. */
  studyFolder: string;
  /** Absolute folder of the shipped data and base checkpoint. */
  resourcesFolder: string;
  /** Content hash the data must have once rebuilt; null in the data stage itself. */
  datasetHash: string | null;
  /** Checkpoint the stage begins from: absolute folder and id. Null: the recipe's base. */
  from: { folder: string; id: string } | null;
  /** Checkpoint of this same stage to go on from after an interruption. */
  resumeFrom: { folder: string; id: string; step: number } | null;
  /** Sampling temperature that the finder chose for this start; null before it ran. */
  temperature: number | null;
  /** RL steps behind `from`, for evaluations. */
  policyStep: number;
  /** Version of Headstart, as checkpoints record it. */
  codeVersion: string;
}

/** Host → training thread. */
export type WorkerRequest =
  | { type: "run"; job: StageJob }
  | { type: "pause" }
  | { type: "resume" }
  | { type: "abort" }
  | { type: "acknowledge"; sequence: number }
  | { type: "describe-engine"; id: number; measure: boolean };

/** Training thread → host. Each event is acknowledged once the store has committed it; few may be unacknowledged. */
export type WorkerReply =
  | { type: "event"; sequence: number; event: StageEvent }
  | { type: "finished"; outcome: "done" | "aborted" }
  | { type: "failed"; error: ErrorRecord }
  | { type: "engine"; id: number; engine: DoctorReport["engine"] }
  | { type: "engine"; id: number; error: ErrorRecord };
