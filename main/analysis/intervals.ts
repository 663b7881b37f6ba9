// A mean over problems with its standard error and 95 % interval. Each problem is one observation (its n samples are not
// independent of each other), so with equal n this is the cluster-robust standard error of the mean over all samples.
//
// The interval is Student's t with (problems − sources) degrees of freedom: the mean of some hundred problem scores is near
// normal whatever their distribution, and t costs nothing there and is honest where problems are few. Sources are strata: an
// evaluation takes a fixed number of problems of each, so only the spread within a source is chance.
//
// Where all problems have one value the spread is 0 and t would claim certainty. There an exact binomial bound over problems
// stands: when none of N problems differs, problems that do differ are at most q = 1 − 0.025^(1/N) of all (97.5 %), and each of
// them can move the mean no further than to the end of the range. For shares all 0 or all 1 this is Clopper–Pearson's interval; a
// difference of 1 on every problem leaves 0 out from 6 problems on, as the sign test does.
import type { Estimate } from "../contract/comparison.ts";
import { mean, type Scores } from "./scores.ts";
import { studentTQuantile } from "./student-t.ts";

export interface Stratified {
  source: string;
  value: number;
}

/** Standard error of the overall mean, and its degrees of freedom. A source with one problem cannot show its spread: then none is a stratum. */
export function stratifiedError(values: readonly Stratified[]): { standardError: number; degreesOfFreedom: number } {
  const strata = new Map<string, number[]>();
  for (const { source, value } of values) strata.set(source, [...(strata.get(source) ?? []), value]);
  const groups = [...strata.values()].every((group) => group.length > 1) ? [...strata.values()] : [values.map(({ value }) => value)];
  const total = values.length;
  if (total < 2) return { standardError: Number.NaN, degreesOfFreedom: 0 };
  // Var(mean) = Σ (N_s/N)² s_s²/N_s = Σ N_s s_s² / N²
  const variance = groups.reduce((sum, group) => sum + group.length * sampleVariance(group), 0) / (total * total);
  return { standardError: Math.sqrt(variance), degreesOfFreedom: total - groups.length };
}

/** Divided by n − 1. */
export function sampleVariance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

/** Least and greatest value a quantity can have. */
export type Range = readonly [number, number];
export const shareRange: Range = [0, 1];
export const differenceRange: Range = [-1, 1];
export const unbounded: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/**
 * An estimate from per-problem values whose mean is `value` (or, for a smooth function of means, whose influence it has; then
 * `influenceRange` is what one problem's influence can be). One problem alone says nothing of the spread: then the standard error
 * is the largest the range allows and the interval all of it.
 */
export function estimateFrom(
  value: number,
  influences: readonly Stratified[],
  samplesPerProblem: number,
  range: Range,
  influenceRange: Range = range,
): Estimate {
  const { standardError, degreesOfFreedom } = stratifiedError(influences);
  const known = degreesOfFreedom > 0;
  const [below, above] = known
    ? halves(influences, standardError, degreesOfFreedom, influenceRange)
    : [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    value,
    standardError: known ? standardError : (range[1] - range[0]) / 2,
    low: Math.max(range[0], value - below),
    high: Math.min(range[1], value + above),
    problems: influences.length,
    samplesPerProblem,
  };
}

/** How far the 95 % interval reaches below and above the estimate. */
function halves(influences: readonly Stratified[], standardError: number, degreesOfFreedom: number, [least, greatest]: Range) {
  // One sample of one problem makes a spread far above this; only rounding lies below.
  if (standardError > 1e-12 * (greatest - least)) {
    const half = studentTQuantile(0.975, degreesOfFreedom) * standardError;
    return [half, half];
  }
  const q = 1 - 0.025 ** (1 / influences.length);
  // Sources may have one value each: the most any problem has room for bounds them all.
  const values = influences.map((influence) => influence.value);
  return [q * (Math.max(...values) - least), q * (greatest - Math.min(...values))];
}

/** Mean reward over problems (avg@n, which is pass@1), in [0, 1]. */
export function meanReward(scores: Scores): Estimate {
  const values = scores.problems.map(({ source, mean: value }) => ({ source, value }));
  return estimateFrom(mean(values.map(({ value }) => value)), values, scores.samplesPerProblem, shareRange);
}
