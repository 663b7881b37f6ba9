// results: what a study found, so far or whole, for its own seed or for all finished seeds of its recipe.

import type { FingerprintSample } from "../../analysis/fingerprint.ts";
import { paperValues } from "../../analysis/paper.ts";
import { replayRollouts } from "../../analysis/replay.ts";
import { alignmentOfStudies } from "../../analysis/study-alignment.ts";
import { fairnessOfStudies } from "../../analysis/study-fairness.ts";
import { fatesOfStudy } from "../../analysis/study-fates.ts";
import { fingerprintCorrelations, fingerprintsOfStudy } from "../../analysis/study-fingerprints.ts";
import { overlongOfStudies } from "../../analysis/study-overlong.ts";
import type { SeedRun } from "../../analysis/study-points.ts";
import { buildStudyResult } from "../../analysis/study-result.ts";
import {
  type Alignment,
  alignmentInput,
  byId,
  type FairnessReport,
  type FateMap,
  type Fingerprint,
  type FingerprintCorrelations,
  HeadstartError,
  type OverlongReport,
  type PaperValue,
  type Replay,
  replayInput,
  ruleOf,
  type StudyRecord,
  type StudyResult,
  studyResultInput,
} from "../../contract/index.ts";
import type { CompactRollout, StoreClient } from "../../store/client.ts";
import { procedure, router } from "./trpc.ts";

/** Finished studies of one recipe, the newest of each seed. */
export async function finishedSeeds(store: StoreClient, recipeHash: string): Promise<StudyRecord[]> {
  const bySeed = new Map<number, StudyRecord>();
  for (const study of await store.studies())
    if (study.recipeHash === recipeHash && study.status === "done" && !bySeed.has(study.seed)) bySeed.set(study.seed, study);
  return [...bySeed.values()].sort((a, b) => a.seed - b.seed);
}

/** What a gain is measured by: gains on other problems, or by another evaluation, are not of one kind. */
function measureOf({ recipe }: StudyRecord): string {
  return JSON.stringify("finalEval" in recipe ? [recipe.data, recipe.finalEval] : [recipe.kind]);
}

/** The study that is asked for stands for its seed, also while it runs. */
async function studiesOf(store: StoreClient, { id, seeds }: { id: string; seeds: "this" | "all" }): Promise<StudyRecord[]> {
  const study = await store.study(id);
  const finished = seeds === "all" ? await finishedSeeds(store, study.recipeHash) : [];
  return [study, ...finished.filter(({ seed }) => seed !== study.seed)];
}

/** `which`: evaluations of the study's own stages, or those that RL makes on its way. */
async function seedRun(store: StoreClient, study: StudyRecord, which: "stages" | "rl"): Promise<SeedRun> {
  const kinds = new Map(study.stages.map(({ id, plan }) => [id, plan.kind]));
  const own = new Set(study.stages.flatMap(({ plan, result }) => (plan.kind === "evaluate" && result?.evaluationId) || []));
  const evaluations = (await store.evaluations(study.id)).filter(({ id, stageId }) =>
    which === "stages" ? own.has(id) : kinds.get(stageId) === "rl",
  );
  const trained = study.stages.filter(({ plan, step }) => (plan.kind === "sft" || plan.kind === "rl") && step > 0);
  return {
    study,
    evaluations: await Promise.all(
      evaluations.map(async (evaluation) => ({ evaluation, samples: await store.allEvaluationSamples(evaluation.id) })),
    ),
    metrics: new Map(await Promise.all(trained.map(async ({ id }) => [id, await store.metrics(id)] as const))),
  };
}

/** Samples with their texts and their problems' sources. */
async function wholeSamples(store: StoreClient, evaluationId: string): Promise<FingerprintSample[]> {
  const sources = new Map((await store.allEvaluationSamples(evaluationId)).map(({ problemId, source }) => [problemId, source]));
  return (await store.samplesOf(evaluationId)).map((sample) => ({ ...sample, source: sources.get(sample.problemId) ?? "" }));
}

