// The over-long laboratory (AceReason-Nemotron 1.1, §9 of the method's notes): filter on (truncated rollouts take no part in the
// loss) against off (truncated counts as wrong) at each response budget. The paper: on at 8K and 16K, off at 32K, where off leads by
// 1.2 points (single note); 24K is not settled. Asked here of each budget B, tested at B and at 2B: scores with paired differences
// on − off, the interaction budget × filter, and what truncated responses become when they are given more tokens.
//
// An evaluation's random streams are named by problem and sample, so the sample at 2B is the sample at B gone on, as long as both
// evaluations ran with one seed, temperature and top-p. That is not assumed: a truncated response counts as continued only where the
// later text begins with it, and how many do is shown.
import { HeadstartError } from "../contract/errors.ts";
import { excludesZero } from "../contract/interval.ts";
import type { Extension, FilterEffect, OverlongArm, OverlongMeans, OverlongReport } from "../contract/overlong.ts";
import type { Sample } from "../contract/rollout.ts";
import { differenceRange, estimateFrom, meanReward, type Stratified, shareRange } from "./intervals.ts";
import { differences } from "./paired.ts";
import { assertPaired, mean, type ScoredSample, type Scores, scoresOf } from "./scores.ts";
import { overSeeds } from "./seeds.ts";

export type OverlongSample = ScoredSample & Pick<Sample, "text" | "tokens" | "finishReason">;

/** One fork, evaluated at the budget it was trained with and at twice it. */
export interface OverlongFork {
  budget: number;
  filter: boolean;
  seed: number;
  trained: readonly OverlongSample[];
  doubled: readonly OverlongSample[];
}

const cut = ({ finishReason }: OverlongSample): boolean => finishReason === "length";
const keyOf = ({ problemId, sampleIndex }: OverlongSample): string => JSON.stringify([problemId, sampleIndex]);

/** A cut may fall within a character of several tokens; what stands for its missing part is no text. */
const whole = (text: string): string => text.replace(/\uFFFD+$/, "");

/** Right out of continued, by problem: a ratio of two sums whose error is the delta method's, clustered by problem. */
function turnedRight(problems: readonly { source: string; continued: number; right: number }[], samplesPerProblem: number) {
  const continued = mean(problems.map((problem) => problem.continued));
  if (continued === 0) return null;
  const share = mean(problems.map(({ right }) => right)) / continued;
  const influences = problems.map(
    (problem): Stratified => ({
      source: problem.source,
      value: (problem.right - share * problem.continued) / continued,
    }),
  );
  const most = samplesPerProblem / continued;
  return estimateFrom(share, influences, samplesPerProblem, shareRange, [-share * most, (1 - share) * most]);
}

/** Pairs the two evaluations of one checkpoint sample by sample. */
export function extend(fork: Pick<OverlongFork, "budget" | "trained" | "doubled">, where = "over-long extension"): Extension {
  const later = new Map(fork.doubled.map((sample) => [keyOf(sample), sample]));
  if (later.size !== fork.trained.length || fork.trained.some((sample) => !later.has(keyOf(sample))))
    throw new HeadstartError({
      code: "not-comparable",
      where,
      message: "The two evaluations do not have the same problems and samples.",
      hint: "Evaluate the checkpoint at both budgets on the same problems with the same number of samples.",
    });
  const problems = new Map<string, { source: string; continued: number; right: number }>();
  const turned = { right: 0, wrong: 0, truncated: 0 };
  let [truncated, ended, same] = [0, 0, 0];
  for (const sample of fork.trained) {
    const longer = later.get(keyOf(sample))!;
    const problem = problems.get(sample.problemId) ?? { source: sample.source, continued: 0, right: 0 };
    problems.set(sample.problemId, problem);
    if (!cut(sample)) {
      ended++;
      if (longer.text === sample.text) same++;
      continue;
    }
    truncated++;
    if (!longer.text.startsWith(whole(sample.text))) continue;
    problem.continued++;
    if (longer.reward === 1) problem.right++;
    turned[longer.reward === 1 ? "right" : cut(longer) ? "truncated" : "wrong"]++;
  }
  return {
    budget: fork.budget,
    doubled: 2 * fork.budget,
    truncated,
    continued: turned.right + turned.wrong + turned.truncated,
    turnedRight: turnedRight([...problems.values()], fork.trained.length / problems.size),
    turned,
    ended,
    same,
  };
}

