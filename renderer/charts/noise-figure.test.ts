// The end of RL against the rate of false rewards, on a hand-made study: one fork without noise, two that err in one way, one in both.
import { expect, test } from "vitest";
import { noiseName, studyRecipe } from "../../main/contract/study.ts";
import type { ArmEvaluation, StudyArm, StudyResult } from "../../main/contract/study-result.ts";
import { noiseFigure } from "./noise-figure.ts";

const noise = [
  { falsePositive: 0, falseNegative: 0 },
  { falsePositive: 0.2, falseNegative: 0 },
  { falsePositive: 0, falseNegative: 0.1 },
  { falsePositive: 0.1, falseNegative: 0.2 },
];
const recipe = studyRecipe.parse({ kind: "verifier-noise", name: "x", start: { name: "start", checkpoint: "c" }, data: {}, noise, rl: {} });

function arm(name: string, role: StudyArm["role"], when: ArmEvaluation["when"], bySeed: number[]): StudyArm {
  const place = { when, point: null, budget: 16 };
  const score = (value: number) => ({
    value,
    standardError: 0.05,
    low: value - 0.1,
    high: value + 0.1,
    problems: 30,
    samplesPerProblem: 4,
  });
  const mean = bySeed.reduce((sum, value) => sum + value, 0) / bySeed.length;
  const several = bySeed.length > 1;
  return {
    name,
    role,
    runs: bySeed.map((value, i) => ({
      seed: i + 1,
      evaluations: [{ ...place, evaluationId: `${name} ${i}`, score: score(value), truncated: 0 }],
    })),
    overSeeds: [{ ...place, score: { mean, low: several ? mean - 0.8 : null, high: several ? mean + 0.2 : null } }],
  } as unknown as StudyArm;
}

const resultOf = (scores: number[][]): StudyResult =>
  ({
    recipe,
    pool: "test",
    seeds: scores[0].map((_, i) => ({ seed: i + 1 })),
    arms: [
      ...(scores.length > noise.length ? [arm("start", "start", "before", scores[noise.length])] : []),
      ...noise.flatMap((each, i) => (i < scores.length ? [arm(noiseName(each), "arm", "after", scores[i])] : [])),
    ],
  }) as unknown as StudyResult;

test("a line for each way to err, from the fork without errors; forks that err in both stand at the larger rate", () => {
  const figure = noiseFigure(resultOf([[0.6], [0.4], [0.5], [0.3], [0.45]]))!;
  const lines = figure.series.filter(({ kind }) => kind === "thin-line");
  expect(lines.map(({ endLabel, x, y }) => [endLabel, x, y])).toEqual([
    ["false positives", [0, 0.2], [0.6, 0.4]],
    ["false negatives", [0, 0.1], [0.6, 0.5]],
  ]);
  const marks = figure.series.filter(({ kind }) => kind === "marks");
  expect(marks.map(({ x, y, style }) => [x, y, style?.hue])).toEqual([[[0], [0.6], 0], [[0.2], [0.4], 1], [[0.1], [0.5], 2], [[0.2], [0.3], 3]]); // biome-ignore format: a table
  // Side by side at one rate; only what no line names has a label.
  expect(marks.map(({ dodge, endLabel }) => [dodge, endLabel])).toEqual([[0, undefined], [-0.006, undefined], [0.006, undefined], [0.006, noiseName(noise[3])]]); // biome-ignore format: a table
  expect(marks[1].low?.[0]).toBeCloseTo(0.3);
  expect(marks[1].hover[0]).toContain("n = 30 × 4");
  expect(figure.x).toMatchObject({ ticks: [0, 0.1, 0.2], format: "percent" });
  expect(figure.marked).toMatchObject([{ low: 0.35, high: 0.55, name: "start, before RL", style: { hue: 4 } }]);
  expect(figure.subtitle).toContain("Both at once: at the larger rate.");
});

test("of several seeds the mean has their interval, within 0 and 1, and each seed is a dot", () => {
  const figure = noiseFigure(resultOf([[0.6, 0.7], [0.4, 0.6]]))!; // biome-ignore format: a table
  expect(figure.series.map(({ kind, x }) => [kind, x.length])).toEqual([["thin-line", 2], ["dots", 2], ["marks", 1], ["dots", 2], ["marks", 1]]); // biome-ignore format: a table
  const mean = figure.series[4];
  expect([mean.y[0], mean.low?.[0], mean.high?.[0]]).toEqual([0.5, 0, 0.7]);
  expect(figure.marked).toBeUndefined();
});

test("nothing without an end, and nothing of another kind", () => {
  expect(noiseFigure({ ...resultOf([[0.6], [0.4]]), arms: [] })).toBeNull();
  const other = studyRecipe.parse({ kind: "rl", name: "x", checkpoint: "c", data: {}, rl: {} });
  expect(noiseFigure({ ...resultOf([[0.6], [0.4]]), recipe: other })).toBeNull();
});
