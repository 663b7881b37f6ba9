// A start's fingerprint, from samples at its own T: entropy, lengths and truncation by budget, pass@1 and pass@k, how many groups
// would carry no gradient, format failures, and how diverse its right answers are; and over several starts, what of it goes with what
// RL gains. All of this is ours: the paper looks at scores and entropy.
//
// Estimates from n samples a problem are unbiased where a formula allows: the chance that G drawn without replacement are all right
// or all wrong is 1 − pass@G of the wrong and of the right ones; the expected number of distinct texts among k right ones is Hurlbert's
// rarefaction (1971, https://doi.org/10.2307/1934145), Σ over texts of pass@k of that text's count.
import { HeadstartError } from "../contract/errors.ts";
import type { Fingerprint, FingerprintCorrelation, FingerprintCorrelations } from "../contract/fingerprint.ts";
import { excludesZero } from "../contract/interval.ts";
import type { Sample } from "../contract/rollout.ts";
import type { TemperatureResult } from "../contract/run.ts";
import { quantile } from "./bootstrap.ts";
import { fisherInterval, pearson, spearman } from "./correlation.ts";
import { betaShare } from "./informative-groups.ts";
import { meanReward } from "./intervals.ts";
import { defaultKs, meanPassAtK, passAtK } from "./pass-at-k.ts";
import { mean, type ScoredSample, scoresOf } from "./scores.ts";

export type FingerprintSample = ScoredSample & Pick<Sample, "verdict" | "tokens" | "finishReason" | "text" | "meanEntropy">;

export interface FingerprintInput {
  start: string;
  temperature: number;
  /** Response budget of the samples. */
  budget: number;
  samples: readonly FingerprintSample[];
  /** The finder's candidates, where it ran. */
  sweep?: TemperatureResult["candidates"];
  /** Budgets to forecast truncation for. */
  budgets: readonly number[];
  /** G of the RL recipe. */
  groupSize: number;
}

const lengthQuantiles = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/** Share of samples for which `holds`, clustered by problem. */
const shareOf = (samples: readonly FingerprintSample[], where: string, holds: (sample: FingerprintSample) => boolean) =>
  meanReward(scoresOf(samples.map((sample) => ({ ...sample, reward: holds(sample) ? 1 : 0 })), where)); // biome-ignore format: one thought

const cut = ({ finishReason }: FingerprintSample): boolean => finishReason === "length";

/** Expected distinct texts among k of the responses, drawn without replacement. */
export function rarefied(texts: readonly string[], k: number): number {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + passAtK(texts.length, count, k), 0);
}

function diversityOf(samples: readonly FingerprintSample[]): Fingerprint["diversity"] {
  const byProblem = new Map<string, string[]>();
  for (const { problemId, reward, text } of samples)
    if (reward === 1) byProblem.set(problemId, [...(byProblem.get(problemId) ?? []), text.trim()]);
  const right = [...byProblem.values()];
  if (right.length === 0) return [];
  return defaultKs(Math.max(...right.map((texts) => texts.length))).map((k) => {
    const enough = right.filter((texts) => texts.length >= k);
    return { k, distinct: mean(enough.map((texts) => rarefied(texts, k))), problems: enough.length };
  });
}

/** Expected shares of groups of G that are all right and all wrong; null from single samples, which say nothing of a problem's chance. */
export function zeroVarianceOf(rights: readonly number[], n: number, groupSize: number): Fingerprint["zeroVariance"] {
  if (n < groupSize) {
    const rates = rights.map((right) => ({ n, right }));
    const share = n < 2 ? null : 1 - betaShare(rates, groupSize);
    return { groupSize, share, estimated: true, allRight: null, allWrong: null };
  }
  const allRight = mean(rights.map((right) => 1 - passAtK(n, n - right, groupSize)));
  const allWrong = mean(rights.map((right) => 1 - passAtK(n, right, groupSize)));
  return { groupSize, share: allRight + allWrong, estimated: false, allRight, allWrong };
}

