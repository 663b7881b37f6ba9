// A checkpoint's score along its stages, on a hand-made result.
import { expect, test } from "vitest";
import { studyRecipe } from "../../main/contract/study.ts";
import type { StudyResult } from "../../main/contract/study-result.ts";
import { stagesFigure } from "./stages-figure.ts";

const recipeOf = (stages?: { name: string }[]) => studyRecipe.parse({ kind: "rl", name: "x", checkpoint: "c", data: {}, rl: {}, stages });
const places = [
  { when: "before", point: null, budget: 16 },
  { when: "between", point: "Short", budget: 16 },
  { when: "after", point: null, budget: 16 },
] as const;

function resultOf(scores: (number | null)[], recipe = recipeOf([{ name: "Short" }, { name: "Long" }])): StudyResult {
  const score = (value: number) => ({
    value,
    standardError: 0.05,
    low: value - 0.1,
    high: value + 0.1,
    problems: 30,
    samplesPerProblem: 4,
  });
  const measured = places.flatMap((place, i) => (scores[i] === null ? [] : [{ ...place, value: scores[i] as number }]));
  const evaluations = measured.map(({ value, ...place }) => ({ ...place, evaluationId: `e${value}`, score: score(value), truncated: 0 }));
  const overSeeds = measured.map(({ value, ...place }) => ({ ...place, score: { mean: value, low: null, high: null } }));
  const arms = [{ name: "c", role: "arm", runs: [{ seed: 1, evaluations }], overSeeds }];
  return { recipe, pool: "test", seeds: [{ seed: 1 }], arms } as unknown as StudyResult;
}

test("before RL, after each stage and at the end, each with its interval", () => {
  const figure = stagesFigure(resultOf([0.2, 0.3, 0.5]))!;
  expect(figure.title).toBe("What does each stage of RL bring?");
  expect(figure.x).toMatchObject({ range: [0, 2], ticks: [0, 1, 2], tickTexts: ["before RL", "after Short", "after RL"] });
  const [line] = figure.series;
  expect([line.x, line.y]).toEqual([[0, 1, 2], [0.2, 0.3, 0.5]]); // biome-ignore format: a table
  expect(line.high?.map((high) => Math.round(100 * (high as number)))).toEqual([30, 40, 60]);
  expect(line.hover[1]).toContain("c, after Short, seed 1");
});

test("stages to come keep their places; one stage has two", () => {
  expect(stagesFigure(resultOf([0.2, 0.3, null]))?.x.ticks).toEqual([0, 1, 2]);
  const single = stagesFigure(resultOf([0.2, null, 0.5], recipeOf()))!;
  expect(single.title).toBe("What does RL bring?");
  expect(single.series[0].x).toEqual([0, 1]);
  const evaluation = studyRecipe.parse({ kind: "evaluation", name: "x", checkpoint: "c", data: { dataset: "d" } });
  expect(stagesFigure(resultOf([0.2, 0.3, 0.5], evaluation as never))).toBeNull();
});
