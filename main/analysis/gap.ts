// The gap between two starts before and after RL, in points and in log-odds, with the change of the gap. All four evaluations are
// of the same problems, so every interval is paired over problems. Points say how much is left on this test; log-odds do not
// shrink merely because both starts come near 100 %.
//
// Log-odds are a smooth function of means: their standard error is the delta method's, from each problem's influence
// (x − p) / (p (1 − p)); no resampling, so the same data give the same interval. Half a right and half a wrong sample are added
// (Haldane, Anscombe), so that 0 % and 100 % have finite log-odds. Where all problems of an evaluation have one value, its influences
// are 0 and would claim certainty: there the exact binomial bound over problems (intervals.ts) stands, taken to log-odds, and is
// added to the others' in quadrature, since what does not vary has no covariance with them.
import type { Estimate, GapComparison, GapDirection } from "../contract/comparison.ts";
import { HeadstartError } from "../contract/errors.ts";
import { excludesZero } from "../contract/interval.ts";
import { estimateFrom, meanReward, type Range, type Stratified, unbounded } from "./intervals.ts";
import { differences, pairedDifference } from "./paired.ts";
import { mean, type Scores } from "./scores.ts";

export interface GapScores {
  weak: { name: string; before: Scores; after: Scores };
  strong: { name: string; before: Scores; after: Scores };
}

interface LogOdds {
  value: number;
  influences: Stratified[];
  /** What one problem's influence can be: that of a problem all wrong, and of one all right. */
  range: Range;
  /** How far it reaches below and above where its problems show no spread; null where they do. */
  bound: { below: number; above: number } | null;
}

function logOddsOf(scores: Scores): LogOdds {
  const samples = scores.problems.length * scores.samplesPerProblem;
  const { value: raw, standardError, low, high } = meanReward(scores);
  const shrunk = (share: number): number => (share * samples + 0.5) / (samples + 1);
  const logit = (share: number): number => Math.log(shrunk(share) / (1 - shrunk(share)));
  const p = shrunk(raw);
  const value = logit(raw);
  const influence = (share: number): number => (share - raw) / (p * (1 - p));
  return {
    value,
    influences: scores.problems.map((problem) => ({ source: problem.source, value: influence(problem.mean) })),
    range: [influence(0), influence(1)],
    bound: standardError > 1e-12 ? null : { below: value - logit(low), above: logit(high) - value },
  };
}

interface Term {
  sign: 1 | -1;
  of: LogOdds;
}

/** Of a sum of log-odds with their signs. */
function sumOf(terms: readonly Term[], samplesPerProblem: number): Estimate {
  const value = terms.reduce((sum, { sign, of }) => sum + sign * of.value, 0);
  const varying = terms.filter(({ of }) => of.bound === null);
  const influences = terms[0].of.influences.map(({ source }, i) => ({
    source,
    value: varying.reduce((sum, { sign, of }) => sum + sign * of.influences[i].value, 0),
  }));
  // What varies may cancel, problem by problem: then its range bounds it (intervals.ts).
  const end = (side: 0 | 1) => varying.reduce((sum, { sign, of }) => sum + (sign > 0 ? of.range[side] : -of.range[1 - side]), 0);
  const together = estimateFrom(0, influences, samplesPerProblem, unbounded, [end(0), end(1)]);
  const bounds = (side: "below" | "above") =>
    terms.map(({ sign, of }) => of.bound?.[sign > 0 === (side === "below") ? "below" : "above"] ?? 0);
  return {
    ...together,
    value,
    low: value - Math.hypot(together.low, ...bounds("below")),
    high: value + Math.hypot(together.high, ...bounds("above")),
  };
}

interface Interval {
  value: number;
  low: number | null;
  high: number | null;
}

const sideOf = (interval: Interval): number => (excludesZero(interval) ? Math.sign(interval.low!) : 0);

/**
 * What became of a gap's size; the interval of its change must leave zero out. Where the gap may have gone through zero, the change says
 * nothing of sizes: then the one size must lie beyond all that the other may be.
 */
export function directionOf(before: Interval, after: Interval, change: Interval): GapDirection {
  if (sideOf(change) === 0) return "not distinguishable";
  if (sideOf(before) * sideOf(after) < 0) return "reversed";
  const [was, is] = [Math.abs(before.value), Math.abs(after.value)];
  if (before.value * after.value > 0) return is > was ? "grew" : is < was ? "narrowed" : "not distinguishable";
  const most = ({ low, high }: Interval): number => Math.max(Math.abs(low ?? Number.NaN), Math.abs(high ?? Number.NaN));
  if (was > most(after)) return "narrowed";
  return is > most(before) ? "grew" : "not distinguishable";
}

const changeOfGapRange: Range = [-2, 2];

export function compareGap({ weak, strong }: GapScores): GapComparison {
  const where = `gap ${weak.name} to ${strong.name}`;
  if (weak.before.problems.length < 2)
    throw new HeadstartError({
      code: "too-few-problems",
      where,
      message: "One problem alone gives no interval for a gap.",
      hint: "Evaluate at least 2 problems, better some hundred.",
    });
  const before = pairedDifference(weak.before, strong.before, where);
  const after = pairedDifference(weak.after, strong.after, where);
  const gapsBefore = differences(weak.before, strong.before, where);
  const gapsAfter = differences(weak.after, strong.after, where);
  // The gap before and the gap after must be of the same problems as well.
  differences(weak.before, weak.after, where);
  const changes: Stratified[] = gapsAfter.map(({ source, value }, i) => ({ source, value: value - gapsBefore[i].value }));
  const change = estimateFrom(mean(changes.map(({ value }) => value)), changes, weak.after.samplesPerProblem, changeOfGapRange);

  const gapIn = (when: "before" | "after"): Term[] => [
    { sign: 1, of: logOddsOf(strong[when]) },
    { sign: -1, of: logOddsOf(weak[when]) },
  ];
  const [termsBefore, termsAfter] = [gapIn("before"), gapIn("after")];
  const less = termsBefore.map(({ sign, of }): Term => ({ sign: sign > 0 ? -1 : 1, of }));
  const samples = weak.before.samplesPerProblem;
  const logOdds = {
    before: sumOf(termsBefore, samples),
    after: sumOf(termsAfter, samples),
    change: sumOf([...termsAfter, ...less], samples),
  };
  return {
    weak: weak.name,
    strong: strong.name,
    before,
    after,
    change,
    logOdds,
    direction: {
      points: directionOf(before, after, change),
      logOdds: directionOf(logOdds.before, logOdds.after, logOdds.change),
    },
    // A ratio to a gap that may be 0 says nothing.
    narrowingRatio: excludesZero(before) ? after.value / before.value : null,
  };
}
