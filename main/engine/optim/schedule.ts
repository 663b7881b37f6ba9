// Learning rate of an update: linear warm-up, then cosine or constant.
import type { OptimizerConfig } from "../../contract/recipe.ts";

/** Rate of update `step` (0-based) of `totalSteps`. Warm-up reaches the peak at its last step, cosine its floor at the last. */
export function learningRate(config: OptimizerConfig, step: number, totalSteps: number): number {
  const warmup = Math.ceil(config.warmupRatio * totalSteps);
  if (step < warmup) return (config.learningRate * (step + 1)) / warmup;
  if (config.schedule === "constant") return config.learningRate;
  const progress = (step - warmup + 1) / Math.max(1, totalSteps - warmup);
  const floor = config.minLearningRateRatio;
  return config.learningRate * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress))));
}
