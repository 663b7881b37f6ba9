import { expect, test } from "vitest";
import type { BenchmarkEvaluation } from "../../main/contract/api.ts";
import { evalConfig } from "../../main/contract/recipe.ts";
import { checkpointStyles } from "./checkpoint-name.tsx";
import { evaluationOf, newestOfEachStudy, scoreOf, sideNames } from "./evaluation-score.ts";

const evaluation = (changes: Partial<BenchmarkEvaluation>): BenchmarkEvaluation => ({
  id: "e",
  studyId: "s",
  stageId: "t",
  start: "c",
  step: 0,
  pool: "test",
  config: evalConfig.parse({}),
  problems: 10,
  samplesPerProblem: 4,
  passAt1: 0.5,
  standardError: 0.1,
  low: null,
  high: null,
  verdicts: null,
  truncated: 0,
  responseTokens: 10,
  createdAt: "2026-01-01",
  name: "n",
  checkpoint: "c",
  benchmark: "gsm8k",
  dataset: "d",
  seed: 1,
  latest: true,
  ...changes,
});

test("an evaluation of before intervals were stored has the one of its standard error", () => {
  expect(scoreOf(evaluation({})).low).toBeCloseTo(0.304);
  expect(scoreOf(evaluation({ low: 0.2, high: 0.9 }))).toMatchObject({ low: 0.2, high: 0.9 });
});

test("of a study that samples were added to, the largest is shown; its study leads to it", () => {
  const all = [
    evaluation({ id: "a", createdAt: "2026-01-01", latest: false }),
    evaluation({ id: "b", createdAt: "2026-01-03" }),
    evaluation({ id: "c", studyId: "u", createdAt: "2026-01-02" }),
  ];
  expect(newestOfEachStudy(all).map((e) => e.id)).toEqual(["b", "c"]);
  expect(evaluationOf(all, "a")?.id).toBe("a");
  expect(evaluationOf(all, "s")?.id).toBe("b");
  expect(evaluationOf(all, "none")).toBeUndefined();
});

test("two of one checkpoint are told apart by what differs", () => {
  const cold = evaluation({ id: "a" });
  const hot = evaluation({ id: "b", config: evalConfig.parse({ temperature: 1 }) });
  expect(sideNames(cold, hot)).toEqual(["c, T 0.6", "c, T 1"]);
  expect(sideNames(cold, evaluation({ id: "b", seed: 2 }))).toEqual(["c, seed 1", "c, seed 2"]);
  expect(sideNames(cold, cold)).toEqual(["c, seed 1 (first)", "c, seed 1 (second)"]);
  expect(sideNames(cold, evaluation({ checkpoint: "d" }))).toEqual(["c", "d"]);
});

test("a checkpoint keeps its colour when others come later", () => {
  const first = [evaluation({ checkpoint: "x", createdAt: "2" }), evaluation({ checkpoint: "y", createdAt: "1" })];
  const later = [...first, ...["p", "q", "r", "s", "t", "u"].map((checkpoint, i) => evaluation({ checkpoint, createdAt: String(3 + i) }))];
  expect(checkpointStyles(first).get("y")).toEqual({ hue: 0, dash: 0 });
  for (const name of ["x", "y"]) expect(checkpointStyles(later).get(name)).toEqual(checkpointStyles(first).get(name));
  const styles = [...checkpointStyles(later).values()].map(({ hue, dash }) => `${hue} ${dash}`);
  expect(new Set(styles).size).toBe(8);
});