type Side = "trained" | "doubled";

interface Arm extends OverlongFork {
  scores: Record<Side, Scores>;
}

function armOf(arm: Arm): OverlongArm {
  const where = `over-long fork ${arm.budget}, filter ${arm.filter ? "on" : "off"}, seed ${arm.seed}`;
  const both = <T>(of: (side: Side) => T) => ({ trained: of("trained"), doubled: of("doubled") });
  const truncation = (side: Side) => meanReward(scoresOf(arm[side].map((sample) => ({ ...sample, reward: cut(sample) ? 1 : 0 })), where)); // biome-ignore format: one thought
  return {
    budget: arm.budget,
    filter: arm.filter,
    seed: arm.seed,
    score: both((side) => meanReward(arm.scores[side])),
    truncated: both(truncation),
    responseTokens: both((side) => mean(arm[side].map(({ tokens }) => tokens))),
    extension: extend(arm, where),
  };
}

/** Of forks that ran under several seeds. */
function meansOf(arms: readonly OverlongArm[]): OverlongMeans[] {
  const forks = new Map<string, OverlongArm[]>();
  for (const arm of arms) forks.set(`${arm.budget} ${arm.filter}`, [...(forks.get(`${arm.budget} ${arm.filter}`) ?? []), arm]);
  return [...forks.values()].flatMap((own) => {
    if (own.length < 2) return [];
    const { budget, filter } = own[0];
    const both = (of: "score" | "truncated") => ({
      trained: mean(own.map((arm) => arm[of].trained.value)),
      doubled: mean(own.map((arm) => arm[of].doubled.value)),
    });
    const turned = own.flatMap(({ extension }) => extension.turnedRight?.value ?? []);
    return [
      {
        budget,
        filter,
        seeds: own.length,
        score: both("score"),
        truncated: both("truncated"),
        responseTokens: mean(own.map(({ responseTokens }) => responseTokens.trained)),
        turnedRight: turned.length === 0 ? null : mean(turned),
      },
    ];
  });
}

/** Per-problem differences on − off of one budget and seed. */
interface Contrast {
  seed: number;
  values: Stratified[];
  /** Of the arm with the filter on: which problems, and how many samples of each. */
  scores: Scores;
}

function contrastsOf(arms: readonly Arm[], budget: number, side: Side): Contrast[] {
  const own = arms.filter((arm) => arm.budget === budget);
  return own
    .filter(({ filter }) => filter)
    .flatMap((on) => {
      const off = own.find(({ filter, seed }) => !filter && seed === on.seed);
      if (!off) return [];
      const where = `filter on − off at ${budget} tokens, seed ${on.seed}`;
      const values = differences(off.scores[side], on.scores[side], where);
      return [{ seed: on.seed, values, scores: on.scores[side] }];
    });
}

function effectOf(contrasts: readonly Contrast[], reach: number): FilterEffect {
  const range = [reach * differenceRange[0], reach * differenceRange[1]] as const;
  const bySeed = contrasts.map(({ seed, values, scores }) => ({
    seed,
    difference: estimateFrom(mean(values.map(({ value }) => value)), values, scores.samplesPerProblem, range),
  }));
  const several = bySeed.length > 1 ? overSeeds(bySeed.map(({ difference }) => difference.value)) : null;
  const interval = several ? { low: several.low!, high: several.high! } : bySeed[0].difference;
  const answer = !excludesZero(interval) ? "not distinguishable" : interval.low > 0 ? "higher" : "lower";
  return { bySeed, overSeeds: several, answer };
}

