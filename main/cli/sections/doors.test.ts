import { expect, test } from "vitest";
import type { ArmStage } from "../../contract/index.ts";
import { arm, seedsOf, stage } from "../testing/literals.ts";
import { doorSections } from "./doors.ts";

/** `problems` with none, one and two of two samples right; those with one are let through. */
const door = (problems: readonly number[]): ArmStage["door"] => ({
  filter: { dropAllSolved: true, dropNoneSolved: true },
  problems: problems.reduce((sum, count) => sum + count, 0),
  samplesPerProblem: 2,
  passRate: 0.5,
  survivors: problems[1],
  survivorsPassRate: 0.5,
  dropped: { "all-solved": problems[2], "none-solved": problems[0], "below-min": 0, "above-max": 0 },
  evaluationId: null,
  histogram: problems.map((count, right) => ({ right, problems: count, survivors: right === 1 ? count : 0 })),
});
const rowsOf = (text: string) => text.split("\n").map((row) => row.split(/ {2,}/));

test("at each stage's door the problems by right samples, and those let through", () => {
  const weak = arm("weak", [{ stages: [stage({ name: "Short", door: null }), stage({ name: "Long", door: door([70, 20, 10]) })] }]);
  const strong = arm("strong", [{ stages: [stage({ name: "Long", door: door([20, 30, 50]) })] }]);
  const texts = doorSections({ arms: [weak, strong], seeds: seedsOf(1) });
  expect(texts).toHaveLength(1);
  expect(rowsOf(texts[0])).toEqual([
    ["Door of Long", "Problems", "0 of 2", "1 of 2", "2 of 2"],
    ["weak", "at the door", "100", "70", "20", "10"],
    ["", "let through", "20", "0", "20", "0"],
    ["strong", "at the door", "100", "20", "30", "50"],
    ["", "let through", "30", "0", "30", "0"],
    [""],
  ]);
});

test("over seeds, means; without doors, nothing", () => {
  const weak = arm("weak", [[70, 20, 10], [60, 30, 10]].map((counts) => ({ stages: [stage({ name: null, door: door(counts) })] }))); // biome-ignore format: one thought
  expect(rowsOf(doorSections({ arms: [weak], seeds: seedsOf(2) })[0]).slice(0, 2)).toEqual([
    ["Door of RL, mean over seeds", "Problems", "0 of 2", "1 of 2", "2 of 2"],
    ["weak", "at the door", "100", "65", "25", "10"],
  ]);
  expect(doorSections({ arms: [arm("weak", [{}])], seeds: seedsOf(1) })).toEqual([]);
});
