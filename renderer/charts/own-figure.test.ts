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
  const place = { when: "after", point: null, budget };
  const evaluation = { ...place, score, passAtK: [{ k: 4, value: 0.7 }] };
  const stage = { steps: 4, truncated: { first: truncated, last: 0.1, mean: 0.2 } };
  const overSeeds = [{ ...place, score: { mean: score.value, standardDeviation: null, low: null, high: null } }];
  return { name, role: "arm", runs: [{ seed: 1, evaluations: [evaluation], stages: [stage] }], overSeeds } as unknown as StudyArm;
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
  expect(plain(ownFigure(value("overlong.32k.off.aime24"), result))).toBe("32 tokens, filter off: 50.0 % ± 10.0 (n = 30 × 4)");
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

test("several seeds stand as their mean with its interval, and a study on another benchmark of the papers' has no figure", () => {
  const [, , , off] = arms;
  const over = { ...off.overSeeds[0], score: { mean: 0.52, standardDeviation: 0.01, low: 0.4, high: 0.64 } };
  const two = { ...result, arms: [{ ...off, runs: [off.runs[0], off.runs[0]], overSeeds: [over] }] } as StudyResult;
  expect(plain(ownFigure(value("overlong.32k.off.aime24"), two))).toBe("32 tokens, filter off: 52.0 % [40.0 %, 64.0 %], mean of 2 seeds");
  const data = { kind: "imported", rl: { dataset: "r" }, dev: { dataset: "d" }, test: { dataset: "aime-2025-v1" } };
  const elsewhere = studyRecipe.parse({ ...recipe, data });
  expect(ownFigure(value("overlong.32k.off.aime24"), { ...result, recipe: elsewhere })).toBeNull();
});

test("best after SFT is not what RL made of it", () => {
  const epochs = studyRecipe.parse({
    kind: "epochs",
    name: "x",
    start: { name: "s", prompts: 4, responsesPerPrompt: 1, sft: { epochs: 2 } },
    branchRl: [1],
    rl: {},
  });
  const at = (when: string, value: number) => ({ when, point: null, budget: 8, score: { ...score, value } });
  const epoch = (n: number, ...evaluations: object[]) => ({ name: `epoch ${n}`, role: "arm", runs: [{ evaluations }] });
  const made = { ...result, recipe: epochs, arms: [epoch(1, at("before", 0.3), at("between", 0.7), at("after", 0.8)), epoch(2, at("alone", 0.4))] } as unknown as StudyResult; // biome-ignore format: one record
  expect(plain(ownFigure(value("epochs.rise"), made))).toBe("best after SFT: epoch 2, 40.0 %");
});

test("truncation is drawn for the laboratory alone, at the first step and at the last", () => {
  const figure = truncationFigure(result)!;
  expect(figure.y.categories).toHaveLength(4);
  expect(figure.series.map(({ kind, x }) => [kind, x[0]])).toEqual([0.6, 0.6, 0.05, 0.05].map((x) => ["hollow-marks", x]).concat([0.1, 0.1, 0.1, 0.1].map((x) => ["marks", x]))); // biome-ignore format: a table
  expect(truncationFigure({ ...result, recipe: studyRecipe.parse({ kind: "evaluation", name: "x", checkpoint: "c", data: { dataset: "d" } }) })).toBeNull(); // biome-ignore format: one thought
});
