// k starts: gaps over seeds and sources on hand-worked scores; correlations against scipy (reference/make_method_reference.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startsReport } from "../contract/starts.ts";
import { fisherInterval, kendallTauB, pearson, ranks, spearman } from "./correlation.ts";
import { compareGap } from "./gap.ts";
import { type Scores, scoresOf } from "./scores.ts";
import { compareStarts, type StartRun } from "./starts.ts";

const { correlations } = JSON.parse(readFileSync(new URL("./reference/method-reference.json", import.meta.url), "utf8"));

/** 40 problems of one sample, two sources; so many of each source's 20 right. */
const scores = (a: number, b: number): Scores =>
  scoresOf(
    Array.from({ length: 40 }, (_, p) => ({
      problemId: `p${String(p).padStart(2, "0")}`,
      source: p < 20 ? "a" : "b",
      sampleIndex: 0,
      reward: p % 20 < (p < 20 ? a : b) ? 1 : 0,
    })),
    "test",
  );
type Count = [number, number];
const run = (start: string, seed: number, before: Count, after: Count): StartRun => ({
  start,
  seed,
  before: scores(...before),
  after: scores(...after),
});

describe("a pair of starts", () => {
  it("with one seed is the paired gap over problems", () => {
    const runs = [run("weak", 1, [4, 4], [16, 6]), run("strong", 1, [14, 6], [17, 16])];
    const report = compareStarts(runs);
    expect(startsReport.parse(report)).toEqual(report);
    const [all, a, b] = report.scopes;
    expect([all.source, a.source, b.source]).toEqual([null, "a", "b"]);
    const [pair] = all.pairs;
    expect(pair.bySeed[0].gap).toEqual(compareGap({ weak: { name: "weak", ...runs[0] }, strong: { name: "strong", ...runs[1] } }));
    expect(pair.overSeeds).toBeNull();
    // 12 of 40 before, 11 after: the gap before is clear of zero.
    expect(pair.narrowingRatio).toBeCloseTo(11 / 12, 12);
    expect(pair.direction.points).toBe("not distinguishable");
    expect(pair.sentence).toMatch(/^Gap strong − weak: 30\.0 points before RL, 27\.5 after; its change is not distinguishable from zero/);
    // Source a narrows by 9 of 20 problems, source b grows by 8 of 20.
    expect([a.pairs[0].direction.points, a.pairs[0].grew]).toEqual(["narrowed", false]);
    expect([b.pairs[0].direction.points, b.pairs[0].grew]).toEqual(["grew", true]);
    // On b the gap before, 2 of 20, is not clear of zero.
    expect(b.pairs[0].narrowingRatio).toBeNull();
  });

  it("with several seeds rests on Student's t over seeds, and counts the order seed by seed", () => {
    const runs = [
      run("weak", 1, [4, 4], [8, 8]),
      run("strong", 1, [8, 8], [9, 9]), // gap 8 → 2
      run("weak", 2, [4, 4], [10, 8]),
      run("strong", 2, [9, 9], [9, 8]), // gap 10 → −1
      run("weak", 3, [4, 4], [9, 9]),
      run("strong", 3, [9, 8], [9, 9]), // gap 9 → 0
    ];
    const [pair] = compareStarts(runs).scopes[0].pairs;
    expect(pair.order).toEqual({ kept: 1, flipped: 1, tied: 1 });
    const { change, before } = pair.overSeeds!.points;
    // Changes −6, −11, −9 of 40: mean −26/120, deviation √(19/3)/40.
    expect(change.mean).toBeCloseTo(-26 / 120, 12);
    expect(change.high).toBeCloseTo(-26 / 120 + (4.302652729911275 * Math.sqrt(19 / 3)) / 40 / Math.sqrt(3), 8);
    expect(pair.direction.points).toBe("narrowed");
    expect(pair.narrowingRatio).toBeCloseTo(1 / 27, 12);
    expect(before.low).toBeGreaterThan(0);
    expect(pair.sentence).toContain("it narrowed (change −21.7");
    expect(pair.sentence).toContain("over 3 seeds");
  });

  it("pairs only seeds both have; refuses none in common, a seed twice and one start alone", () => {
    const weak = run("weak", 1, [4, 4], [8, 8]);
    expect(compareStarts([weak, run("weak", 2, [4, 4], [8, 8]), run("strong", 2, [8, 8], [9, 9])]).scopes[0].pairs[0].bySeed).toHaveLength(
      1,
    );
    expect(() => compareStarts([weak, run("strong", 2, [8, 8], [9, 9])])).toThrow("no seed in common");
    expect(() => compareStarts([weak, weak, run("strong", 1, [8, 8], [9, 9])])).toThrow("occurs twice");
    expect(() => compareStarts([weak])).toThrow("a gap needs two");
  });

  it("a source of one problem gives no interval: it is named, not shown", () => {
    const two = (values: number[]) =>
      scoresOf(values.map((reward, p) => ({ problemId: `p${p}`, source: p === 2 ? "lone" : "many", sampleIndex: 0, reward })), "test"); // biome-ignore format: one thought
    const make = (start: string, values: number[]): StartRun => ({ start, seed: 1, before: two(values), after: two(values) });
    const report = compareStarts([make("weak", [0, 1, 0]), make("strong", [1, 1, 1])]);
    expect(report.leftOut).toEqual(["lone"]);
    expect(report.scopes.map(({ source }) => source)).toEqual([null, "many"]);
  });
});

describe("Kendall's τ-b", () => {
  it("of before and after, from five starts up", () => {
    const five = ["a", "b", "c", "d", "e"].map((name, i) => run(name, 1, [2 * i, 3], [[6, 5, 9, 10, 15][i], 3]));
    // Ranks after: 2 1 3 4 5: one of ten pairs discordant.
    expect(compareStarts(five).scopes[0].kendall).toEqual({
      tau: expect.closeTo(0.8, 12),
      bySeed: [{ seed: 1, tau: expect.closeTo(0.8, 12) }],
    });
    expect(compareStarts(five.slice(1)).scopes[0].kendall).toBeNull();
    expect(compareStarts(five).scopes[0].pairs).toHaveLength(10);
    expect(compareStarts(five).scopes[2].kendall!.tau).toBeNull();
  });
});

describe("correlations", () => {
  it("equal scipy's, ties included", () => {
    for (const { x, y, ...expected } of correlations) {
      expect(kendallTauB(x, y)).toBeCloseTo(expected.kendall, 10);
      expect(spearman(x, y)).toBeCloseTo(expected.spearman, 10);
      expect(pearson(x, y)).toBeCloseTo(expected.pearson, 10);
      const { low, high } = fisherInterval(pearson(x, y), x.length, "pearson")!;
      expect(low).toBeCloseTo(expected.pearsonInterval[0], 8);
      expect(high).toBeCloseTo(expected.pearsonInterval[1], 8);
    }
  });

  it("say nothing where a list does not vary or is too short", () => {
    expect([pearson([1, 1, 1], [1, 2, 3]), spearman([1, 2, 3], [0.1, 0.1, 0.1]), kendallTauB([2, 2], [1, 3])]).toEqual([null, null, null]);
    expect(ranks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
    expect(fisherInterval(0.5, 3, "pearson")).toBeNull();
    expect(fisherInterval(1, 9, "pearson")).toBeNull();
    const wide = fisherInterval(0.5, 8, "spearman")!;
    const narrow = fisherInterval(0.5, 8, "pearson")!;
    expect(wide.high - wide.low).toBeGreaterThan(narrow.high - narrow.low);
  });
});
