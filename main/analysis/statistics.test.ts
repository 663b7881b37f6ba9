// The statistics against scipy, statsmodels and brute force (reference/make_reference.py), and on hand-worked numbers.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HeadstartError } from "../contract/errors.ts";
import { fates } from "./fate.ts";
import { compareGap, directionOf } from "./gap.ts";
import { meanReward, stratifiedError } from "./intervals.ts";
import { pairedDifference } from "./paired.ts";
import { defaultKs, meanPassAtK, passAtK, resampledPassAtK } from "./pass-at-k.ts";
import { type Scores, scoresOf } from "./scores.ts";
import { overSeeds } from "./seeds.ts";
import { studentTCdf, studentTQuantile } from "./student-t.ts";

type Name = "weakBefore" | "strongBefore" | "weakAfter" | "strongAfter";
const reference: {
  tQuantiles: [number, number, number][];
  tCdf: [number, number, number][];
  samples: Record<Name, number[][]>;
  sources: string[];
  clustered: Record<Name, [number, number]>;
  stratified: Record<Name, number>;
  pairedUnstratified: { value: number; low: number; high: number };
  logOddsBootstrapError: [number, number, number];
  passAtK: [number, number, number, number][];
  seeds: { values: number[]; mean: number; low: number; high: number };
} = JSON.parse(readFileSync(new URL("./reference/reference.json", import.meta.url), "utf8"));
const names = Object.keys(reference.samples) as Name[];

/** Rewards by problem, p00, p01, …; one source unless given. */
function scores(rewards: number[][], sources?: string[]): Scores {
  return scoresOf(
    rewards.flatMap((row, i) =>
      row.map((reward, sampleIndex) => ({
        problemId: `p${String(i).padStart(2, "0")}`,
        source: sources?.[i] ?? "arithmetic",
        sampleIndex,
        reward,
      })),
    ),
    "test",
  );
}

describe("Student's t", () => {
  it("quantiles and distribution function equal scipy's", () => {
    for (const [p, df, value] of reference.tQuantiles) expect(studentTQuantile(p, df) / value).toBeCloseTo(1, 9);
    for (const [t, df, value] of reference.tCdf) expect(studentTCdf(t, df)).toBeCloseTo(value, 12);
    expect(studentTQuantile(0.025, 9)).toBeCloseTo(-2.262157, 6);
  });
});

describe("mean reward", () => {
  it("standard error equals statsmodels' cluster-robust one; stratified, scipy's", () => {
    for (const name of names) {
      const [value, standardError] = reference.clustered[name];
      const plain = meanReward(scores(reference.samples[name]));
      expect(plain.value).toBeCloseTo(value, 12);
      expect(plain.standardError).toBeCloseTo(standardError, 12);
      const stratified = meanReward(scores(reference.samples[name], reference.sources));
      expect(stratified.value).toBeCloseTo(value, 12);
      expect(stratified.standardError).toBeCloseTo(reference.stratified[name], 12);
    }
  });

  it("on hand-worked numbers", () => {
    // Problem means 0, 0.5, 1: mean 0.5, sd 0.5, error 0.5/√3, t(2) = 4.3027, cut at the ends of [0, 1].
    const result = meanReward(
      scores([
        [0, 0],
        [1, 0],
        [1, 1],
      ]),
    );
    expect(result).toMatchObject({ value: 0.5, low: 0, high: 1, problems: 3, samplesPerProblem: 2 });
    expect(result.standardError).toBeCloseTo(0.2886751, 7);
    // Two sources, each without spread: nothing is left to chance.
    expect(
      stratifiedError([
        { source: "a", value: 0 },
        { source: "a", value: 0 },
        { source: "b", value: 1 },
        { source: "b", value: 1 },
      ]),
    ).toEqual({ standardError: 0, degreesOfFreedom: 2 });
  });

  it("all right is no certainty: the exact bound over problems stands", () => {
    const all = meanReward(scores(Array.from({ length: 10 }, () => [1, 1])));
    expect(all.high).toBe(1);
    expect(all.low).toBeCloseTo(0.025 ** 0.1, 12); // Clopper–Pearson for 10 of 10: 0.6915
    expect(meanReward(scores(Array.from({ length: 10 }, () => [0]))).high).toBeCloseTo(0.3085, 4);
  });

  it("one problem: the interval is the whole range", () => {
    expect(meanReward(scores([[1, 0]]))).toMatchObject({ value: 0.5, low: 0, high: 1, standardError: 0.5 });
  });
});

