// runs: the curves of a stage and the evaluations and checkpoints of a study.
import { byStage, byStudy, type CheckpointRecord, type EvaluationRecord, type MetricColumns } from "../../contract/index.ts";
import { procedure, router } from "./trpc.ts";

export const runs = router({
  metrics: procedure.input(byStage).query(({ ctx, input }): Promise<MetricColumns> => ctx.host.store.metrics(input.stageId)),
  evaluations: procedure.input(byStudy).query(({ ctx, input }): Promise<EvaluationRecord[]> => ctx.host.store.evaluations(input.studyId)),
  checkpoints: procedure.input(byStudy).query(({ ctx, input }): Promise<CheckpointRecord[]> => ctx.host.store.checkpoints(input.studyId)),
});