/** long − short, problem by problem, of the seeds both have. */
function interactionOf(long: readonly Contrast[], short: readonly Contrast[], where: string): Contrast[] {
  return long.flatMap(({ seed, values, scores }) => {
    const other = short.find((contrast) => contrast.seed === seed);
    if (!other) return [];
    assertPaired(other.scores, scores, where);
    return [{ seed, scores, values: values.map(({ source, value }, i) => ({ source, value: value - other.values[i].value })) }];
  });
}

const points = (share: number): string => (100 * share).toFixed(1).replace("-", "−");

function written({ bySeed, overSeeds: several }: FilterEffect): string {
  const { value, low, high } = several ? { value: several.mean, low: several.low!, high: several.high! } : bySeed[0].difference;
  return `${points(value)} points (95 % ${points(low)} to ${points(high)} over ${several ? `${bySeed.length} seeds` : "problems"})`;
}

function effectSentence(budget: number, trained: FilterEffect, doubled: FilterEffect): string {
  const better = {
    higher: "the filter on is better",
    lower: "the filter off is better",
    "not distinguishable": "on and off are not distinguishable",
  };
  return `Trained at ${budget} tokens, ${better[trained.answer]}: on − off ${written(trained)} tested there, ${written(doubled)} at ${2 * budget}.`;
}

function interactionSentence(short: number, long: number, effect: FilterEffect): string {
  const says = {
    higher: "The filter helps more at the longer budget",
    lower: "The filter helps less at the longer budget, as the paper reports",
    "not distinguishable": "Whether the budget changes what the filter does is not distinguishable",
  };
  return `${says[effect.answer]}: (on − off) at ${long} minus at ${short} is ${written(effect)}.`;
}

/** Forks of one checkpoint. Every budget needs both arms under at least one common seed. */
export function overlongReport(forks: readonly OverlongFork[]): OverlongReport {
  const where = "over-long laboratory";
  const arms = forks.map((fork): Arm => {
    const name = `fork ${fork.budget}, filter ${fork.filter ? "on" : "off"}, seed ${fork.seed}`;
    return { ...fork, scores: { trained: scoresOf(fork.trained, name), doubled: scoresOf(fork.doubled, name) } };
  });
  const budgets = [...new Set(arms.map(({ budget }) => budget))].sort((a, b) => a - b);
  const contrasts = budgets.map((budget) => ({
    trained: contrastsOf(arms, budget, "trained"),
    doubled: contrastsOf(arms, budget, "doubled"),
  }));
  const lone = budgets.find((_, i) => contrasts[i].trained.length === 0);
  if (budgets.length === 0 || lone !== undefined)
    throw new HeadstartError({
      code: "study-incomplete",
      where,
      message:
        lone === undefined
          ? "There are no finished forks."
          : `At ${lone} tokens there is no seed with the filter both on and off, so their difference would not be paired.`,
      hint: "Let the study finish before comparing.",
    });
  const reported = arms.map(armOf).sort((a, b) => a.budget - b.budget || Number(b.filter) - Number(a.filter) || a.seed - b.seed);
  return {
    schemaVersion: 1,
    arms: reported,
    means: meansOf(reported),
    effects: budgets.map((budget, i) => {
      const [trained, doubled] = [effectOf(contrasts[i].trained, 1), effectOf(contrasts[i].doubled, 1)];
      return { budget, trained, doubled, sentence: effectSentence(budget, trained, doubled) };
    }),
    interactions: budgets.slice(1).flatMap((long, i) => {
      const between = (side: Side) => interactionOf(contrasts[i + 1][side], contrasts[0][side], where);
      if (between("trained").length === 0) return [];
      const [trained, doubled] = [effectOf(between("trained"), 2), effectOf(between("doubled"), 2)];
      return [{ short: budgets[0], long, trained, doubled, sentence: interactionSentence(budgets[0], long, trained) }];
    }),
  };
}
