// Aligned curves against numpy.interp (reference/make_method_reference.py), and crossings on hand-made bands.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { alignment as alignmentSchema } from "../contract/alignment.ts";
import { alignStarts, findCrossing, type StartCurve } from "./alignment.ts";
import { pairedDifference } from "./paired.ts";
import { randomStream } from "./random.ts";
import { type Scores, scoresOf } from "./scores.ts";

const { interpolation } = JSON.parse(readFileSync(new URL("./reference/method-reference.json", import.meta.url), "utf8"));

/** Of `problems` problems with one sample, the first so many right. */
const right = (count: number, problems = 20): Scores =>
  scoresOf(
    Array.from({ length: problems }, (_, p) => ({
      problemId: `p${String(p).padStart(3, "0")}`,
      source: "s",
      sampleIndex: 0,
      reward: p < count ? 1 : 0,
    })),
    "test",
  );
const curve = (start: string, points: [number, number][], seed = 1, scale = 1): StartCurve => ({
  start,
  seed,
  points: points.map(([step, count]) => ({
    x: { step, tokens: step * 100 * scale, compute: step * 1e6 * scale },
    scores: right(Math.round(count)),
    evaluationId: `${start}-${seed}-${step}`,
  })),
});

describe("aligned curves", () => {
  const { xa, ya, xb, yb, grid, a, b } = interpolation;
  const zip = (xs: number[], ys: number[]): [number, number][] => xs.map((x, i) => [x, 20 * ys[i]]);

  it("hold only where both were measured, and interpolate as numpy does", () => {
    const { gaps, curves } = alignStarts([curve("weak", zip(xb, yb)), curve("strong", zip(xa, ya))], "step");
    const { points } = gaps[0].bySeed[0];
    expect(points.map(({ x }) => x)).toEqual(grid);
    points.forEach((point, i) => {
      expect(point.weak).toBeCloseTo(b[i], 12);
      expect(point.strong).toBeCloseTo(a[i], 12);
      expect(point.gap.value).toBeCloseTo(a[i] - b[i], 12);
      expect(point.measured).toBe(false);
    });
    expect(curves[1].points.map(({ score }) => score.value)).toEqual(ya.map((y: number) => expect.closeTo(y, 12)));
  });

  it("where both were measured, the band is the paired difference's", () => {
    const result = alignStarts([curve("weak", [[10, 9], [0, 4]]), curve("strong", [[0, 10], [10, 12]])], "step"); // biome-ignore format: one thought
    expect(result.curves[0].points.map(({ x, evaluationId }) => [x, evaluationId])).toEqual([[0, "weak-1-0"], [10, "weak-1-10"]]); // biome-ignore format: one thought
    expect(result.gaps[0].bySeed[0].points[1]).toMatchObject({ x: 10, measured: true, gap: pairedDifference(right(9), right(12)) });
    expect(result.gaps[0].overSeeds).toBeNull();
    expect(alignmentSchema.parse(result)).toEqual(result);
  });

  it("by tokens, a start of longer responses is met earlier in its own course", () => {
    const weak = curve("weak", [[0, 4], [10, 8]]); // biome-ignore format: one thought
    const strong = curve(
      "strong",
      [
        [0, 10],
        [10, 14],
      ],
      1,
      2,
    );
    const { points } = alignStarts([weak, strong], "tokens").gaps[0].bySeed[0];
    // At 1,000 tokens the weak start is at its step 10, the strong one at its step 5.
    expect(points.map(({ x }) => x)).toEqual([0, 1000]);
    expect(points[1].weak).toBeCloseTo(0.4, 12);
    expect(points[1].strong).toBeCloseTo(0.6, 12);
  });

  it("over seeds: the mean gap with Student's t, all pairs", () => {
    const seeds = [1, 2, 3];
    const curves = seeds.flatMap((seed) => [
      curve("weak", [[0, 2], [8, 6]], seed), // biome-ignore format: one thought
      curve("mid", [[0, 5], [8, 7]], seed), // biome-ignore format: one thought
      curve("strong", [[0, 10 + seed], [8, 12 + seed]], seed), // biome-ignore format: one thought
    ]);
    const { gaps } = alignStarts(curves, "step");
    expect(gaps.map(({ weak, strong }) => `${weak} ${strong}`)).toEqual(["weak mid", "weak strong", "mid strong"]);
    // Gaps 9, 10, 11 of 20 at the start: mean 0.5, deviation 0.05, t(0.975, 2) = 4.302653.
    const [first] = gaps[1].overSeeds!;
    expect(first.gap.mean).toBeCloseTo(0.5, 12);
    expect(first.gap.low).toBeCloseTo(0.5 - (4.302653 * 0.05) / Math.sqrt(3), 6);
    expect(gaps[1].crossing).toMatchObject({ outcome: "order kept", over: "seeds" });
  });

  it("refuses curves without order, overlap or a common seed", () => {
    expect(() => alignStarts([curve("weak", [[0, 1], [0, 2]]), curve("strong", [[0, 1]])], "step")).toThrow("the curve has no order"); // biome-ignore format: one thought
    expect(() => alignStarts([curve("weak", [[0, 1]]), curve("strong", [[5, 1], [6, 2]])], "step")).toThrow("do not overlap"); // biome-ignore format: one thought
    expect(() => alignStarts([curve("weak", [[0, 1]]), curve("strong", [[0, 1]], 2)], "step")).toThrow("no seed in common");
    expect(() => alignStarts([curve("weak", []), curve("strong", [[0, 1]])], "step")).toThrow("no evaluations");
  });
});

