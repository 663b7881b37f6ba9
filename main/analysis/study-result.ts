// What a study found, from its stages, evaluations and metrics: every kind of study has arms, arms have evaluations at points, and
// differences are paired over problems. With several seeds the interval over seeds is the one that speaks of the recipe.
import type { MetricColumns } from "../contract/api.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { MetricName } from "../contract/metrics.ts";
import type { StudyRecord } from "../contract/run.ts";
import { armNames, cellName } from "../contract/study.ts";
import type { ArmRun, ArmStage, Course, StudyArm, StudyDifference, StudyResult } from "../contract/study-result.ts";
import { pairedDifference } from "./paired.ts";
import { type LadderRun, ladderRegression } from "./regression.ts";
import { mean } from "./scores.ts";
import { overSeeds } from "./seeds.ts";
import { compareStarts, type StartRun } from "./starts.ts";
import { ofKind, type Point, pointsOf, type SeedRun, type StageOf } from "./study-points.ts";
import { sweepOf } from "./temperature-sweep.ts";

interface Measured {
  run: SeedRun;
  points: Point[];
}

/** `runs`: studies of one recipe, one a seed. */
export function buildStudyResult(runs: readonly SeedRun[]): StudyResult {
  const [first] = runs;
  if (!first || runs.some(({ study }) => study.recipeHash !== first.study.recipeHash))
    throw new HeadstartError({
      code: "not-comparable",
      where: "result of a study",
      message: runs.length === 0 ? "There is no study to look at." : "The studies have different recipes.",
      hint: "Look at studies of one recipe.",
    });
  const { recipe, recipeHash, name } = first.study;
  const ordered = [...runs].sort((a, b) => a.study.seed - b.study.seed);
  const measured = ordered.map((run) => ({ run, points: pointsOf(run) }));
  const points = measured.flatMap((seed) => seed.points);
  const pools = [...new Set(ordered.flatMap(({ evaluations }) => evaluations.map(({ evaluation }) => evaluation.pool)))];
  const notes: string[] = [];
  if (pools.includes("dev"))
    notes.push("Measured on dev, where recipes are chosen: a result to quote is measured on test, with fresh seeds.");
  if (ordered.length === 1) notes.push("One seed: intervals are over problems and speak of these checkpoints, not of the recipe.");
  return {
    schemaVersion: 1,
    name,
    recipe,
    recipeHash,
    seeds: ordered.map(({ study }) => ({
      seed: study.seed,
      studyId: study.id,
      complete: study.status === "done",
      seconds: study.stages.reduce((sum, stage) => sum + stage.activeSeconds, 0),
      codeVersion: study.codeVersion,
      engine: study.engine,
    })),
    pool: pools[0] ?? (recipe.kind === "evaluation" ? recipe.eval.pool : "test"),
    arms: armsOf(measured),
    differences: differencesOf(measured),
    regression: recipe.kind === "ladder" ? regressionOf(measured, points, notes) : null,
    starts: recipe.kind === "weak-vs-strong" ? startsOf(measured, recipe.starts.map((start) => start.name)) : null, // biome-ignore format: one thought
    notes,
  };
}

function armsOf(measured: readonly Measured[]): StudyArm[] {
  const { study } = measured[0].run;
  const arms = armNames(study.recipe);
  const planned = [...new Set(study.stages.flatMap(({ plan }) => ("start" in plan ? [plan.start] : [])))];
  // What is fine-tuned or measured beside the arms is what the forks begin from; a trunk is no point of its own.
  const starts = planned.filter((name) => !arms.includes(name) && name !== "trunk");
  return [...starts, ...arms].map((name) => {
    const runs = measured.map(({ run, points }) => armRun(run, name, points.filter(({ arm }) => arm === name))); // biome-ignore format: one thought
    const sweep = sweepOf(runs.flatMap(({ temperature }) => temperature ?? []));
    return { name, role: starts.includes(name) ? "start" : "arm", runs, sweep, overSeeds: scoresOverSeeds(runs) };
  });
}

