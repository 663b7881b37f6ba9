import { describe, expect, it } from "vitest";
import { type ReplayRule, replay as replaySchema, ruleOf } from "../contract/replay.ts";
import { groupAdvantages } from "./advantages.ts";
import { replayRollouts, type StoredRollout } from "./replay.ts";

const paper: ReplayRule = {
  aggregation: "token-mean",
  std: "sample",
  overlongFilter: false,
  overlongInGroupStats: true,
  dynamicSampling: false,
};

/** A group as stored by a run under the paper's rule: [reward, tokens, truncated]. */
const group = (problemId: string, members: [number, number, boolean][]): StoredRollout[] => {
  const { advantages } = groupAdvantages(
    members.map(([reward]) => reward),
    members.map(([, , cut]) => cut),
    { std: true, overlongFilter: false, overlongInGroupStats: true },
  );
  return members.map(([reward, tokens, cut], i) => ({
    problemId,
    reward,
    tokens,
    finishReason: cut ? ("length" as const) : ("stop" as const),
    advantage: advantages[i],
    inLoss: true,
  }));
};
// One mixed group of 20 tokens and one all wrong of 20; the truncated response is of 10 tokens.
const mixed = group("p", [
  [1, 2, false],
  [0, 8, false],
  [0, 10, true],
]);
const allWrong = group("q", [
  [0, 6, false],
  [0, 6, false],
  [0, 8, false],
]);
const step = { step: 1, rollouts: [...mixed, ...allWrong] };

