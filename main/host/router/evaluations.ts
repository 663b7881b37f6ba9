// evaluations: checkpoints on benchmarks, one beside another, problem by problem.
import { meanReward } from "../../analysis/intervals.ts";
import { pairedDifference } from "../../analysis/paired.ts";
import { defaultKs, meanPassAtK, resampledPassAtK } from "../../analysis/pass-at-k.ts";
import { type Scores, scoresOf } from "../../analysis/scores.ts";
import {
  type Benchmark,
  type BenchmarkEvaluation,
  byEvaluation,
  compareEvaluationsInput,
  type EvaluationComparison,
  type EvaluationRecipe,
  type EvaluationRecord,
  type EvaluationSummaryView,
  extendEvaluationInput,
  HeadstartError,
  type ProblemResult,
  type ResponsesDataset,
  responsesToDatasetInput,
  type StudyRecord,
  startEvaluationInput,
  type Verdict,
  verdict,
} from "../../contract/index.ts";
import { benchmarks } from "../../studies/benchmarks.ts";
import { responsesToDataset } from "../responses-dataset.ts";
import { evaluationRecipeFor } from "../start-evaluation.ts";
import { startStudy } from "../start-study.ts";
import { procedure, router } from "./trpc.ts";

export const evaluations = router({
  benchmarks: procedure.query((): Benchmark[] => benchmarks),
  list: procedure.query(async ({ ctx }): Promise<BenchmarkEvaluation[]> => {
    const { store } = ctx.host;
    const studies = new Map((await store.studies()).map((study) => [study.id, study]));
    return (await store.benchmarkEvaluations()).map((record) => described(record, studies.get(record.studyId)!));
  }),
  start: procedure.input(startEvaluationInput).mutation(async ({ ctx, input }): Promise<{ id: string }> => {
    return startStudy(ctx.host, await evaluationRecipeFor(ctx.host, input), input.seed);
  }),
  summary: procedure.input(byEvaluation).query(async ({ ctx, input }): Promise<EvaluationSummaryView> => {
    const samples = await ctx.host.store.allEvaluationSamples(input.evaluationId);
    const scores = scoresOf(samples, `evaluation ${input.evaluationId}`);
    const verdicts = Object.fromEntries(verdict.options.map((name) => [name, 0])) as Record<Verdict, number>;
    for (const sample of samples) verdicts[sample.verdict]++;
    const sources = [...new Set(scores.problems.map(({ source }) => source))].sort();
    return {
      score: meanReward(scores),
      bySource: sources.map((source) => ({ source, score: meanReward(ofSource(scores, source)) })),
      passAtK: defaultKs(scores.samplesPerProblem).map((k) => ({
        k,
        closedForm: meanPassAtK(scores, k),
        resampled: resampledPassAtK(scores, k, [input.evaluationId]),
      })),
      verdicts,
    };
  }),
  problems: procedure
    .input(byEvaluation)
    .query(({ ctx, input }): Promise<ProblemResult[]> => ctx.host.store.problemResults(input.evaluationId)),
  compare: procedure.input(compareEvaluationsInput).query(async ({ ctx, input }): Promise<EvaluationComparison> => {
    const { store } = ctx.host;
    const sides = await Promise.all(
      [input.before, input.after].map(async (id) => ({
        record: await store.evaluation(id),
        scores: scoresOf(await store.allEvaluationSamples(id), `evaluation ${id}`),
        problems: await store.problemResults(id),
      })),
    );
    const [before, after] = sides;
    const rateAfter = new Map(after.problems.map(({ problemId, solveRate }) => [problemId, solveRate]));
    return {
      difference: pairedDifference(before.scores, after.scores, `evaluations ${input.before} and ${input.after}`),
      before: meanReward(before.scores),
      after: meanReward(after.scores),
      problems: before.problems
        .map(({ problemId, prompt, source, solveRate }) => ({
          problemId,
          prompt,
          source,
          before: solveRate,
          after: rateAfter.get(problemId)!,
        }))
        .filter((problem) => problem.before !== problem.after)
        .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.problemId < b.problemId ? -1 : 1)),
      cautions: cautions(before.record, after.record),
    };
  }),
  /** Draws more samples of every problem; those that are there are kept. Returns the study that does it. */
  extend: procedure.input(extendEvaluationInput).mutation(async ({ ctx, input }): Promise<{ studyId: string }> => {
    const { store, scheduler } = ctx.host;
    const record = await store.evaluation(input.evaluationId);
    const study = await store.study(record.studyId);
    const recipe = evaluationRecipeOf(study);
    const newest = study.stages[study.stages.length - 1];
    if (newest.result?.evaluationId !== record.id)
      throw refusal(
        record,
        "Samples are being added to this evaluation already, or it has a larger successor.",
        "Add to the newest evaluation of its study.",
      );
    if (input.samplesPerProblem <= record.samplesPerProblem)
      throw refusal(record, `It has ${record.samplesPerProblem} samples a problem already.`, "Ask for more than that.");
    const extended = await store.appendStage(study.id, {
      kind: "evaluate",
      key: `evaluate/n=${input.samplesPerProblem}`,
      from: { checkpoint: recipe.checkpoint },
      label: `Evaluation, n = ${input.samplesPerProblem}`,
      start: recipe.checkpoint,
      when: "alone",
      config: { ...record.config, samplesPerProblem: input.samplesPerProblem },
      extends: record.id,
    });
    await scheduler.enqueue(extended);
    return { studyId: study.id };
  }),
  /** Its responses as an SFT dataset. */
  toDataset: procedure
    .input(responsesToDatasetInput)
    .mutation(({ ctx, input }): Promise<ResponsesDataset> => responsesToDataset(ctx.host, input)),
});

function described(record: EvaluationRecord, study: StudyRecord): BenchmarkEvaluation {
  const { checkpoint, benchmark, data } = evaluationRecipeOf(study);
  const newest = study.stages[study.stages.length - 1];
  return {
    ...record,
    name: study.name,
    checkpoint,
    benchmark,
    dataset: data.dataset,
    seed: study.seed,
    latest: newest.result?.evaluationId === record.id,
  };
}

function evaluationRecipeOf({ id, recipe }: StudyRecord): EvaluationRecipe {
  if (recipe.kind === "evaluation") return recipe;
  throw new HeadstartError({
    code: "wrong-study-kind",
    where: `study ${id}`,
    message: `This is a study of kind ${recipe.kind}, whose evaluations are parts of it.`,
    hint: "Evaluate one of its checkpoints by itself.",
  });
}

const ofSource = ({ problems, samplesPerProblem }: Scores, source: string): Scores => ({
  problems: problems.filter((problem) => problem.source === source),
  samplesPerProblem,
});

/** Differences of protocol that a paired difference does not know of. */
function cautions(before: EvaluationRecord, after: EvaluationRecord): string[] {
  const names = { temperature: "temperatures", topP: "top-p", maxResponseTokens: "response budgets" } as const;
  return (Object.keys(names) as (keyof typeof names)[])
    .filter((key) => before.config[key] !== after.config[key])
    .map((key) => `Different ${names[key]}: ${before.config[key]} and ${after.config[key]}.`);
}

function refusal({ id }: EvaluationRecord, message: string, hint: string): HeadstartError {
  return new HeadstartError({ code: "cannot-extend", where: `evaluation ${id}`, message, hint });
}