export const results = router({
  get: procedure.input(studyResultInput).query(async ({ ctx, input }): Promise<StudyResult> => {
    const { store } = ctx.host;
    const studies = await studiesOf(store, input);
    return buildStudyResult(await Promise.all(studies.map((study) => seedRun(store, study, "stages"))));
  }),
  /** Problem by problem from before RL to the end; null until an arm has both. */
  fates: procedure.input(byId).query(async ({ ctx, input }): Promise<FateMap | null> => {
    const { store } = ctx.host;
    return fatesOfStudy(await seedRun(store, await store.study(input.id), "stages"));
  }),
  /** The arms' dev curves on one axis; null until two arms have one. */
  alignment: procedure.input(alignmentInput).query(async ({ ctx, input }): Promise<Alignment | null> => {
    const { store } = ctx.host;
    const studies = await studiesOf(store, input);
    const runs = studies.map(async (study) => ({
      run: await seedRun(store, study, "rl"),
      parameters: new Map((await store.checkpoints(study.id)).map(({ stageId, parameters }) => [stageId, parameters])),
    }));
    return alignmentOfStudies(await Promise.all(runs), input.axis);
  }),
  /** An over-long study's report; null until a budget has both its forks, and for other studies. */
  overlong: procedure.input(studyResultInput).query(async ({ ctx, input }): Promise<OverlongReport | null> => {
    const { store } = ctx.host;
    return overlongOfStudies(await studiesOf(store, input), (evaluationId) => wholeSamples(store, evaluationId));
  }),
  /** What each start was before RL, from what the finder sampled at its temperature. */
  fingerprints: procedure.input(byId).query(async ({ ctx, input }): Promise<Fingerprint[]> => {
    const { store } = ctx.host;
    return fingerprintsOfStudy(await store.study(input.id), (evaluationId) => wholeSamples(store, evaluationId));
  }),
  /** Over finished studies like this one: what of a start's fingerprint goes with its gain through RL; null below three starts. */
  fingerprintCorrelations: procedure.input(byId).query(async ({ ctx, input }): Promise<FingerprintCorrelations | null> => {
    const { store } = ctx.host;
    const measured = measureOf(await store.study(input.id));
    const studies = (await store.studies()).filter((study) => measureOf(study) === measured);
    const scores = new Map<string, number>();
    for (const { id, recipe } of studies)
      if (recipe.kind === "weak-vs-strong" || recipe.kind === "rl")
        for (const evaluation of await store.evaluations(id)) scores.set(evaluation.id, evaluation.passAt1);
    return fingerprintCorrelations(studies, (evaluationId) => wholeSamples(store, evaluationId), (id) => scores.get(id)); // biome-ignore format: one thought
  }),
  /** What another rule of the loss would have made of an RL stage's rollouts. */
  replay: procedure.input(replayInput).query(async ({ ctx, input }): Promise<Replay> => {
    const { store } = ctx.host;
    const stage = (await store.studies()).flatMap(({ stages }) => stages).find(({ id }) => id === input.stageId);
    if (stage?.plan.kind !== "rl")
      throw new HeadstartError({
        code: "no-rollouts",
        where: `stage ${input.stageId}`,
        message: "Only a stage of RL has rollouts to replay.",
        hint: "Choose one of a study's RL stages.",
      });
    const steps: { step: number; rollouts: CompactRollout[] }[] = [];
    for (const rollout of await store.allRollouts(stage.id)) {
      if (steps[steps.length - 1]?.step !== rollout.step) steps.push({ step: rollout.step, rollouts: [] });
      steps[steps.length - 1].rollouts.push(rollout);
    }
    return replayRollouts(steps, ruleOf(stage.plan.config), input.rule);
  }),
  /** The papers' numbers, to be read beside a study's own. */
  published: procedure.query((): readonly PaperValue[] => paperValues),
  /** What differs between the starts' runs besides the start; null for a study that compares none. */
  fairness: procedure
    .input(studyResultInput)
    .query(async ({ ctx, input }): Promise<FairnessReport | null> => fairnessOfStudies(await studiesOf(ctx.host.store, input))),
});
