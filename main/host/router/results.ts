// results: what a study found, so far or whole, for its own seed or for all finished seeds of its recipe.
import { buildStudyResult, type SeedRun } from "../../analysis/study-result.ts";
import { type StudyRecord, type StudyResult, studyResultInput } from "../../contract/index.ts";
import type { StoreClient } from "../../store/client.ts";
import { procedure, router } from "./trpc.ts";

/** Finished studies of one recipe, the newest of each seed. */
export async function finishedSeeds(store: StoreClient, recipeHash: string): Promise<StudyRecord[]> {
  const bySeed = new Map<number, StudyRecord>();
  for (const study of await store.studies())
    if (study.recipeHash === recipeHash && study.status === "done" && !bySeed.has(study.seed)) bySeed.set(study.seed, study);
  return [...bySeed.values()].sort((a, b) => a.seed - b.seed);
}

async function seedRun(store: StoreClient, study: StudyRecord): Promise<SeedRun> {
  const wanted = new Set(study.stages.flatMap(({ plan, result }) => (plan.kind === "evaluate" && result?.evaluationId) || []));
  const evaluations = (await store.evaluations(study.id)).filter(({ id }) => wanted.has(id));
  const trained = study.stages.filter(({ plan, step }) => (plan.kind === "sft" || plan.kind === "rl") && step > 0);
  return {
    study,
    evaluations: await Promise.all(
      evaluations.map(async (evaluation) => ({ evaluation, samples: await store.allEvaluationSamples(evaluation.id) })),
    ),
    metrics: new Map(await Promise.all(trained.map(async ({ id }) => [id, await store.metrics(id)] as const))),
  };
}

export const results = router({
  get: procedure.input(studyResultInput).query(async ({ ctx, input }): Promise<StudyResult> => {
    const { store } = ctx.host;
    const study = await store.study(input.id);
    const finished = input.seeds === "all" ? await finishedSeeds(store, study.recipeHash) : [];
    // The study that is asked for stands for its seed, also while it runs.
    const studies = [study, ...finished.filter(({ seed }) => seed !== study.seed)];
    return buildStudyResult(await Promise.all(studies.map((other) => seedRun(store, other))));
  }),
});