describe("crossings", () => {
  const band = (values: number[], half: number) => values.map((value, x) => ({ x, value, low: value - half, high: value + half }));

  it("are called where the interval leaves zero out on both sides, with the bracket that holds them", () => {
    const found = findCrossing(band([3, 2, 0.5, -0.5, -2], 1), "problems", 100);
    expect(found).toMatchObject({ outcome: "crossing", flips: [{ x: 2.5, from: 1, to: 4 }] });
    expect(found.sentence).toBe("The order flips at 2.5 (between 1 and 4): clear of zero on both sides, 95 % over problems.");
    expect(findCrossing(band([2, -2, 2], 1), "problems", 100).flips.map(({ x }) => x)).toEqual([0.5, 1.5]);
  });

  it("are not called from point estimates alone", () => {
    const found = findCrossing(band([3, 1, -0.5, -0.9], 1), "seeds", 100);
    expect(found).toMatchObject({ outcome: "not distinguishable", flips: [] });
    expect(found.sentence).toContain("clear of zero at 1 of 4 points");
    expect(findCrossing(band([3, -3, 2, 4], 5), "seeds", 100).outcome).toBe("not distinguishable");
    expect(findCrossing(band([3, 0.5, 2], 1), "seeds", 100).outcome).toBe("not distinguishable");
    expect(findCrossing(band([3, 2, 4], 1), "seeds", 100).outcome).toBe("order kept");
  });

  it("are held to the number of points: a sixth wider among 20", () => {
    // α = 0.2 / 20: t(0.99, 1000) / t(0.975, 1000) = 2.3301 / 1.9623 = 1.187.
    const many = (size: number) => Array.from({ length: 20 }, (_, i) => (i === 5 ? size : i === 12 ? -size : 0));
    expect(findCrossing(band(many(1.18), 1), "problems", 1000).outcome).toBe("not distinguishable");
    expect(findCrossing(band(many(1.19), 1), "problems", 1000)).toMatchObject({ outcome: "crossing", flips: [{ from: 5, to: 12 }] });
    expect(findCrossing(band([1.01, 0, 0, 0, 0, 0, 0, -1.01], 1), "problems", 1000).outcome).toBe("crossing");
  });

  it("are seldom found between equal starts: in at most 5 % of 200 pairs of curves of 20 points", () => {
    const random = randomStream("equal starts");
    let found = 0;
    for (let pair = 0; pair < 200; pair++) {
      // Gaps of a mean of 0 with a standard error of 1, independent from point to point.
      const gaps = Array.from({ length: 20 }, () => random.normal());
      if (findCrossing(band(gaps, 1.962), "problems", 1000).outcome === "crossing") found++;
    }
    expect(found / 200).toBeLessThan(0.05);
  });
});
