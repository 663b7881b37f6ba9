// A study's own figures beside published ones, on a hand-made over-long study: also how many of its rollouts were cut.
import { expect, test } from "vitest";
import type { PaperValue } from "../../main/contract/paper.ts";
import { overlongName, studyRecipe } from "../../main/contract/study.ts";
import type { StudyArm, StudyResult } from "../../main/contract/study-result.ts";
import { ownFigure } from "./own-figure.ts";
import { truncationFigure } from "./truncation-figure.ts";

const value = (key: string): PaperValue => ({ key, value: 1, unit: "points", what: key, paper: "1.1", source: "x", status: "printed" });
const score = { value: 0.5, standardError: 0.05, low: 0.4, high: 0.6, problems: 30, samplesPerProblem: 4 };
const plain = (text: string | null) => text?.replace(/\u202f/g, " ");

function arm(name: string, budget: number, truncated: number): StudyArm {
  const evaluation = { when: "after", budget, score, passAtK: [{ k: 4, value: 0.7 }] };
  const stage = { truncated: { first: truncated, last: 0.1, mean: 0.2 } };
  return { name, role: "arm", runs: [{ seed: 1, evaluations: [evaluation], stages: [stage] }] } as unknown as StudyArm;
}
const recipe = studyRecipe.parse({
  kind: "overlong",
  name: "x",
  start: { name: "start", checkpoint: "c" },
  data: {},
  budgets: [16, 32],
  rl: {},
});
const arms = [16, 32].flatMap((budget) => [true, false].map((on) => arm(overlongName(budget, on), budget, budget === 16 ? 0.6 : 0.05)));
const result = { recipe, arms, starts: null, regression: null, pool: "test" } as unknown as StudyResult;

test("the shortest budget stands beside 8K, the longest beside 32K", () => {
  expect(plain(ownFigure(value("overlong.8k.truncated"), result))).toBe("16 tokens, filter on: 60 %; 16 tokens, filter off: 60 %");
  expect(plain(ownFigure(value("overlong.32k.off.aime24"), result))).toBe("32 tokens, filter off: 50.0 % ± 10.0");
});

test("what a study does not have stays empty", () => {
  const keys = ["gap.before.aime24", "regression.prompts", "temperature.0.85.aime24", "model.sft-7b.math500", "hard.below"];
  expect(keys.map((key) => ownFigure(value(key), result))).toEqual(keys.map(() => null));
});

test("an evaluation stands beside rows of its own benchmark", () => {
  const on = (benchmark: string) =>
    studyRecipe.parse({ kind: "evaluation", name: "x", checkpoint: "c", benchmark, data: { dataset: "d" } });
  const measured = (benchmark: string) => ({ ...result, recipe: on(benchmark), arms: [arm("c", 16, 0)] }) as StudyResult;
  expect(plain(ownFigure(value("model.sft-7b.math500"), measured("math500")))).toBe("c: 50.0 % ± 10.0 (n = 30 × 4)");
  expect(ownFigure(value("model.sft-7b.math500"), measured("aime24"))).toBeNull();
  expect(plain(ownFigure(value("passAtK.distill-7b.aime25.4"), measured("aime25")))).toBe("c: pass@4 70.0 %");
  expect(ownFigure(value("passAtK.distill-7b.aime25.8"), measured("aime25"))).toBeNull();
});

test("truncation is drawn for the laboratory alone, at the first step and at the last", () => {
  const figure = truncationFigure(result)!;
  expect(figure.y.categories).toHaveLength(4);
  expect(figure.series.map(({ kind, x }) => [kind, x[0]])).toEqual([0.6, 0.6, 0.05, 0.05].map((x) => ["hollow-marks", x]).concat([0.1, 0.1, 0.1, 0.1].map((x) => ["marks", x]))); // biome-ignore format: a table
  expect(truncationFigure({ ...result, recipe: studyRecipe.parse({ kind: "evaluation", name: "x", checkpoint: "c", data: { dataset: "d" } }) })).toBeNull(); // biome-ignore format: one thought
});
