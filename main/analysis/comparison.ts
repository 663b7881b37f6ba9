// A finished study's comparison: each start before and after RL, and the gap between starts. Everything is computed from the stored
// samples; evaluations that are not of the same problems with equal n and one config are refused.
import type { Comparison, StartComparison } from "../contract/comparison.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { Verdict } from "../contract/rollout.ts";
import { type EvaluationRecord, recipeOf, type StageRecord, type StudyRecord } from "../contract/run.ts";
import { isTrainedHere, type Start } from "../contract/study.ts";
import { fates } from "./fate.ts";
import { compareGap } from "./gap.ts";
import { meanReward } from "./intervals.ts";
import { pairedDifference } from "./paired.ts";
import { defaultKs, meanPassAtK } from "./pass-at-k.ts";
import { mean, ofSource, type ScoredSample, type Scores, scoresOf } from "./scores.ts";

export interface ComparisonSample extends ScoredSample {
  verdict: Verdict;
  tokens: number;
}

export interface StartEvaluation {
  start: string;
  when: "before" | "after";
  evaluation: EvaluationRecord;
  samples: readonly ComparisonSample[];
}

export interface ComparisonInput {
  study: StudyRecord;
  evaluations: readonly StartEvaluation[];
  /** Time the study ran. */
  seconds: number;
}

interface Side extends StartEvaluation {
  scores: Scores;
}

function sideOf({ study, evaluations }: ComparisonInput, start: string, when: "before" | "after"): Side {
  const found = evaluations.filter((entry) => entry.start === start && entry.when === when);
  if (found.length !== 1)
    throw new HeadstartError({
      code: found.length === 0 ? "study-incomplete" : "ambiguous-evaluation",
      where: `study ${study.id}, start ${start}`,
      message: `The start "${start}" has ${found.length === 0 ? "no evaluation" : "several evaluations"} ${when} RL.`,
      hint:
        found.length === 0 ? "Let the study finish before comparing." : "Give exactly one evaluation before and one after RL per start.",
    });
  return { ...found[0], scores: scoresOf(found[0].samples, `evaluation ${found[0].evaluation.id}`) };
}

/** The finished stage's result, or an error that names the stage. */
function resultOf(study: StudyRecord, start: string, kind: "sft" | "temperature"): NonNullable<StageRecord["result"]> {
  const stage = study.stages.find(({ plan }) => plan.kind === kind && plan.start === start);
  if (!stage?.result)
    throw new HeadstartError({
      code: "study-incomplete",
      where: `study ${study.id}, start ${start}`,
      message: `The ${kind === "sft" ? "SFT" : "temperature"} stage of "${start}" has no result.`,
      hint: "Let the study finish before comparing.",
    });
  return stage.result;
}

function compareStart(study: StudyRecord, config: Start, rank: number, before: Side, after: Side): StartComparison {
  const where = `study ${study.id}, start ${config.name}`;
  const temperature = resultOf(study, config.name, "temperature").temperature;
  const trained = isTrainedHere(config) ? config : null;
  const examples = trained ? resultOf(study, config.name, "sft").examples : null;
  if (!temperature || examples === undefined)
    throw new HeadstartError({
      code: "study-incomplete",
      where,
      message: `The ${temperature ? "SFT" : "temperature"} stage of "${config.name}" ended without what the comparison needs.`,
      hint: "Run the study again; if it happens again, this is a defect in Headstart: please report it.",
    });
  const change = pairedDifference(before.scores, after.scores, where);
  const sources = [...new Set(before.scores.problems.map((problem) => problem.source))].sort();
  const { newlySolved, lost } = fates(before.scores, after.scores, where);
  const truncated = (side: Side): number => mean(side.samples.map(({ verdict }) => (verdict === "truncated" ? 1 : 0)));
  const tokens = (side: Side): number => mean(side.samples.map((sample) => sample.tokens));
  return {
    name: config.name,
    rank,
    prompts: trained?.prompts ?? null,
    responsesPerPrompt: trained?.responsesPerPrompt ?? null,
    examples,
    temperature,
    before: meanReward(before.scores),
    after: meanReward(after.scores),
    change,
    bySource: sources.map((source) => {
      const [b, a] = [ofSource(before.scores, source), ofSource(after.scores, source)];
      return { source, before: meanReward(b), after: meanReward(a), change: pairedDifference(b, a, where) };
    }),
    passAtK: defaultKs(before.scores.samplesPerProblem).map((k) => ({
      k,
      before: meanPassAtK(before.scores, k),
      after: meanPassAtK(after.scores, k),
    })),
    truncated: { before: truncated(before), after: truncated(after) },
    responseTokens: { before: tokens(before), after: tokens(after) },
    newlySolved,
    lost,
    evaluationIds: { before: before.evaluation.id, after: after.evaluation.id },
  };
}

function assertOneConfig(sides: readonly Side[], where: string): void {
  const configs = sides.map(({ evaluation }) => JSON.stringify([evaluation.pool, evaluation.config]));
  if (new Set(configs).size > 1)
    throw new HeadstartError({
      code: "not-comparable",
      where,
      message: "The evaluations were not run with one config.",
      hint: "Compare only evaluations with the same pool, temperature, top-p, samples and response budget.",
    });
}

export function buildComparison(input: ComparisonInput): Comparison {
  const { study, seconds } = input;
  const starts = recipeOf(study, "weak-vs-strong").starts.map((config) => ({
    config,
    before: sideOf(input, config.name, "before"),
    after: sideOf(input, config.name, "after"),
  }));
  assertOneConfig(
    starts.flatMap(({ before, after }) => [before, after]),
    `study ${study.id}`,
  );
  const scored = starts.map(({ config, before, after }) => ({ name: config.name, before: before.scores, after: after.scores }));
  return {
    schemaVersion: 1,
    study: { id: study.id, name: study.name, recipeHash: study.recipeHash, seed: study.seed, seconds, engine: study.engine },
    pool: starts[0].after.evaluation.pool,
    starts: starts.map(({ config, before, after }, rank) => compareStart(study, config, rank, before, after)),
    // Every pair, the earlier being the weaker.
    gaps: scored.flatMap((weak, i) => scored.slice(i + 1).map((strong) => compareGap({ weak, strong }))),
  };
}
