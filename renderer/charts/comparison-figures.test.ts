import { describe, expect, test } from "vitest";
import type { Comparison, Estimate, GapComparison, StartComparison } from "../../main/contract/comparison.ts";
import { readSelection } from "../client/selection.ts";
import { beforeAfterFigure, changeTitle, difficultyFigure, gapLeft, gapSentence } from "./comparison-figures.ts";
import { draw, rangesOf } from "./draw.ts";

const estimate = (value: number, half: number): Estimate => ({
  value,
  standardError: half / 1.96,
  low: value - half,
  high: value + half,
  problems: 100,
  samplesPerProblem: 4,
});

const start = (name: string, rank: number, before: number, after: number, half: number): StartComparison => ({
  name,
  rank,
  prompts: 10,
  responsesPerPrompt: 1,
  examples: 10,
  temperature: { chosen: 0.8, chosenEntropy: 0.3, target: 0.3, fixed: false, candidates: [] },
  before: estimate(before, 0.03),
  after: estimate(after, 0.03),
  change: estimate(after - before, half),
  bySource: [{ source: "gsm8k", before: estimate(before, 0.05), after: estimate(after, 0.05), change: estimate(after - before, 0.05) }],
  passAtK: [{ k: 1, before, after }],
  truncated: { before: 0, after: 0 },
  responseTokens: { before: 30, after: 30 },
  newlySolved: { count: 0, chance: 0, problems: [] },
  lost: { count: 0, chance: 0, problems: [] },
  evaluationIds: { before: `${name}-0`, after: `${name}-1` },
});

const comparison: Comparison = {
  schemaVersion: 1,
  study: { id: "s", name: "Test", recipeHash: "h", seed: 1, seconds: 1, engine: null },
  pool: "test",
  starts: [start("weak", 0, 0.2, 0.32, 0.02), start("strong", 1, 0.4, 0.41, 0.02)],
  gaps: [],
};

describe("what a comparison says", () => {
  test("a change whose interval spans zero is no finding", () => {
    expect(changeTitle(comparison.starts)).toBe("RL changed pass@1: weak +12.0 points, strong not distinguishable from no change");
  });
  test("what became of a gap is its direction, not the sign of its change", () => {
    const gap = (points: GapComparison["direction"]["points"]): GapComparison => ({
      weak: "weak",
      strong: "strong",
      before: estimate(0.2, 0.03),
      after: estimate(0.09, 0.03),
      change: estimate(-0.11, 0.04),
      narrowingRatio: 0.45,
      logOdds: { before: estimate(1, 0.1), after: estimate(1, 0.1), change: estimate(0, 0.1) },
      direction: { points, logOdds: "not distinguishable" },
    });
    expect(gapSentence(gap("narrowed"))).toBe(
      "strong − weak is +20.0 ± 3.0 points before RL and +9.0 ± 3.0 after: the gap narrowed (change −11.0 ± 4.0).",
    );
    expect(gapSentence(gap("not distinguishable"))).toContain("the change, −11.0 ± 4.0, is not distinguishable from none");
  });
  test("what is left of a gap is said where there was one, in the same order", () => {
    expect(gapLeft(0.7).replace("\u202f", " ")).toBe("70 %");
    expect([gapLeft(null), gapLeft(-0.19)]).toEqual(["", ""]);
  });
});

describe("the before and after plot", () => {
  const figure = beforeAfterFigure(comparison);
  test("each start has its total and its sources, the weakest on top, and each mark opens its own evaluation", () => {
    expect(figure.y.categories).toEqual(["strong, gsm8k", "strong, all", "weak, gsm8k", "weak, all"]);
    const after = figure.series.find((s) => s.name === "weak, after RL");
    expect(after?.x).toEqual([0.32, 0.32]);
    expect(readSelection(after?.keys?.[0] ?? null)).toEqual({ kind: "samples", evaluationId: "weak-1" });
  });
  test("drawn, before and after stand beside one another in their row with intervals along x", () => {
    const theme = {
      background: "#fff",
      text: "#000",
      dim: "#555",
      grid: "#eee",
      axis: "#bbb",
      reference: "#888",
      faint: "#ddd",
      brush: { fillcolor: "#eee", line: { color: "#bbb", width: 1 } },
      scale: ["#fff", "#000"],
      starts: ["#01"],
      startTexts: ["#02"],
      fontFamily: "x",
    };
    const ranges = rangesOf(figure, { x: null, y: null });
    const { data } = draw(figure, ranges, { width: 600, height: 300 }, theme);
    const before = data.find((t) => t.name === "weak, before RL");
    expect(before?.y).toEqual([2.15, 3.15]);
    expect(before?.error_x).toMatchObject({ symmetric: false });
    expect(before?.error_y).toBeUndefined();
    expect(ranges.x?.[0]).toBeGreaterThanOrEqual(0);
  });
});

describe("difficulty of the pools", () => {
  test("shares of each pool add up to 1, whatever its size", () => {
    const rows = [1, 2, 2, 3].map((difficulty) => ({ pool: "sft" as const, difficulty }));
    const figure = difficultyFigure([...rows, { pool: "test", difficulty: 9 }], 4);
    expect(figure.series.map((s) => s.name)).toEqual(["sft", "test"]);
    for (const series of figure.series) expect(series.y.reduce((sum: number, v) => sum + Number(v), 0)).toBeCloseTo(1);
  });
  test("no problems, no curve", () => {
    expect(difficultyFigure([]).series).toEqual([]);
  });
});
