// runs: the curves of a stage and the evaluations and checkpoints of a study.
import { byStage, byStudy, type CheckpointRecord, type EvaluationRecord, type MetricColumns } from "../../contract/index.ts";
import { notReady, procedure, router } from "./trpc.ts";

export const runs = router({
  metrics: procedure.input(byStage).query(async (): Promise<MetricColumns> => notReady()),
  evaluations: procedure.input(byStudy).query(async (): Promise<EvaluationRecord[]> => notReady()),
  checkpoints: procedure.input(byStudy).query(async (): Promise<CheckpointRecord[]> => notReady()),
});
