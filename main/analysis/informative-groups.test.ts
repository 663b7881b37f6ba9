import { describe, expect, it } from "vitest";
import type { Sample } from "../contract/rollout.ts";
import { bandOf, informativeGroups } from "./informative-groups.ts";

const samples = (rewards: number[][]): Sample[] =>
  rewards.flatMap(
    (own, p) =>
    own.map((reward, sampleIndex) => ({ problemId: `p${p}`, sampleIndex, reward, verdict: reward === 1 ? "right" : "wrong", reason: "", text: "", tokens: 1, finishReason: "stop", meanLogprob: 0, meanEntropy: 0 })), // biome-ignore format: one record
  );

describe("groups that teach something", () => {
  it("are counted over all groups of G among the samples", () => {
    // Of 4 samples with 1 right, 3 of the 6 pairs hold both; with 2 right, 4 of them; with none or all, none.
    const found = informativeGroups(samples([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]]), 2); // biome-ignore format: a table
    expect(found.informative).toBeCloseTo((3 / 6 + 4 / 6) / 4, 12);
    // Values 0.5, 0.667, 0, 0: sample standard deviation over √4.
    expect(found.informativeError).toBeCloseTo(0.343592 / 2, 5);
  });
  it("follow a beta distribution of the problems' chances where G is larger than the samples", () => {
    // Means 1/2 and 1: m = 3/4; pairs both right 0 and 1: v = 1/2 − 9/16 < 0, so one chance for all.
    expect(informativeGroups(samples([[1, 0], [1, 1]]), 4).informative).toBeCloseTo(1 - 0.75 ** 4 - 0.25 ** 4, 12); // biome-ignore format: a table
    // Right 2, 1, 0 of 2: m = 1/2, pairs 1, 0, 0: v = 1/3 − 1/4 = 1/12, k = 2, a = b = 1: uniform, of which a group of G is mixed with chance (G − 1)/(G + 1).
    expect(informativeGroups(samples([[1, 1], [1, 0], [0, 0]]), 8).informative).toBeCloseTo(7 / 9, 12); // biome-ignore format: a table
    // Each problem always or never solved.
    expect(informativeGroups(samples([[1, 1], [0, 0]]), 8).informative).toBe(0); // biome-ignore format: a table
  });
});

describe("the model's own band", () => {
  const candidate = (entropy: number, informative: number | undefined, informativeError = 0.05) => ({ temperature: 1, entropy, reward: 0, truncated: 0, responseTokens: 1, informative, informativeError }); // biome-ignore format: one record
  it("spans the entropies whose informative share is within a standard error of the best", () => {
    expect(bandOf([candidate(0.1, 0.2), candidate(0.2, 0.46), candidate(0.4, 0.5), candidate(0.6, 0.45), candidate(0.9, 0.3)])).toEqual({ low: 0.2, high: 0.6 }); // biome-ignore format: one thought
  });
  it("is unknown without the share", () => {
    expect(bandOf([candidate(0.1, undefined)])).toBeNull();
  });
});
