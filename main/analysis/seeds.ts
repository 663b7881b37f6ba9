// One number a seed → mean and 95 % interval over seeds (Student's t: seeds are few). This interval is the one that speaks of the
// recipe; intervals over problems speak of the checkpoints of one seed.
import { sampleVariance } from "./intervals.ts";
import { mean } from "./scores.ts";
import { studentTQuantile } from "./student-t.ts";

export interface SeedInterval {
  seeds: number;
  mean: number;
  /** Of the seeds' values, divided by n − 1; NaN with one seed. */
  standardDeviation: number;
  standardError: number;
  /** Infinite with one seed: it says nothing of the others. */
  low: number;
  high: number;
}

export function overSeeds(values: readonly number[]): SeedInterval {
  if (values.length === 0) throw new RangeError("No seeds.");
  const center = mean(values);
  if (values.length === 1) {
    return {
      seeds: 1,
      mean: center,
      standardDeviation: Number.NaN,
      standardError: Number.NaN,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    };
  }
  const standardDeviation = Math.sqrt(sampleVariance(values));
  const standardError = standardDeviation / Math.sqrt(values.length);
  const half = studentTQuantile(0.975, values.length - 1) * standardError;
  return { seeds: values.length, mean: center, standardDeviation, standardError, low: center - half, high: center + half };
}
