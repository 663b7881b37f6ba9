import { describe, expect, it } from "vitest";
import { optimizerConfig } from "../../contract/recipe.ts";
import { clipFactor } from "./clip.ts";
import { learningRate } from "./schedule.ts";

describe("learning rate", () => {
  const cosine = optimizerConfig.parse({ learningRate: 1, warmupRatio: 0.2, schedule: "cosine", minLearningRateRatio: 0.1 });
  it("rises linearly over the warm-up and reaches the peak at its last step", () => {
    expect([0, 1].map((step) => learningRate(cosine, step, 10))).toEqual([0.5, 1]);
  });
  it("falls as a half cosine to the floor at the last step", () => {
    // 8 steps after warm-up: at the 4th, half way between 1 and 0.1.
    expect(learningRate(cosine, 5, 10)).toBeCloseTo(0.55, 10);
    expect(learningRate(cosine, 9, 10)).toBeCloseTo(0.1, 10);
  });
  it("is constant up to the last epoch and then falls linearly to the floor", () => {
    const decay = optimizerConfig.parse({ learningRate: 1, warmupRatio: 0.5, schedule: "decay-last-epoch", minLearningRateRatio: 0.2 });
    const rates = (total: number) => Array.from({ length: total }, (_, step) => learningRate(decay, step, total, { first: 4, last: 4 }));
    const close = (found: number[], expected: number[]) => {
      for (const [i, rate] of found.entries()) expect(rate).toBeCloseTo(expected[i], 12);
    };
    close(rates(12), [0.5, 1, 1, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2]);
    // Two epochs are the three epochs' beginning up to the last.
    close(rates(8), [0.5, 1, 1, 1, 0.8, 0.6, 0.4, 0.2]);
    // One epoch warms up and decays within itself.
    close(rates(4), [0.5, 1, 0.6, 0.2]);
  });
  it("stays at the peak when constant", () => {
    const constant = optimizerConfig.parse({ learningRate: 3, warmupRatio: 0, schedule: "constant" });
    expect([0, 5, 9].map((step) => learningRate(constant, step, 10))).toEqual([3, 3, 3]);
  });
});

it("gradients are scaled only where their norm is too large", () => {
  expect(clipFactor(0.5, 1)).toBe(1);
  expect(clipFactor(4, 1)).toBeCloseTo(0.25, 6);
});