describe("replay", () => {
  it("under the rule it ran with changes nothing and reproduces the stored advantages", () => {
    const { overall, reproduced, steps } = replayRollouts([step], paper, paper);
    expect(overall).toMatchObject({ rollouts: 6, signChanged: 0, left: 0, entered: 0, meanChange: 0, relativeChange: 0 });
    expect(overall.correlation).toBeCloseTo(1, 12);
    expect(reproduced).toBe(0);
    expect(steps).toEqual([{ step: 1, ...overall }]);
    const off = replayRollouts([{ step: 1, rollouts: step.rollouts.map((r) => ({ ...r, advantage: r.advantage + 0.5 })) }], paper, paper);
    expect(off.reproduced).toBeCloseTo(0.5, 12);
  });

  it("sequence mean: every response weighs the same, so weight moves from long to short ones", () => {
    const { overall } = replayRollouts([step], paper, { ...paper, aggregation: "sequence-mean" });
    // 40 tokens: right 2, truncated 10, wrong 28; six responses: one, one, four. The longest quarter: 8 tokens and more (8, 10, 8).
    expect(overall.weight.asRun).toEqual({
      right: expect.closeTo(2 / 40, 12),
      wrong: expect.closeTo(28 / 40, 12),
      truncated: expect.closeTo(10 / 40, 12),
      long: expect.closeTo(26 / 40, 12),
    });
    expect(overall.weight.replayed).toEqual({
      right: expect.closeTo(1 / 6, 12),
      wrong: expect.closeTo(4 / 6, 12),
      truncated: expect.closeTo(1 / 6, 12),
      long: expect.closeTo(3 / 6, 12),
    });
    // Advantages of 1 0 0 are 2/3, −1/3, −1/3 over √(1/3): sizes 2 : 1 : 1 by response; by token 4 : 8 : 10.
    expect(overall.pull.replayed.right).toBeCloseTo(1 / 2, 12);
    expect(overall.pull.asRun.right).toBeCloseTo(4 / 22, 12);
    expect([overall.signChanged, overall.left, overall.entered]).toEqual([0, 0, 0]);
    // Coefficients in units of 1/√(1/3)/3: as run 2, −1, −1 over 40; replayed 2/12, −1/48, −1/60 (1 / (6 · tokens)).
    const unit = 1 / (Math.sqrt(1 / 3) + 1e-6) / 3;
    const change = (Math.abs(2 / 12 - 2 / 40) + Math.abs(1 / 48 - 1 / 40) + Math.abs(1 / 60 - 1 / 40)) * unit;
    expect(overall.meanChange).toBeCloseTo(change / 6, 12);
    const ofTokens = (2 * (2 / 12 - 2 / 40) + 8 * (1 / 40 - 1 / 48) + 10 * (1 / 40 - 1 / 60)) / ((2 * 2 + 8 + 10) / 40);
    expect(overall.relativeChange).toBeCloseTo(ofTokens, 12);
    expect(replaySchema.parse(replayRollouts([step], paper, paper))).toEqual(replayRollouts([step], paper, paper));
  });

  it("the over-long filter takes truncated responses out, and out of the group's mean where asked", () => {
    const { overall } = replayRollouts([step], paper, { ...paper, overlongFilter: true });
    expect([overall.left, overall.signChanged]).toEqual([expect.closeTo(1 / 6, 12), 0]);
    expect(overall.weight.replayed).toMatchObject({ right: expect.closeTo(2 / 30, 12), truncated: 0 });
    // A right response beside truncated ones alone: without them in the statistics there is nothing to compare it with.
    const lone = group("r", [
      [1, 4, false],
      [0, 9, true],
      [0, 9, true],
    ]);
    const out = replayRollouts([{ step: 1, rollouts: lone }], paper, { ...paper, overlongFilter: true, overlongInGroupStats: false });
    expect(out.overall).toMatchObject({ signChanged: 1 / 3, left: 2 / 3 });
    expect(out.overall.pull.replayed).toEqual({ right: 0, wrong: 0, truncated: 0, long: 0 });
  });

  it("without std, or by the population's, signs stay and sizes change", () => {
    const none = replayRollouts([step], paper, { ...paper, std: "none" }).overall;
    // Divided by √(1/3) as run: the change is 1 − √(1/3) of it, but for ε.
    expect(none.relativeChange).toBeCloseTo(1 - Math.sqrt(1 / 3), 5);
    expect(none.correlation).toBeCloseTo(1, 12);
    // √(n/(n − 1)) larger by the population's std.
    const population = replayRollouts([step], paper, { ...paper, std: "population" }).overall;
    expect(population.relativeChange).toBeCloseTo(Math.sqrt(3 / 2) - 1, 5);
    expect([none.signChanged, population.signChanged]).toEqual([0, 0]);
  });

  it("dynamic sampling takes zero-variance groups out; turned off, all drawn groups are in", () => {
    const on = replayRollouts([step], paper, { ...paper, dynamicSampling: true }).overall;
    expect([on.left, on.entered]).toEqual([0.5, 0]);
    expect(on.weight.replayed.wrong).toBeCloseTo(8 / 20, 12);
    const dynamic = { ...paper, dynamicSampling: true };
    const drawn = [...mixed, ...allWrong.map((rollout) => ({ ...rollout, inLoss: false }))];
    const off = replayRollouts([{ step: 1, rollouts: drawn }], dynamic, paper).overall;
    expect([off.left, off.entered]).toEqual([0, 0.5]);
    expect(replayRollouts([{ step: 1, rollouts: drawn }], dynamic, dynamic).overall).toMatchObject({ left: 0, entered: 0, meanChange: 0 });
    // In the loss because no further batch was allowed: stays.
    expect(replayRollouts([step], dynamic, dynamic).overall).toMatchObject({ left: 0, meanChange: 0 });
  });

  it("adds steps up by rollouts, and refuses what it cannot replay", () => {
    const short = { step: 2, rollouts: mixed };
    const filter = { ...paper, overlongFilter: true };
    const { steps, overall } = replayRollouts([step, short, { step: 3, rollouts: [] }], paper, filter);
    expect(steps.map(({ left }) => left)).toEqual([1 / 6, 1 / 3]);
    expect(overall.left).toBeCloseTo(2 / 9, 12);
    expect(() => replayRollouts([], paper, paper)).toThrow("no stored rollouts");
    const contradiction = { ...filter, aggregation: "sequence-mean" as const, overlongInGroupStats: false };
    expect(() => replayRollouts([step], paper, contradiction)).toThrow("not defined");
    const config = {
      aggregation: "token-mean",
      advantageStd: false,
      overlongFilter: true,
      overlongInGroupStats: true,
      dynamicSampling: false,
    };
    expect(ruleOf(config as Parameters<typeof ruleOf>[0])).toEqual({ ...paper, std: "none", overlongFilter: true });
  });
});