function scoresOverSeeds(runs: readonly ArmRun[]): StudyArm["overSeeds"] {
  const byPlace = new Map<string, number[]>();
  for (const { evaluations } of runs)
    for (const { when, point, budget, score } of evaluations) {
      const place = JSON.stringify({ when, point, budget });
      byPlace.set(place, [...(byPlace.get(place) ?? []), score.value]);
    }
  return [...byPlace].map(([place, values]) => ({ ...JSON.parse(place), score: overSeeds(values) }));
}

function armRun({ study, metrics }: SeedRun, name: string, points: Point[]): ArmRun {
  const own = study.stages.filter(({ plan }) => "start" in plan && plan.start === name);
  const sft = own.find((stage): stage is StageOf<"sft"> => stage.plan.kind === "sft");
  const finder = own.find(({ plan }) => plan.kind === "temperature")?.result;
  const rl = own.filter((stage): stage is StageOf<"rl"> => stage.plan.kind === "rl" && stage.step > 0);
  return {
    seed: study.seed,
    studyId: study.id,
    sft: sft?.result
      ? {
          stageId: sft.id,
          prompts: sft.plan.config.prompts,
          responsesPerPrompt: sft.plan.config.responsesPerPrompt,
          examples: sft.result.examples ?? 0,
          steps: sft.result.steps ?? null,
          tokens: sft.result.tokens ?? null,
          lengths: sft.result.lengths ?? null,
          devLoss: courseOf(metrics.get(sft.id), "devLoss")?.last ?? null,
        }
      : null,
    temperature: finder?.temperature ? { ...finder.temperature, evaluationId: finder.evaluationId ?? null } : null,
    stages: rl.map((stage) => armStage(study, stage, metrics.get(stage.id))),
    evaluations: points.map(({ arm: _a, scores: _s, ...evaluation }) => evaluation),
  };
}

function armStage(study: StudyRecord, stage: StageOf<"rl">, metrics: MetricColumns | undefined): ArmStage {
  const { plan } = stage;
  const passed = plan.door === undefined ? undefined : study.stages.find((other) => other.plan.key === plan.door)?.result;
  const set = typeof plan.temperature === "number" ? plan.temperature : temperatureAt(study, plan.temperature.stage);
  return {
    stageId: stage.id,
    name: plan.name ?? null,
    note: plan.note ?? null,
    steps: stage.result?.steps ?? stage.step,
    tokens: stage.result?.tokens ?? null,
    budget: plan.config.maxResponseTokens,
    overlongFilter: plan.config.overlongFilter,
    temperature: courseOf(metrics, "temperature") ?? { first: set, last: set, mean: set },
    entropy: courseOf(metrics, "entropy"),
    reward: courseOf(metrics, "reward"),
    truncated: courseOf(metrics, "truncated"),
    responseTokens: courseOf(metrics, "responseTokens"),
    zeroVariance: courseOf(metrics, "zeroVariance"),
    door: passed?.door ? { ...passed.door, survivors: passed.door.survivors.length, evaluationId: passed.evaluationId ?? null } : null,
  };
}

function temperatureAt(study: StudyRecord, key: string): number {
  return study.stages.find(({ plan }) => plan.key === key)?.result?.temperature?.chosen ?? Number.NaN;
}

function courseOf(metrics: MetricColumns | undefined, name: MetricName): Course | null {
  const values = (metrics?.values[name] ?? []).filter((value): value is number => value !== null);
  return values.length === 0 ? null : { first: values[0], last: values[values.length - 1], mean: mean(values) };
}

const placeOf = ({ arm, when, point, budget }: Point) => ({ arm, when, point, budget });
const keyOf = (point: Point): string => JSON.stringify(placeOf(point));

