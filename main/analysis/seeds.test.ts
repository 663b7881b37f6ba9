import { describe, expect, it } from "vitest";
import type { Comparison, Estimate } from "../contract/comparison.ts";
import { summariseSeeds } from "./seeds.ts";

const estimate = (value: number): Estimate => ({
  value,
  standardError: 0.01,
  low: value - 0.02,
  high: value + 0.02,
  problems: 100,
  samplesPerProblem: 4,
});

function comparisonOf(seed: number, change: number, recipeHash = "h"): Comparison {
  const start = (name: string, rank: number, before: number) => ({
    name,
    rank,
    prompts: 1,
    responsesPerPrompt: 1,
    examples: 1,
    temperature: { chosen: 1, chosenEntropy: 0.3, target: 0.3, fixed: false, candidates: [] },
    before: estimate(before),
    after: estimate(before + change),
    change: estimate(change),
    bySource: [],
    passAtK: [],
    truncated: { before: 0, after: 0 },
    responseTokens: { before: 1, after: 1 },
    newlySolved: { count: 0, chance: 0, problems: [] },
    lost: { count: 0, chance: 0, problems: [] },
    evaluationIds: { before: "b", after: "a" },
  });
  const gap = estimate(0.3);
  return {
    schemaVersion: 1,
    study: { id: `s${seed}`, name: "Quick", recipeHash, seed, seconds: 100 + seed, engine: null },
    pool: "test",
    starts: [start("weak", 0, 0.2), start("strong", 1, 0.5)],
    gaps: [
      {
        weak: "weak",
        strong: "strong",
        before: gap,
        after: gap,
        change: estimate(0),
        logOdds: { before: gap, after: gap, change: gap },
        direction: { points: "not distinguishable", logOdds: "not distinguishable" },
        narrowingRatio: 1,
      },
    ],
  };
}

describe("a recipe over seeds", () => {
  it("is the mean over seeds with Student's t on n − 1", () => {
    const summary = summariseSeeds([comparisonOf(1, 0.1), comparisonOf(2, 0.2), comparisonOf(3, 0.3)]);
    expect(summary.seeds).toEqual([1, 2, 3]);
    const { change } = summary.starts[0];
    expect(change.mean).toBeCloseTo(0.2, 12);
    expect(change.standardDeviation).toBeCloseTo(0.1, 12);
    // t(0.975, 2) = 4.302653, standard error 0.1 / √3
    expect(change.low).toBeCloseTo(0.2 - (4.302653 * 0.1) / Math.sqrt(3), 5);
    expect(change.high).toBeCloseTo(0.2 + (4.302653 * 0.1) / Math.sqrt(3), 5);
    expect(summary.gaps[0].before.mean).toBeCloseTo(0.3, 12);
  });

  it("refuses studies of two recipes, and one seed twice", () => {
    expect(() => summariseSeeds([comparisonOf(1, 0.1), comparisonOf(2, 0.1, "other")])).toThrow(/different recipes/);
    expect(() => summariseSeeds([comparisonOf(1, 0.1), comparisonOf(1, 0.1)])).toThrow(/one seed/);
    expect(() => summariseSeeds([])).toThrow(/no finished study/);
  });
});
