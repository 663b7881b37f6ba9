import { expect, test } from "vitest";
import type { FilterEffect, OverlongArm } from "../../contract/index.ts";
import { estimate, overSeeds } from "../testing/literals.ts";
import { overlongSections } from "./overlong.ts";

const arm = (seed: number, filter: boolean, right: number | null): OverlongArm => ({
  budget: 48,
  filter,
  seed,
  score: { trained: estimate(0.5, 0.4, 0.6), doubled: estimate(0.5, 0.4, 0.6) },
  truncated: { trained: estimate(right === null ? 0 : 0.2, 0, 0.3), doubled: estimate(0.01, 0, 0.02) },
  responseTokens: { trained: 30, doubled: 31 },
  extension: {
    budget: 48,
    doubled: 96,
    truncated: right === null ? 0 : 80,
    continued: right === null ? 0 : 78,
    turnedRight: right === null ? null : estimate(right, right - 0.1, right + 0.1),
    turned: { right: 0, wrong: 0, truncated: 0 },
    ended: 320,
    same: 320,
  },
});
const effect = (over: FilterEffect["overSeeds"] = null): FilterEffect => ({ bySeed: [], overSeeds: over, answer: "not distinguishable" });
const rowsOf = (text: string) => text.split("\n").map((row) => row.split(/ {2,}/));

test("what was truncated, what of it turned right, and the sentences", () => {
  const effects = [{ budget: 48, trained: effect(), doubled: effect(), sentence: "Trained at 48 tokens: on − off 0.0." }];
  const [forks, sentences] = overlongSections({ schemaVersion: 1, arms: [arm(1, true, 0.3), arm(1, false, null)], means: [], effects, interactions: [] }); // biome-ignore format: one thought
  expect(rowsOf(forks).slice(1, 3)).toEqual([
    ["48 tokens", "on", "1", "20.0 % [0.0, 30.0]", "30.0 % [20.0, 40.0] of the 78 responses of 80 that go on there", "1.0 % [0.0, 2.0]"],
    ["48 tokens", "off", "1", "0.0 % [0.0, 30.0]", "none were truncated", "1.0 % [0.0, 2.0]"],
  ]);
  expect(sentences).toBe("Trained at 48 tokens: on − off 0.0.\n");
});

test("over seeds each fork has its mean, and seeds that agree find nothing", () => {
  const effects = [{ budget: 48, trained: effect(overSeeds(0.02, 0.02, 0.02)), doubled: effect(), sentence: "On − off 2.0." }];
  const arms = [arm(1, true, 0.3), arm(2, true, 0.4)];
  const means = [{ budget: 48, filter: true, seeds: 2, score: { trained: 0.5, doubled: 0.5 }, truncated: { trained: 0.2, doubled: 0.01 }, responseTokens: 30, turnedRight: 0.35 }]; // biome-ignore format: one record
  const [forks, sentences] = overlongSections({ schemaVersion: 1, arms, means, effects, interactions: [] });
  expect(rowsOf(forks)[3]).toEqual(["48 tokens", "on", "mean of 2", "20.0 %", "35.0 %", "1.0 %"]);
  expect(sentences).toBe("On − off 2.0. There is no spread over seeds, so nothing is found.\n");
});