export function fingerprintOf(input: FingerprintInput): Fingerprint {
  const { start, samples, budget } = input;
  const where = `fingerprint of ${start}`;
  const scores = scoresOf(samples, where);
  const n = scores.samplesPerProblem;
  const lengths = samples.map(({ tokens }) => tokens);
  const truncated = shareOf(samples, where, cut);
  const shortestCut = Math.min(...samples.filter(cut).map(({ tokens }) => tokens));
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return {
    start,
    temperature: input.temperature,
    budget,
    problems: scores.problems.length,
    samplesPerProblem: n,
    entropy: samples.reduce((sum, sample) => sum + sample.meanEntropy * sample.tokens, 0) / tokens,
    sweep: [...(input.sweep ?? [])]
      .sort((a, b) => a.temperature - b.temperature)
      .map(({ temperature, entropy, reward }) => ({ temperature, entropy, reward })),
    lengths: lengthQuantiles.map((p) => {
      const value = quantile(lengths, p);
      return { quantile: p, tokens: value, atLeast: value >= shortestCut };
    }),
    truncation: [...input.budgets]
      .sort((a, b) => a - b)
      .map((at) =>
        at > budget
          ? { budget: at, share: null, atMost: truncated.value }
          : { budget: at, share: shareOf(samples, where, (sample) => sample.tokens > at || cut(sample)), atMost: null },
      ),
    passAt1: meanReward(scores),
    passAtK: defaultKs(n).map((k) => ({ k, value: meanPassAtK(scores, k) })),
    zeroVariance: zeroVarianceOf(
      scores.problems.map(({ rewards }) => rewards.filter((reward) => reward === 1).length),
      n,
      input.groupSize,
    ),
    unparseable: shareOf(samples, where, ({ verdict }) => verdict === "unparseable"),
    diversity: diversityOf(samples),
  };
}

/** What of a fingerprint is held against RL's gain; null where a start's samples do not give it. */
const traits: { trait: string; label: string; of: (print: Fingerprint) => number | null }[] = [
  { trait: "passAt1", label: "pass@1", of: ({ passAt1 }) => passAt1.value },
  { trait: "passAtN", label: "pass@n of all samples", of: ({ passAtK: curve }) => curve[curve.length - 1].value },
  { trait: "entropy", label: "Entropy at T", of: ({ entropy }) => entropy },
  { trait: "zeroVariance", label: "Zero-variance groups", of: ({ zeroVariance }) => zeroVariance.share },
  { trait: "unparseable", label: "Unparseable", of: ({ unparseable }) => unparseable.value },
  { trait: "medianLength", label: "Median response length", of: ({ lengths }) => lengths.find((each) => each.quantile === 0.5)!.tokens },
  {
    trait: "truncated",
    label: "Truncated at the samples' budget",
    of: ({ truncation, budget }) => truncation.find((each) => each.budget === budget)?.share?.value ?? null,
  },
  { trait: "diversity", label: "Distinct of 2 right answers", of: ({ diversity }) => diversity.find(({ k }) => k === 2)?.distinct ?? null },
];

/** One start's fingerprint beside what RL gained from it. */
export interface FingerprintPoint {
  /** Runs of one start under several seeds have one name: they are averaged, because they are no further starts. */
  start: string;
  fingerprint: Fingerprint;
  /** Score after RL − before, as a share. */
  gain: number;
}

function correlationOf({ trait, label, of }: (typeof traits)[number], points: readonly FingerprintPoint[]): FingerprintCorrelation {
  const starts = [...new Set(points.map(({ start }) => start))];
  const averaged = starts.flatMap((start) => {
    const own = points.flatMap((point) => {
      const value = point.start === start ? of(point.fingerprint) : null;
      return value === null ? [] : [{ value, gain: point.gain }];
    });
    return own.length === 0 ? [] : [{ start, trait: mean(own.map(({ value }) => value)), gain: mean(own.map(({ gain }) => gain)) }];
  });
  const [xs, ys] = [averaged.map((point) => point.trait), averaged.map(({ gain }) => gain)];
  const measure = (kind: "spearman" | "pearson") => {
    const value = xs.length < 3 ? null : kind === "spearman" ? spearman(xs, ys) : pearson(xs, ys);
    return { value, ...(fisherInterval(value, xs.length, kind) ?? { low: null, high: null }) };
  };
  const [rank, linear] = [measure("spearman"), measure("pearson")];
  const clear = [rank, linear].every(excludesZero);
  return { trait, label, n: averaged.length, spearman: rank, pearson: linear, clear, points: averaged };
}

/** Correlations over starts of one or more studies. Few starts say little, and the notes say so. */
export function correlateFingerprints(points: readonly FingerprintPoint[]): FingerprintCorrelations {
  const starts = new Set(points.map(({ start }) => start)).size;
  if (starts < 3)
    throw new HeadstartError({
      code: "too-few-starts",
      where: "fingerprint correlations",
      message: `A correlation over ${starts} ${starts === 1 ? "start" : "starts"} is no finding: two points always lie on a line.`,
      hint: "Finish RL from at least 3 starts, better 10; seeds of one start do not count.",
    });
  const correlations = traits.map((trait) => correlationOf(trait, points));
  const notes = [
    "Starts differ in more than one trait at once: what goes with the gain need not cause it.",
    `${traits.length} traits are looked at: of twenty without any relation one is clear by chance.`,
  ];
  if (starts < 10)
    notes.unshift(`${starts} starts: only a very strong relation could show${starts < 4 ? ", and no interval can be given" : ""}.`);
  return { schemaVersion: 1, starts, correlations, notes };
}
