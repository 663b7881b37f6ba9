import { describe, expect, it } from "vitest";
import { fateMap as fateMapSchema } from "../contract/fate-map.ts";
import { fates, halfOf } from "./fate.ts";
import { type FatePath, fateMapOf } from "./fate-map.ts";
import { type Scores, scoresOf } from "./scores.ts";

/** rewards[problem][sample]; half A is the first half. */
const scores = (rewards: number[][]): Scores =>
  scoresOf(
    rewards.flatMap((samples, p) => samples.map((reward, i) => ({ problemId: `p${p}`, source: "s", sampleIndex: i, reward }))),
    "test",
  );
const weakSft = scores([
  [0, 0, 0, 0],
  [0, 0, 1, 0],
  [1, 1, 1, 1],
  [0, 0, 0, 0],
]);
const weakStage = scores([
  [0, 0, 0, 0],
  [0, 0, 1, 1],
  [1, 1, 0, 0],
  [0, 0, 0, 1],
]);
const weakEnd = scores([
  [0, 0, 0, 0],
  [1, 1, 1, 1],
  [1, 1, 1, 0],
  [0, 0, 1, 1],
]);
const strongEnd = scores([
  [1, 1, 1, 0],
  [1, 1, 1, 1],
  [1, 1, 1, 1],
  [0, 0, 0, 0],
]);
/** A start's way, its evaluations called by start and label. */
const path = (start: string, ...points: [label: string, scores: Scores][]): FatePath => ({
  budget: 64,
  start,
  points: points.map(([label, each]) => ({ label, evaluationId: `${start} ${label}`, scores: each })),
});
const map = fateMapOf([
  path("weak", ["SFT", weakSft], ["8K", weakStage], ["end", weakEnd]),
  path("strong", ["SFT", weakSft], ["end", strongEnd]),
]);

describe("the fate map", () => {
  it("has each problem's solve rate at each point of each start", () => {
    expect(map.points).toEqual([
      ["SFT", "8K", "end"],
      ["SFT", "end"],
    ]);
    expect(map.evaluationIds).toEqual([
      ["weak SFT", "weak 8K", "weak end"],
      ["strong SFT", "strong end"],
    ]);
    expect(map.problems[1].rates).toEqual([
      [0.25, 0.5, 1],
      [0.25, 1],
    ]);
    expect(fateMapSchema.parse(map)).toEqual(map);
  });

  it("newly solved and lost are fate.ts's, overall and stage by stage", () => {
    const [weak] = map.fates;
    const { newlySolved, lost } = fates(weakSft, weakEnd);
    expect([weak.newlySolved, weak.lost]).toEqual([newlySolved, lost]);
    // SFT half A solves p2 alone; half B of the stage solves p1 and p3: two newly solved, of which chance (half B at SFT) gives p1. p2 is lost.
    expect(weak.stages[0]).toEqual({ from: "SFT", to: "8K", newlySolved: { count: 2, chance: 1 }, lost: { count: 1, chance: 0 } });
    expect(weak.stages[1]).toMatchObject({ from: "8K", to: "end" });
  });

  it("the hard bin is chosen on half A at SFT and measured on half B, beside what chance gives", () => {
    const { hard } = map.fates[0];
    // Half A at SFT has p0, p1, p3 at 0. Half B: SFT 0, 1/2, 0; end 0, 1, 1.
    expect(hard).toMatchObject({ below: 0.2, problems: 3, onChoosingHalf: 0 });
    expect(hard.chance).toBeCloseTo(1 / 6, 12);
    expect(hard.points.map(({ score }) => score!.value)).toEqual([
      expect.closeTo(1 / 6, 12),
      expect.closeTo(0.5, 12),
      expect.closeTo(2 / 3, 12),
    ]);
    expect(hard.change!.value).toBeCloseTo(0.5, 12);
    expect(hard.change!.samplesPerProblem).toBe(2);
  });

  it("one checkpoint evaluated twice: its hard bin rises by chance alone, and the measured change does not", () => {
    // All 16 outcomes of 4 samples at chance 1/2, before; the same after, so half B before and after agree on average.
    const bits = Array.from({ length: 16 }, (_, i) => [0, 1, 2, 3].map((b) => (i >> b) & 1));
    const { hard } = fateMapOf([path("one", ["SFT", scores(bits)], ["end", scores(bits)])]).fates[0];
    expect([hard.problems, hard.onChoosingHalf]).toEqual([4, 0]);
    expect(hard.chance).toBeCloseTo(0.5, 12);
    expect(hard.change!.value).toBe(0);
  });

  it("solved only from one start: by halves of the two ends", () => {
    const [pair] = map.pairs;
    // Weak end half A: p1, p2 solved; strong end half B: p0, p1, p2. Only from the strong start: p0, its strong rate from half A.
    expect(pair.onlyStrong.problems).toEqual([{ problemId: "p0", source: "s", before: 0, after: 1 }]);
    // Half B of the weak end itself solves p3, which half A did not: chance gives one as well.
    expect(pair.onlyStrong).toMatchObject({ count: 1, chance: 1 });
    expect(pair.onlyWeak.count).toBe(0);
  });

  it("ends under other budgets make no pair", () => {
    const easy = scores([[1, 1], [1, 0]]); // biome-ignore format: one thought
    const [one, two] = [path("one", ["SFT", easy], ["end", easy]), path("two", ["SFT", easy], ["end", easy])];
    expect(fateMapOf([one, two]).pairs).toHaveLength(1);
    expect(fateMapOf([one, { ...two, budget: 128 }]).pairs).toEqual([]);
  });

  it("an empty hard bin is empty, and a start without an end is refused", () => {
    const easy = scores([[1, 1], [1, 0]]); // biome-ignore format: one thought
    const { hard } = fateMapOf([path("a", ["SFT", easy], ["end", easy])]).fates[0];
    expect(hard).toMatchObject({ problems: 0, change: null, chance: null, points: [{ score: null }, { score: null }] });
    expect(() => fateMapOf([path("a", ["SFT", easy])])).toThrow("before and after RL");
    expect(() => fateMapOf([])).toThrow("no start");
  });

  it("an odd n leaves its last sample out of both halves", () => {
    const odd = scores([[1, 0, 1]]);
    expect([halfOf(odd, "A").problems[0].rewards, halfOf(odd, "B").problems[0].rewards, halfOf(odd, "B").samplesPerProblem]).toEqual([
      [1],
      [0],
      1,
    ]);
  });
});
