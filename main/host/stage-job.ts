// What the training thread needs to run one stage, gathered from what the earlier stages of its study left in the store.
import { join } from "node:path";
import { type CheckpointRecord, HeadstartError, type StageJob, type StageRecord, type StudyRecord } from "../contract/index.ts";

export interface JobSources {
  study: StudyRecord;
  stage: StageRecord;
  checkpoints: CheckpointRecord[];
  datasetHash: string | null;
  /** Checkpoint of this very stage to go on from. */
  resumeFrom: CheckpointRecord | null;
  dataFolder: string;
  resourcesFolder: string;
}

export function stageJob({ study, stage, checkpoints, datasetHash, resumeFrom, dataFolder, resourcesFolder }: JobSources): StageJob {
  const { plan } = stage;
  const resultOf = (kind: "sft" | "rl" | "temperature") =>
    study.stages.find((other) => other.plan.kind === kind && "start" in plan && "start" in other.plan && other.plan.start === plan.start)
      ?.result ?? null;

  const checkpointOf = (kind: "sft" | "rl"): CheckpointRecord => {
    const id = resultOf(kind)?.checkpointId;
    const checkpoint = checkpoints.find((candidate) => candidate.id === id);
    if (checkpoint === undefined)
      throw new HeadstartError({
        code: "no-checkpoint",
        where: `study ${study.id}, ${plan.label}`,
        message: `The checkpoint that ${kind.toUpperCase()} should have left for this stage is not there.`,
        hint: "Start the study again; its earlier stages are incomplete.",
      });
    return checkpoint;
  };

  const parent =
    plan.kind === "data" || plan.kind === "sft" ? null : checkpointOf(plan.kind === "evaluate" && plan.when === "after" ? "rl" : "sft");
  const folderOf = (checkpoint: CheckpointRecord) => ({ folder: join(dataFolder, checkpoint.path), id: checkpoint.id });
  return {
    studyId: study.id,
    stageId: stage.id,
    seed: study.seed,
    recipe: study.recipe,
    plan,
    studyFolder: join(dataFolder, "studies", study.id),
    resourcesFolder,
    datasetHash,
    from: parent && folderOf(parent),
    resumeFrom: resumeFrom && { ...folderOf(resumeFrom), step: resumeFrom.step },
    temperature: resultOf("temperature")?.temperature?.chosen ?? null,
    policyStep: plan.kind === "evaluate" && plan.when === "after" ? parent!.step : 0,
    codeVersion: study.codeVersion,
  };
}
