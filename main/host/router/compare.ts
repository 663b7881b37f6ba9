// compare: the end of a study, every start before and after RL, computed from its stored samples.
import { buildComparison, type StartEvaluation } from "../../analysis/comparison.ts";
import { summariseSeeds } from "../../analysis/seeds.ts";
import {
  byId,
  type Comparison,
  type EvaluationRecord,
  type SeedSummary,
  type StageRecord,
  type StudyRecord,
} from "../../contract/index.ts";
import type { StoreClient } from "../../store/client.ts";
import { finishedSeeds } from "./results.ts";
import { procedure, router } from "./trpc.ts";

/** The evaluation that a stage was for; those that RL makes on its way are not part of the comparison. */
async function ofStage(store: StoreClient, { id, plan, result }: StageRecord, evaluations: EvaluationRecord[]): Promise<StartEvaluation[]> {
  if (plan.kind !== "evaluate" || (plan.when !== "before" && plan.when !== "after")) return [];
  const evaluation = evaluations.find((candidate) => candidate.stageId === id && candidate.id === result?.evaluationId);
  if (!evaluation) return []; // buildComparison says which one is missing
  return [{ start: plan.start, when: plan.when, evaluation, samples: await store.allEvaluationSamples(evaluation.id) }];
}

async function compareStudy(store: StoreClient, study: StudyRecord): Promise<Comparison> {
  const evaluations = await store.evaluations(study.id);
  const perStage = await Promise.all(study.stages.map((stage) => ofStage(store, stage, evaluations)));
  const seconds = study.stages.reduce((sum, stage) => sum + stage.activeSeconds, 0);
  return buildComparison({ study, evaluations: perStage.flat(), seconds });
}

export const compare = router({
  /** Null while the study is not finished. */
  study: procedure.input(byId).query(async ({ ctx, input }): Promise<Comparison | null> => {
    const { store } = ctx.host;
    const study = await store.study(input.id);
    return study.status === "done" ? compareStudy(store, study) : null;
  }),
  /** Over seeds: the finished studies of the recipe of one study, one a seed (the newest). */
  seeds: procedure.input(byId).query(async ({ ctx, input }): Promise<SeedSummary> => {
    const { store } = ctx.host;
    const { recipeHash } = await store.study(input.id);
    const studies = await finishedSeeds(store, recipeHash);
    return summariseSeeds(await Promise.all(studies.map((study) => compareStudy(store, study))));
  }),
});