describe("paired difference", () => {
  it("equals scipy's paired t interval", () => {
    const { value, low, high } = pairedDifference(scores(reference.samples.weakBefore), scores(reference.samples.weakAfter));
    expect(value).toBeCloseTo(reference.pairedUnstratified.value, 12);
    expect(low).toBeCloseTo(reference.pairedUnstratified.low, 9);
    expect(high).toBeCloseTo(reference.pairedUnstratified.high, 9);
  });

  it("no change on any problem is no certainty: the exact bound over problems stands", () => {
    // None of 10 changed: at most q = 1 − 0.025^(1/10) = 30.85 % of all problems do, each by at most 1.
    const ten = scores(Array.from({ length: 10 }, () => [1, 0]));
    const { value, low, high } = pairedDifference(ten, ten);
    expect(value).toBe(0);
    expect([low, high]).toEqual([expect.closeTo(-0.3085, 4), expect.closeTo(0.3085, 4)]);
    // All of 5 went from wrong to right: 1 − 2 q with q = 0.5218 still spans 0; of 6, q = 0.4593, no longer.
    const all = (problems: number, reward: number) => scores(Array.from({ length: problems }, () => [reward, reward]));
    expect(pairedDifference(all(5, 0), all(5, 1)).low).toBeCloseTo(-0.0436, 4);
    expect(pairedDifference(all(6, 0), all(6, 1))).toMatchObject({ value: 1, low: expect.closeTo(0.0815, 4), high: 1 });
    // Two sources, +1/3 and −1/3 on every problem: rounding is no spread; q times the most room any problem has, 4/3, bounds both.
    const sources = ["a", "a", "a", "b", "b", "b"];
    const [one, two] = [
      [1, 0, 0],
      [1, 1, 0],
    ];
    const split = pairedDifference(scores([one, one, one, two, two, two], sources), scores([two, two, two, one, one, one], sources));
    expect(split.high).toBeCloseTo(0.6123, 4);
    expect(split.low).toBeCloseTo(-0.6123, 4);
  });

  it("refuses unequal n, other problems, and gaps in the samples", () => {
    const a = scores([
      [1, 0],
      [0, 0],
    ]);
    expect(() => pairedDifference(a, scores([[1], [0]]))).toThrow(HeadstartError);
    expect(() =>
      pairedDifference(
        a,
        scores([
          [1, 0],
          [0, 0],
          [1, 1],
        ]),
      ),
    ).toThrow("2 problems, the other 3");
    const other: Scores = { ...a, problems: a.problems.map((problem, i) => ({ ...problem, problemId: `q${i}` })) };
    expect(() => pairedDifference(a, other)).toThrow("different problems");
    expect(() => scores([[1, 0], [1]])).toThrow("p01 has 1 samples, p00 has 2");
    expect(() => scores([])).toThrow("no samples");
    const twice = { problemId: "p", source: "s", sampleIndex: 0, reward: 1 };
    expect(() => scoresOf([twice, twice], "test")).toThrow("occurs twice");
  });
});

