import { expect, test } from "vitest";
import type { FateMap, FateOfStart } from "../../contract/index.ts";
import { estimate } from "../testing/literals.ts";
import { fateSections } from "./fates.ts";

const list = (count: number, chance: number) => ({ count, chance, problems: [] });
const hard: FateOfStart["hard"] = {
  below: 0.2,
  problems: 40,
  onChoosingHalf: 0,
  points: [
    { label: "before RL", score: estimate(0.1, 0.05, 0.15) },
    { label: "Short", score: estimate(0.2, 0.15, 0.25) },
    { label: "end", score: estimate(0.3, 0.2, 0.4) },
  ],
  change: estimate(0.2, 0.1, 0.3),
  chance: 0.1,
};
const none: FateOfStart["hard"] = { below: 0.2, problems: 0, onChoosingHalf: null, points: [{ label: "before RL", score: null }], change: null, chance: null }; // biome-ignore format: one record
const map: FateMap = {
  schemaVersion: 1,
  samplesPerProblem: 4,
  starts: ["weak", "strong"],
  points: [],
  evaluationIds: [],
  problems: [],
  fates: [
    { start: "weak", newlySolved: list(26, 13), lost: list(5, 6), stages: [], hard },
    { start: "strong", newlySolved: list(3, 2), lost: list(1, 1), stages: [], hard: none },
  ],
  pairs: [{ weak: "weak", strong: "strong", onlyStrong: list(47, 2), onlyWeak: list(2, 1) }],
};
const rowsOf = (text: string) => text.split("\n").map((row) => row.split(/ {2,}/));

test("newly solved, lost and hard problems beside chance; what one start alone solves", () => {
  const [fates, alone] = fateSections(map, { seed: "3 alone", starts: true });
  expect(rowsOf(fates).slice(0, 3)).toEqual([
    ["Fates, seed 3 alone", "Newly solved", "Lost", "Under 20 % before RL", "On the other half", "Change, points", "By chance, left out"],
    ["weak", "26 (by chance 13)", "5 (by chance 6)", "40 problems", "10.0 % → 20.0 % → 30.0 %", "+20.0 [+10.0, +30.0]", "+10.0"],
    ["strong", "3 (by chance 2)", "1 (by chance 1)", "none"],
  ]);
  expect(rowsOf(alone)[1]).toEqual(["strong, weak", "47 (by chance 2)", "2 (by chance 1)"]);
});

test("forks of one start are not compared by what one alone solves", () => {
  expect(fateSections(map, { seed: "3", starts: false })).toHaveLength(1);
});
