// What the training thread needs to run one stage, gathered from what the earlier stages of its study left in the store.
import { join } from "node:path";
import {
  type CheckpointPlace,
  type CheckpointRecord,
  HeadstartError,
  type ImportedProblems,
  type Sample,
  type StageJob,
  type StageRecord,
  type StageResult,
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
  samples: Sample[];
  extended: Sample[];
  dataFolder: string;
  resourcesFolder: string;
}

/** Result of the start's own stage of a kind. */
function resultOf(study: StudyRecord, { plan }: StageRecord, kind: "sft" | "rl" | "temperature"): StageResult | null {
  const own = study.stages.find(
    (other) => other.plan.kind === kind && "start" in plan && "start" in other.plan && other.plan.start === plan.start,
  );
  return own?.result ?? null;
}

/** Id of the checkpoint that a stage begins from; null for one that needs none. */
export function checkpointBefore(study: StudyRecord, stage: StageRecord): string | null {
  const { plan } = stage;
  const { recipe } = study;
  if (plan.kind === "data") return null;
  if (recipe.kind !== "weak-vs-strong") return recipe.checkpoint;
  if (plan.kind === "sft") return recipe.base;
  const kind = plan.kind === "evaluate" && plan.when === "after" ? "rl" : "sft";
  const id = resultOf(study, stage, kind)?.checkpointId;
  if (id === undefined)
    throw new HeadstartError({
      code: "no-checkpoint",
      where: `study ${study.id}, ${plan.label}`,
      message: `The checkpoint that ${kind.toUpperCase()} should have left for this stage is not there.`,
      hint: "Start the study again; its earlier stages are incomplete.",
    });
  return id;
}

export function stageJob(sources: JobSources): StageJob {
  const { study, stage, from, imported, datasetHash, resumeFrom, samples, extended, dataFolder, resourcesFolder } = sources;
  const { plan } = stage;
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
    samples,
    extended,
    temperature: resultOf(study, stage, "temperature")?.temperature?.chosen ?? null,
    policyStep: plan.kind === "evaluate" && plan.when === "after" && study.recipe.kind === "weak-vs-strong" ? study.recipe.rl.steps : 0,
    codeVersion: study.codeVersion,
  };
}
