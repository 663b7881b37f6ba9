import { describe, expect, it } from "vitest";
import { groupAdvantages, tokenWeights } from "./advantages.ts";

const plain = { std: true, overlongFilter: false, overlongInGroupStats: true };
const no = [false, false, false, false];

describe("group-normalised advantages", () => {
  it("are (reward − mean) / sample std: rewards 1 0 0 1 have mean 1/2 and std √(1/3)", () => {
    const { advantages, zeroVariance } = groupAdvantages([1, 0, 0, 1], no, plain);
    const expected = 0.5 / (Math.sqrt(1 / 3) + 1e-6);
    expect(advantages).toEqual([expected, -expected, -expected, expected]);
    expect(zeroVariance).toBe(false);
  });

  it("by the population's std: rewards 1 0 0 0 have std √3/4", () => {
    const [first] = groupAdvantages([1, 0, 0, 0], no, { ...plain, std: "population" }).advantages;
    expect(first).toBeCloseTo(0.75 / (Math.sqrt(3) / 4 + 1e-6), 12);
  });

  it("without std are reward − mean (Dr. GRPO)", () => {
    expect(groupAdvantages([1, 0, 0, 0], no, { ...plain, std: false }).advantages).toEqual([0.75, -0.25, -0.25, -0.25]);
  });

  it("are 0 where all rewards are equal, which is counted", () => {
    const { advantages, zeroVariance, inLoss } = groupAdvantages([1, 1, 1, 1], no, plain);
    expect(advantages.map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(zeroVariance).toBe(true);
    expect(inLoss).toEqual([true, true, true, true]);
  });

  const cut = [false, false, true, true];
  it("filter off: a truncated response counts as wrong and is in the loss", () => {
    const { advantages, inLoss } = groupAdvantages([1, 0, 0, 0], cut, { ...plain, std: false });
    expect(inLoss).toEqual([true, true, true, true]);
    expect(advantages[2]).toBe(-0.25);
  });

  it("filter on: it leaves the loss, and the group's mean where that is asked for", () => {
    const inStats = groupAdvantages([1, 0, 0, 0], cut, { std: false, overlongFilter: true, overlongInGroupStats: true });
    expect(inStats.inLoss).toEqual([true, true, false, false]);
    expect(inStats.advantages).toEqual([0.75, -0.25, 0, 0]);
    const outOfStats = groupAdvantages([1, 0, 0, 0], cut, { std: false, overlongFilter: true, overlongInGroupStats: false });
    expect(outOfStats.advantages).toEqual([0.5, -0.5, 0, 0]);
  });

  it("a group with one response left has no advantage", () => {
    const { advantages, zeroVariance } = groupAdvantages([1, 0], [false, true], {
      std: true,
      overlongFilter: true,
      overlongInGroupStats: false,
    });
    expect(advantages).toEqual([0, 0]);
    expect(zeroVariance).toBe(true);
  });
});

describe("weights of the loss", () => {
  it("token mean: every unmasked token of the batch weighs the same, filtered ones nothing", () => {
    expect(tokenWeights([3, 5, 2], [true, false, true], "token-mean")).toEqual([1 / 5, 0, 1 / 5]);
  });
  it("sequence mean: every response weighs the same", () => {
    expect(tokenWeights([2, 5, 4], [true, false, true], "sequence-mean")).toEqual([1 / 4, 0, 1 / 8]);
  });
});
