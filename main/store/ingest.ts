// The one way in for what a run produces, wherever it runs: events of a stage, stored in order, in one transaction.
import type { Database } from "better-sqlite3";
import type { StageEvent } from "../contract/index.ts";
import type { CheckpointsArea } from "./checkpoints.ts";
import type { DatasetsArea } from "./datasets.ts";
import { invalidEvent, isConstraint } from "./errors.ts";
import type { EvaluationsArea } from "./evaluations.ts";
import type { MetricsArea } from "./metrics.ts";
import type { RolloutsArea } from "./rollouts.ts";
import type { StageRow, StagesArea } from "./stages.ts";
import { TokenAppends } from "./token-files.ts";

export interface Areas {
  stages: StagesArea;
  metrics: MetricsArea;
  rollouts: RolloutsArea;
  evaluations: EvaluationsArea;
  checkpoints: CheckpointsArea;
  datasets: DatasetsArea;
}

export function ingestArea(db: Database, areas: Areas) {
  function store(stage: StageRow, event: StageEvent, appends: TokenAppends): void {
    const { stages, metrics, rollouts, evaluations, checkpoints, datasets } = areas;
    switch (event.type) {
      case "progress":
        stages.setProgress(stage.id, event.step, event.totalSteps);
        break;
      case "dataset":
        datasets.addDataset(stage.study_id, event.dataset, event.problems, event.traces);
        break;
      case "metrics":
        metrics.addMetrics(stage.id, event.step, event.values);
        break;
      case "rollouts":
        rollouts.addRollouts(stage, event.step, event.rollouts, event.tokens, datasets.problemKeys(stage.study_id), appends);
        break;
      case "samples":
        requireSame(stage, event.evaluation, `Evaluation ${event.evaluation.id}`);
        evaluations.addSamples(event.evaluation, event.samples, datasets.problemKeys(stage.study_id));
        break;
      case "evaluation":
        requireSame(stage, event.evaluation, `Evaluation ${event.evaluation.id}`);
        evaluations.addEvaluation(event.evaluation, event.samples, datasets.problemKeys(stage.study_id));
        break;
      case "checkpoint":
        requireSame(stage, event.checkpoint, `Checkpoint ${event.checkpoint.id}`);
        checkpoints.addCheckpoint(event.checkpoint);
        break;
      case "result": {
        // The data may have been stored before under another id: the result names the one that is stored.
        const { datasetId } = event.result;
        const stored = datasetId && { datasetId: datasets.datasetOfStudy(stage.study_id) ?? datasetId };
        stages.finish(stage.id, { ...event.result, ...stored });
      }
    }
  }

  return {
    ingest(stageId: string, events: StageEvent[]): void {
      const stage = areas.stages.stage(stageId);
      const appends = new TokenAppends();
      try {
        db.transaction(() => {
          for (const event of events) {
            try {
              store(stage, event, appends);
            } catch (thrown) {
              throw isConstraint(thrown)
                ? invalidEvent(`A ${event.type} event of stage ${stageId}: ${(thrown as Error).message}.`)
                : thrown;
            }
          }
          appends.sync();
        }).immediate();
      } catch (thrown) {
        appends.undo();
        throw thrown;
      }
      appends.close();
    },
  };
}

function requireSame(stage: StageRow, of: { studyId: string; stageId: string }, what: string): void {
  if (of.stageId !== stage.id || of.studyId !== stage.study_id)
    throw invalidEvent(
      `${what} belongs to stage ${of.stageId} of study ${of.studyId}, but came from stage ${stage.id} of ${stage.study_id}.`,
    );
}