/** Paired within each seed; seeds that lack one of the two points are left out of that difference. */
function differencesOf(measured: readonly Measured[]): StudyDifference[] {
  const pairs = new Map<string, { what: StudyDifference["what"]; from: string; to: string }>();
  for (const { points, run } of measured)
    for (const { what, from, to } of pairsOf(points, run.study))
      pairs.set(`${keyOf(from)} ${keyOf(to)}`, { what, from: keyOf(from), to: keyOf(to) });
  return [...pairs.values()].map(({ what, from, to }) => {
    const bySeed = measured.flatMap(({ run, points }) => {
      const [a, b] = [from, to].map((key) => points.find((point) => keyOf(point) === key));
      return a && b ? [{ seed: run.study.seed, difference: pairedDifference(a.scores, b.scores, `study ${run.study.id}`) }] : [];
    });
    return {
      what,
      from: JSON.parse(from),
      to: JSON.parse(to),
      bySeed,
      overSeeds: overSeeds(bySeed.map(({ difference }) => difference.value)),
    };
  });
}

function pairsOf(points: readonly Point[], study: StudyRecord): { what: StudyDifference["what"]; from: Point; to: Point }[] {
  const arms = armNames(study.recipe);
  const pairs: ReturnType<typeof pairsOf> = [];
  for (const to of points.filter(({ when }) => when === "between" || when === "after")) {
    // What the arm was before RL: its own evaluation, or that of the start it forks from.
    const from =
      points.find(({ arm, when, budget }) => arm === to.arm && when === "before" && budget === to.budget) ??
      points.find(({ arm, when, budget }) => !arms.includes(arm) && when === "before" && budget === to.budget);
    if (from) pairs.push({ what: "change", from, to });
  }
  const settled = points.filter(({ arm, when }) => arms.includes(arm) && when !== "between");
  for (const [i, from] of settled.entries())
    for (const to of settled.slice(i + 1)) if (to.arm !== from.arm && atOnePoint(from, to)) pairs.push({ what: "between arms", from, to });
  return pairs;
}

/** Starts measured before RL, or not taken through it, stand at one point. */
function atOnePoint(a: Point, b: Point): boolean {
  const place = ({ when }: Point) => (when === "after" ? "after" : "before");
  return place(a) === place(b) && (a.budget === b.budget || a.when === "alone");
}

function regressionOf(measured: readonly Measured[], points: readonly Point[], notes: string[]): StudyResult["regression"] {
  const runs = measured.flatMap(({ run: { study } }): LadderRun[] => {
    if (study.recipe.kind !== "ladder") return [];
    const cells = study.recipe.cells.map(cellName);
    return ofKind(study, "sft").flatMap(({ plan, result }) => {
      const point = points.find(({ arm, evaluationId }) => arm === plan.start && study.stages.some((stage) => stage.result?.evaluationId === evaluationId)); // biome-ignore format: one thought
      if (!point || !result?.examples || !cells.includes(plan.start)) return [];
      const { prompts } = plan.config;
      const used = result.examples + (result.droppedExamples ?? 0);
      return [{ cell: plan.start, prompts, responses: used / prompts, seed: study.seed, scores: point.scores }];
    });
  });
  try {
    return ladderRegression(runs);
  } catch (thrown) {
    if (!(thrown instanceof HeadstartError)) throw thrown;
    notes.push(`No regression: ${thrown.message} ${thrown.hint}`);
    return null;
  }
}

function startsOf(measured: readonly Measured[], names: readonly string[]): StudyResult["starts"] {
  const runs = measured.flatMap(({ run, points }) =>
    names.flatMap((start): StartRun[] => {
      const [before, after] = (["before", "after"] as const).map((when) =>
        points.find((point) => point.arm === start && point.when === when),
      );
      return before && after ? [{ start, seed: run.study.seed, before: before.scores, after: after.scores }] : [];
    }),
  );
  const whole = measured.map(({ run }) => run.study.seed).filter((seed) => names.every((name) => runs.some((run) => run.seed === seed && run.start === name))); // biome-ignore format: one thought
  const counted = runs.filter(({ seed }) => whole.includes(seed));
  return counted.length === 0 ? null : compareStarts(counted);
}
