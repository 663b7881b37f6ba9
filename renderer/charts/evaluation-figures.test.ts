import { describe, expect, test } from "vitest";
import type { EvaluationComparison, ProblemResult } from "../../main/contract/api.ts";
import type { MemoryPlan } from "../../main/contract/checkpoint.ts";
import type { Estimate } from "../../main/contract/comparison.ts";
import { brushedRates, inRange, isInCell, passAtKCurve, solveRateFigure, solveScatterFigure } from "./evaluation-figures.ts";
import { memoryFigure } from "./memory-figure.ts";
import { brushedBins, rowFigure } from "./row-figures.ts";

const plain = (text: string | undefined) => text?.replace(/\u202f/g, " ");
const estimate = (value: number, half: number): Estimate => ({
  value,
  standardError: half / 1.96,
  low: value - half,
  high: value + half,
  problems: 3,
  samplesPerProblem: 4,
});
const problem = (problemId: string, solveRate: number, samples = 4): ProblemResult => ({
  problemId,
  prompt: "",
  source: "s",
  samples,
  solveRate,
  verdicts: {},
});

describe("one evaluation", () => {
  test("pass@k both ways, with what more tries bring as its title", () => {
    const figure = passAtKCurve(
      {
        score: estimate(0.25, 0.1),
        bySource: [],
        passAtK: [
          { k: 1, closedForm: 0.25, resampled: 0.24 },
          { k: 4, closedForm: 0.5, resampled: 0.51 },
        ],
        verdicts: { right: 0, wrong: 0, truncated: 0, unparseable: 0, error: 0 },
      },
      undefined,
    );
    expect(plain(figure.title)).toBe("4 tries in place of one: 50.0 % solved, +25.0 points");
    expect(figure.series.map((s) => s.y)).toEqual([
      [0.25, 0.5],
      [0.24, 0.51],
    ]);
  });
  const problems = [problem("a", 0), problem("b", 0), problem("c", 0.25), problem("d", 1)];
  test("solve rates stand on multiples of 1/n, and a brush means the bars whose middle it passes", () => {
    const figure = solveRateFigure(problems, { low: 0, high: 0.25 });
    expect(figure.title).toBe("2 of 4 problems never solved, 1 always");
    expect(figure.series[0].y).toEqual([2, 1, 0, 0, 1]);
    expect(figure.brushed).toEqual([-0.5, 1.5]);
    expect(brushedRates(problems, [1.4, -0.3])).toEqual({ low: 0, high: 0.25 });
    expect(brushedRates(problems, [1.2, 1.6])).toBeNull();
    expect(problems.filter((p) => inRange(p.solveRate, { low: 0.25, high: 1 })).map((p) => p.problemId)).toEqual(["c", "d"]);
  });
  test("many samples are binned, and every problem is in the bin that a brush over it means", () => {
    const many = [problem("a", 0.024, 64), problem("b", 0.026, 64), problem("c", 0.98, 64)];
    const bars = solveRateFigure(many, null).series[0].y as number[];
    for (const [bar, expected] of bars.entries()) {
      const range = brushedRates(many, [bar - 0.1, bar + 0.1]);
      expect(many.filter((p) => inRange(p.solveRate, range))).toHaveLength(expected);
    }
  });
});

test("two evaluations: problems with the same two rates are one mark, whose key finds them again", () => {
  const comparison = { difference: estimate(0.1, 0.2) } as EvaluationComparison;
  const rates = [
    { before: 0, after: 0.25 },
    { before: 0, after: 0.25 },
    { before: 1, after: 0.5 },
    { before: 0.5, after: 0.5 },
  ];
  const figure = solveScatterFigure(rates, comparison, { name: "a", style: undefined }, { name: "b", style: undefined });
  expect(figure.title).toBe("2 problems solved more often, 1 less often: not distinguishable");
  const differs = figure.series[2];
  expect(differs.sizes).toEqual([1, 0.5]);
  expect(rates.filter((rate) => isInCell(rate, differs.keys?.[0] ?? null))).toHaveLength(2);
  expect(figure.series[1].keys).toEqual([null]);
});

describe("memory", () => {
  const plan: MemoryPlan = {
    use: "sft",
    terms: [
      { name: "weights", bytes: 2e9 },
      { name: "activations", bytes: 6e9 },
    ],
    total: 8e9,
    largest: "activations",
    available: 16e9,
  };
  test("what it takes, the largest term by name, and the machine's line", () => {
    const figure = memoryFigure(plan);
    expect(figure.title).toBe("SFT takes 8.0 GB of 16.0 GB: most of it activations (6.0 GB)");
    expect(figure.y.categories).toEqual(["weights, 2.0 GB", "activations, 6.0 GB", "total, 8.0 GB"]);
    expect(figure.references?.[0].value).toBe(16);
    expect(memoryFigure({ ...plan, available: 4e9 }).title).toContain("more than the 4.0 GB there are");
  });
  test("a small model's bars fill the axis", () => {
    const figure = memoryFigure({ ...plan, available: 200e9 });
    expect(figure.references).toEqual([]);
    expect(figure.x.range?.[1]).toBeLessThan(10);
  });
});

describe("rows of a dataset", () => {
  const bins = [
    { from: 0, to: 100, count: 5 },
    { from: 100, to: 200, count: 3 },
    { from: 200, to: 9000, count: 1 },
  ];
  const lengths = { kind: "number" as const, bins, missing: 0 };
  test("a brush means whole bins: to the last whole number before the next begins", () => {
    expect(brushedBins(lengths, [0.6, 1.2])).toEqual({ min: 100, max: 199 });
    expect(brushedBins(lengths, [2.4, -0.4])).toEqual({ min: 0, max: 9000 });
    expect(brushedBins(lengths, [-3, -2])).toBeNull();
  });
  test("what is brushed is marked over its bars", () => {
    const figure = rowFigure({ id: "x", title: "t", unit: "characters" }, lengths, undefined, { min: 100, max: 199 });
    expect(figure.brushed?.[0]).toBeCloseTo(0.5);
    expect(figure.brushed?.[1]).toBeCloseTo(1.49);
    expect(figure.x.tickTexts).toEqual(["0", "100", "200", "9000"]);
  });
  test("levels have their number below them", () => {
    const levels = { kind: "number" as const, bins: [1, 2, 3].map((n) => ({ from: n, to: Math.min(3, n + 1), count: 1 })), missing: 0 };
    const figure = rowFigure({ id: "x", title: "t", unit: "difficulty" }, levels, undefined, null);
    expect(figure.x.tickTexts).toEqual(["1", "2", "3"]);
    expect(figure.x.ticks).toEqual([0, 1, 2]);
    expect(figure.series[0].hover[1]).toBe("2 difficulty\n1 rows, all");
  });
});
