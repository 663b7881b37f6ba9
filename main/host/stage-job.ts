// What the training thread needs to run one stage, gathered from what the earlier stages of its study left in the store.
import { join } from "node:path";
import {
  type CheckpointPlace,
  type CheckpointRecord,
  type CheckpointSource,
  HeadstartError,
  type ImportedProblems,
  type Sample,
  type StageJob,
  type StagePlan,
  type StageRecord,
  type StudyRecord,
} from "../contract/index.ts";

export interface JobSources {
  study: StudyRecord;
  stage: StageRecord;
  from: CheckpointPlace | null;
  imported: ImportedProblems | null;
  datasetHash: string | null;
  /** Checkpoint of this very stage to go on from. */
  resumeFrom: CheckpointRecord | null;
  /** All checkpoints of this very stage, oldest first. */
  own: CheckpointRecord[];
  samples: Sample[];
  extended: Sample[];
  dataFolder: string;
  resourcesFolder: string;
}

/** The stage of this key, which comes before. */
function stageOf(study: StudyRecord, key: string): StageRecord {
  const stage = study.stages.find(({ plan }) => plan.key === key);
  if (stage) return stage;
  throw new TypeError(`study ${study.id} has no stage ${key}`);
}

function missing(study: StudyRecord, { plan }: StageRecord, what: string): HeadstartError {
  return new HeadstartError({
    code: "no-checkpoint",
    where: `study ${study.id}, ${plan.label}`,
    message: `${what} is not there.`,
    hint: "Start the study again; its earlier stages are incomplete.",
  });
}

/** Id of the checkpoint that a source names; undefined while the stage that is to leave it has not. */
export function checkpointAt(stages: readonly StageRecord[], from: CheckpointSource): string | undefined {
  if ("checkpoint" in from) return from.checkpoint;
  const { stage: key, epoch } = from;
  const result = stages.find(({ plan }) => plan.key === key)?.result;
  return epoch === undefined ? result?.checkpointId : result?.epochs?.find((end) => end.epoch === epoch)?.checkpointId;
}

function checkpointOf(study: StudyRecord, stage: StageRecord, from: CheckpointSource): string {
  if ("checkpoint" in from) return from.checkpoint;
  const id = checkpointAt(study.stages, from);
  if (id !== undefined) return id;
  const { label } = stageOf(study, from.stage).plan;
  throw missing(study, stage, `The checkpoint that "${label}" should have left${from.epoch ? ` after epoch ${from.epoch}` : ""}`);
}

/** Id of the checkpoint that a stage begins from; null for one that needs none. */
export function checkpointBefore(study: StudyRecord, stage: StageRecord): string | null {
  return "from" in stage.plan ? checkpointOf(study, stage, stage.plan.from) : null;
}

/** Id of the checkpoint whose training, optimizer and all, a stage goes on with; null for one that begins anew. */
export function trunkBefore(study: StudyRecord, stage: StageRecord): string | null {
  const trunk = stage.plan.kind === "sft" ? stage.plan.branch?.trunk : undefined;
  return trunk ? checkpointOf(study, stage, trunk) : null;
}

function temperatureOf(study: StudyRecord, { plan }: StageRecord): number | null {
  if (plan.kind !== "rl" && plan.kind !== "door") return null;
  if (typeof plan.temperature === "number") return plan.temperature;
  return stageOf(study, plan.temperature.stage).result?.temperature?.chosen ?? null;
}

/** RL steps behind a stage's checkpoint, over all stages of RL on the way to it. */
function policyStep(study: StudyRecord, plan: StagePlan): number {
  if (!("from" in plan) || !("stage" in plan.from)) return 0;
  const before = stageOf(study, plan.from.stage);
  const own = before.plan.kind === "rl" ? (before.result?.steps ?? before.plan.config.steps) : 0;
  return own + policyStep(study, before.plan);
}

const epochsOfTrunk = (plan: StagePlan): number => (plan.kind === "sft" && plan.branch?.trunk ? plan.branch.trunk.epoch : 0);

export function stageJob(sources: JobSources): StageJob {
  const { study, stage, own, from, imported, datasetHash, resumeFrom, samples, extended, dataFolder, resourcesFolder } = sources;
  const { plan } = stage;
  const door = plan.kind === "rl" && plan.door !== undefined ? stageOf(study, plan.door).result?.door : undefined;
  if (plan.kind === "rl" && plan.door !== undefined && !door) throw missing(study, stage, "What the stage's door let through");
  return {
    studyId: study.id,
    stageId: stage.id,
    seed: study.seed,
    recipe: study.recipe,
    plan,
    studyFolder: join(dataFolder, "studies", study.id),
    resourcesFolder,
    imported,
    datasetHash,
    from,
    resumeFrom: resumeFrom && { folder: join(dataFolder, resumeFrom.path), id: resumeFrom.id, step: resumeFrom.step },
    // Of SFT each epoch's end leaves one, and nothing else does.
    epochsBefore: plan.kind === "sft" || plan.kind === "finetune" ? own.map(({ id }, i) => ({ epoch: i + 1 + epochsOfTrunk(plan), checkpointId: id })) : [], // biome-ignore format: one record
    samples,
    extended,
    temperature: temperatureOf(study, stage),
    problemIds: door?.survivors ?? null,
    policyStep: policyStep(study, plan),
    codeVersion: study.codeVersion,
  };
}
