// Resampling for quantities that have no closed interval. Problems are drawn within their source (an evaluation takes a fixed number
// of each), seeds as wholes. From m units m − 1 are drawn with replacement: the mean's variance over draws is then the unbiased
// s²/m, where m of m would give (m − 1)/m of it: a fifth too narrow with three seeds (Rao and Wu 1988,
// https://doi.org/10.1080/01621459.1988.10478591). Drawing problems and seeds both is Owen's pigeonhole bootstrap (2007,
// https://doi.org/10.1214/07-AOAS122): what is due to their interaction is counted more than once, so it errs to the wide side.
import type { RandomStream } from "./random.ts";

/** Draws of every bootstrap here: the ends of a 95 % interval then move by a few hundredths of its width from stream to stream. */
export const bootstrapDraws = 2000;

/** Indices of each source's problems. A source with one problem cannot show its spread: then none is a stratum. */
export function strataOf(sources: readonly string[]): number[][] {
  const strata = new Map<string, number[]>();
  sources.forEach((source, i) => {
    strata.set(source, [...(strata.get(source) ?? []), i]);
  });
  return [...strata.values()].every((stratum) => stratum.length > 1) ? [...strata.values()] : [sources.map((_, i) => i)];
}

/** Weights of one draw of m − 1 from each stratum; each stratum keeps its share, all sum to 1. */
export function drawnWeights(strata: readonly (readonly number[])[], random: RandomStream): Float64Array {
  const total = strata.reduce((sum, stratum) => sum + stratum.length, 0);
  const weights = new Float64Array(total);
  for (const stratum of strata) {
    const draws = Math.max(1, stratum.length - 1);
    const weight = stratum.length / total / draws;
    for (let i = 0; i < draws; i++) weights[random.pick(stratum)] += weight;
  }
  return weights;
}

export const weightedMean = (values: ArrayLike<number>, weights: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * values[i];
  return sum;
};

/** The p-quantile by linear interpolation between order statistics (Hyndman and Fan's type 7, as numpy's default). */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
}

/** The middle 95 % of the draws. */
export const percentileInterval = (draws: readonly number[]): { low: number; high: number } => ({
  low: quantile(draws, 0.025),
  high: quantile(draws, 0.975),
});