describe("pass@k", () => {
  it("equals the enumeration of all subsets", () => {
    for (const [n, c, k, value] of reference.passAtK) expect(passAtK(n, c, k)).toBeCloseTo(value, 12);
  });

  it("mean over problems; k in powers of two, n included", () => {
    const s = scores([
      [1, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(meanPassAtK(s, 1)).toBeCloseTo(0.125, 12);
    expect(meanPassAtK(s, 2)).toBeCloseTo(0.25, 12);
    expect(defaultKs(6)).toEqual([1, 2, 4, 6]);
    expect(defaultKs(1)).toEqual([1]);
    expect(() => passAtK(4, 1, 5)).toThrow(RangeError);
  });

  it("drawing k a hundred times has the closed form's expectation, and k = n leaves nothing to chance", () => {
    const s = scores([
      [1, 0, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(resampledPassAtK(s, 2, ["test"], 20_000)).toBeCloseTo(meanPassAtK(s, 2), 2);
    expect(resampledPassAtK(s, 4, ["test"])).toBeCloseTo(meanPassAtK(s, 4), 12);
    expect(resampledPassAtK(s, 2, ["test"])).toBe(resampledPassAtK(s, 2, ["test"]));
    expect(() => resampledPassAtK(s, 5, ["test"])).toThrow(RangeError);
  });
});

describe("gap", () => {
  const side = (name: string, before: Name, after: Name) => ({
    name,
    before: scores(reference.samples[before]),
    after: scores(reference.samples[after]),
  });
  const gap = compareGap({ weak: side("weak", "weakBefore", "weakAfter"), strong: side("strong", "strongBefore", "strongAfter") });

  it("in points: differences of means, and their change", () => {
    const value = (name: Name) => reference.clustered[name][0];
    expect(gap.before.value).toBeCloseTo(value("strongBefore") - value("weakBefore"), 12);
    expect(gap.after.value).toBeCloseTo(value("strongAfter") - value("weakAfter"), 12);
    expect(gap.change.value).toBeCloseTo(gap.after.value - gap.before.value, 12);
    expect(gap.narrowingRatio).toBeCloseTo(gap.after.value / gap.before.value, 12);
  });

  it("in log-odds: the delta method's error agrees with resampling problems", () => {
    const [before, after, change] = reference.logOddsBootstrapError;
    expect(gap.logOdds.before.standardError / before).toBeCloseTo(1, 1);
    expect(gap.logOdds.after.standardError / after).toBeCloseTo(1, 1);
    expect(gap.logOdds.change.standardError / change).toBeCloseTo(1, 1);
  });

  it("no narrowing ratio when the gap before may be 0, and finite log-odds at 0 and 100 %", () => {
    const same = scores([
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    const none = scores([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    const all = scores([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    const flat = compareGap({ weak: { name: "w", before: same, after: same }, strong: { name: "s", before: same, after: all } });
    expect(flat.narrowingRatio).toBeNull();
    const extreme = compareGap({ weak: { name: "w", before: none, after: none }, strong: { name: "s", before: all, after: all } });
    // 6 of 6 against 0 of 6, half a sample added to each side: 2 ln(6.5/0.5).
    expect(extreme.logOdds.before.value).toBeCloseTo(2 * Math.log(13), 9);
    // Three problems that all differ are no finding (sign test: p = 1/4), six are (p = 1/32).
    expect(extreme.narrowingRatio).toBeNull();
    const six = (reward: number) => scores(Array.from({ length: 6 }, () => [reward]));
    const [wrong, right] = [six(0), six(1)];
    const clear = compareGap({ weak: { name: "w", before: wrong, after: wrong }, strong: { name: "s", before: right, after: right } });
    expect(clear.narrowingRatio).toBe(1);
  });

  it("without spread, each start's exact bound stands, taken to log-odds and added in quadrature", () => {
    // Both starts half right on each of 10 problems: at most q = 1 − 0.025^(1/10) of problems differ, each by no more than half.
    const half = scores(Array.from({ length: 10 }, () => [1, 0]));
    const gap = compareGap({ weak: { name: "w", before: half, after: half }, strong: { name: "s", before: half, after: half } });
    const q = 1 - 0.025 ** 0.1;
    expect(gap.change).toMatchObject({ value: 0, standardError: 0 });
    expect([gap.before.low, gap.before.high]).toEqual([expect.closeTo(-q, 12), expect.closeTo(q, 12)]);
    expect([gap.change.low, gap.change.high]).toEqual([expect.closeTo(-2 * q, 12), expect.closeTo(2 * q, 12)]);
    // 20 samples and half a one on each side: (10 + 10 q + 0.5) / 21.
    const reach = Math.log((10.5 + 10 * q) / (10.5 - 10 * q));
    expect(gap.logOdds.before.high).toBeCloseTo(Math.SQRT2 * reach, 12);
    expect(gap.logOdds.change.low).toBeCloseTo(-2 * reach, 12);
  });

  it("a start without spread widens the interval of every log-odds it is part of", () => {
    const varied = scores(Array.from({ length: 10 }, (_, i) => [i % 2, i % 3 === 0 ? 1 : 0]));
    const wrong = scores(Array.from({ length: 10 }, () => [0, 0]));
    const gap = compareGap({ weak: { name: "w", before: varied, after: wrong }, strong: { name: "s", before: varied, after: varied } });
    const other = compareGap({ weak: { name: "w", before: varied, after: varied }, strong: { name: "s", before: varied, after: varied } });
    const q = 1 - 0.025 ** 0.1;
    const bound = Math.log((20 * q + 0.5) / (20.5 - 20 * q)) - Math.log(0.5 / 20.5);
    // One checkpoint four times: what varies cancels on every problem, and the exact bound over problems stands, four ranges wide.
    expect(other.logOdds.change).toMatchObject({ value: 0, standardError: 0 });
    expect(other.logOdds.change.high).toBeGreaterThan(4 * q);
    expect(other.change.high).toBeCloseTo(2 * q, 12);
    // The spread is the weak start's before RL; the bound says it may be less wrong than seen after.
    expect(gap.logOdds.change.value - gap.logOdds.change.low).toBeGreaterThan(bound);
    expect(gap.logOdds.change.high - gap.logOdds.change.value).toBeLessThan(gap.logOdds.change.value - gap.logOdds.change.low);
  });

  it("says what became of its size: the sign of a change is not enough", () => {
    const estimate = (value: number, half: number) => ({ value, low: value - half, high: value + half });
    const [one, two] = [estimate(0.26, 0.1), estimate(-0.05, 0.1)];
    expect(directionOf(one, two, estimate(-0.31, 0.1))).toBe("narrowed");
    expect(directionOf(estimate(-0.05, 0.02), estimate(-0.2, 0.02), estimate(-0.15, 0.02))).toBe("grew");
    expect(directionOf(estimate(0.2, 0.1), estimate(-0.2, 0.1), estimate(-0.4, 0.1))).toBe("reversed");
    expect(directionOf(one, two, estimate(-0.31, 0.4))).toBe("not distinguishable");
    // Signs differ and neither size lies beyond what the other may be.
    expect(directionOf(estimate(0.19, 0.2), estimate(-0.2, 0.1), estimate(-0.39, 0.2))).toBe("not distinguishable");
    expect(directionOf(estimate(-0.05, 0.1), estimate(0.3, 0.1), estimate(0.35, 0.1))).toBe("grew");
    // Two seeds that agree have no spread to speak of.
    expect(directionOf(one, two, estimate(-0.31, 0))).toBe("not distinguishable");
  });
});

describe("fate of problems", () => {
  it("half A before against half B after, with what chance gives; the shares come from the halves that did not select", () => {
    // Halves of four samples: A = first two, B = last two. p00 is newly solved by its last sample, yet half A after has none right
    // and half B before none either: 0 → 0. p02 is lost by half B after, whose half A is all right: 0 → 1.
    const before = scores([
      [0, 0, 0, 0],
      [0, 0, 1, 0],
      [1, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
    const after = scores([
      [0, 0, 0, 1],
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [1, 1, 1, 1],
    ]);
    const { newlySolved, lost } = fates(before, after);
    expect(newlySolved).toEqual({
      count: 1,
      chance: 1,
      problems: [{ problemId: "p00", source: "arithmetic", before: 0, after: 0 }],
    });
    expect(lost).toEqual({ count: 1, chance: 1, problems: [{ problemId: "p02", source: "arithmetic", before: 0, after: 1 }] });
    // Newly solved by half B (1 of 2) with half A half right as well; before RL only half B, which does not select, has one right.
    expect(fates(scores([[0, 0, 0, 1]]), scores([[1, 0, 1, 1]])).newlySolved).toEqual({
      count: 1,
      chance: 1,
      problems: [{ problemId: "p00", source: "arithmetic", before: 0.5, after: 0.5 }],
    });
  });

  it("the shares shown are not selected to differ: with one checkpoint before and after they agree on average", () => {
    // All 16 ways of two samples before and two after, each once: chance 1/2 a sample, no change.
    const bits = Array.from({ length: 16 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1, (i >> 3) & 1]);
    const { newlySolved, lost } = fates(scores(bits.map(([a, b]) => [a, b])), scores(bits.map(([, , c, d]) => [c, d])));
    for (const { problems } of [newlySolved, lost]) {
      expect(problems).toHaveLength(4);
      expect(problems.reduce((sum, { before }) => sum + before, 0)).toBe(2);
      expect(problems.reduce((sum, { after }) => sum + after, 0)).toBe(2);
    }
  });

  it("two evaluations of one checkpoint give chance, no change", () => {
    const same = scores(reference.samples.weakBefore);
    const { newlySolved, lost } = fates(same, same);
    expect([newlySolved.count, lost.count]).toEqual([newlySolved.chance, lost.chance]);
    expect(newlySolved.count).toBeGreaterThan(0);
  });

  it("needs two halves", () => {
    expect(() => fates(scores([[1], [0]]), scores([[1], [0]]))).toThrow("no two halves");
  });
});

describe("over seeds", () => {
  it("equals scipy's t interval; one seed has none", () => {
    const { values, mean, low, high } = reference.seeds;
    const result = overSeeds(values);
    expect(result.mean).toBeCloseTo(mean, 12);
    expect(result.low).toBeCloseTo(low, 10);
    expect(result.high).toBeCloseTo(high, 10);
    expect(overSeeds([0.1])).toEqual({ mean: 0.1, standardDeviation: null, low: null, high: null });
  });
});
