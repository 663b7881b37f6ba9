// One number a seed → mean and 95 % interval over seeds (Student's t: seeds are few). This interval is the one that speaks of the
// recipe; intervals over problems speak of the checkpoints of one seed.
import type { Comparison, SeedInterval, SeedSummary } from "../contract/comparison.ts";
import { HeadstartError } from "../contract/errors.ts";
import { sampleVariance } from "./intervals.ts";
import { mean } from "./scores.ts";
import { studentTQuantile } from "./student-t.ts";

export function overSeeds(values: readonly number[]): SeedInterval {
  if (values.length === 0) throw new RangeError("No seeds.");
  const center = mean(values);
  if (values.length === 1) return { mean: center, standardDeviation: null, low: null, high: null };
  const standardDeviation = Math.sqrt(sampleVariance(values));
  const half = (studentTQuantile(0.975, values.length - 1) * standardDeviation) / Math.sqrt(values.length);
  return { mean: center, standardDeviation, low: center - half, high: center + half };
}

/** Finished studies of one recipe, each with a seed of its own. */
export function summariseSeeds(comparisons: readonly Comparison[]): SeedSummary {
  const [first] = comparisons;
  const refuse = (message: string, hint: string) =>
    new HeadstartError({ code: "not-comparable", where: "summary over seeds", message, hint });
  if (!first) throw refuse("There is no finished study to summarise.", "Run a study to its end first.");
  const seeds = comparisons.map(({ study }) => study.seed);
  if (comparisons.some(({ study }) => study.recipeHash !== first.study.recipeHash))
    throw refuse("The studies have different recipes.", "Summarise studies of one recipe.");
  if (new Set(seeds).size !== seeds.length)
    throw refuse("Two of the studies have one seed: they are one observation.", "Leave one of them out.");
  const over = (pick: (comparison: Comparison) => number) => overSeeds(comparisons.map(pick));
  return {
    schemaVersion: 1,
    recipeHash: first.study.recipeHash,
    name: first.study.name,
    seeds,
    seconds: over(({ study }) => study.seconds),
    starts: first.starts.map(({ name }, i) => ({
      name,
      temperature: over(({ starts }) => starts[i].temperature.chosen),
      before: over(({ starts }) => starts[i].before.value),
      after: over(({ starts }) => starts[i].after.value),
      change: over(({ starts }) => starts[i].change.value),
    })),
    gaps: first.gaps.map(({ weak, strong }, i) => ({
      weak,
      strong,
      before: over(({ gaps }) => gaps[i].before.value),
      after: over(({ gaps }) => gaps[i].after.value),
      change: over(({ gaps }) => gaps[i].change.value),
    })),
  };
}
