// Learning rate of an update: linear warm-up, then cosine, constant, or constant with a decay over the last epoch. The last is what
// lets starts of several epochs share a trunk (Hägele et al. 2024, https://arxiv.org/abs/2405.18392): up to its last epoch, training
// for e epochs is the same as training for more.
import type { OptimizerConfig } from "../../contract/recipe.ts";

/** Updates of a run's first and last epoch. */
export interface EpochSteps {
  first: number;
  last: number;
}

/**
 * Rate of update `step` (0-based) of `totalSteps`. Warm-up is a share of all steps and reaches the peak at its last one; cosine reaches
 * its floor at the run's last. Under decay-last-epoch the warm-up is a share of the first epoch, which is there whatever follows, and
 * the last epoch falls linearly from the peak to the floor at its last update.
 */
export function learningRate(config: OptimizerConfig, step: number, totalSteps: number, epochs?: EpochSteps): number {
  const { learningRate: peak, warmupRatio, schedule, minLearningRateRatio: floor } = config;
  const { first, last } = epochs ?? { first: totalSteps, last: totalSteps };
  const warmup = Math.ceil(warmupRatio * (schedule === "decay-last-epoch" ? first : totalSteps));
  if (step < warmup) return (peak * (step + 1)) / warmup;
  const begin = schedule === "decay-last-epoch" ? Math.max(warmup, totalSteps - last) : warmup;
  if (schedule === "constant" || step < begin) return peak;
  const progress = Math.min(1, (step - begin + 1) / Math.max(1, totalSteps - begin));
  const fall = schedule === "cosine" ? 0.5 * (1 + Math.cos(Math.PI * progress)) : 1 - progress;
  return peak * (floor + (1 - floor) * fall);
}
