import { describe, expect, it } from "vitest";
import { type DoorFilter, doorReport } from "../contract/door.ts";
import { passDoor } from "./door.ts";
import { type Scores, scoresOf } from "./scores.ts";

/** One problem each: so many of n samples right. */
const solved = (n: number, rights: number[]): Scores =>
  scoresOf(
    rights.flatMap((right, p) =>
      Array.from({ length: n }, (_, i) => ({ problemId: `p${p}`, source: "s", sampleIndex: i, reward: i < right ? 1 : 0 })),
    ),
    "test",
  );
const open: DoorFilter = { dropAllSolved: false, dropNoneSolved: false };

describe("a stage's door", () => {
  it("keeps pass rates up to 6/16, the bound included", () => {
    const report = passDoor(solved(16, [0, 3, 6, 7, 16]), { ...open, max: 6 / 16 });
    expect(report.survivors).toEqual(["p0", "p1", "p2"]);
    expect(report.dropped).toEqual({ "all-solved": 0, "none-solved": 0, "below-min": 0, "above-max": 2 });
    expect(report.passRate).toBeCloseTo(32 / 80, 12);
    expect(report.survivorsPassRate).toBeCloseTo(9 / 48, 12);
    expect(report.histogram).toHaveLength(17);
    expect(report.histogram[6]).toEqual({ right: 6, problems: 1, survivors: 1 });
    expect(report.histogram[7]).toEqual({ right: 7, problems: 1, survivors: 0 });
    expect(report.histogram.reduce((sum, bin) => sum + bin.problems, 0)).toBe(5);
    expect(doorReport.parse(report)).toEqual(report);
  });

  it("counts each dropped problem once, under its most telling reason", () => {
    const report = passDoor(solved(4, [0, 0, 1, 2, 3, 4]), { min: 0.5, max: 0.75, dropAllSolved: true, dropNoneSolved: true });
    expect(report.dropped).toEqual({ "all-solved": 1, "none-solved": 2, "below-min": 1, "above-max": 0 });
    expect(report.survivors).toEqual(["p3", "p4"]);
  });

  it("a bound written as a decimal holds for the share it means", () => {
    expect(passDoor(solved(3, [1, 2]), { ...open, max: 0.333333 }).survivors).toEqual(["p0"]);
    expect(passDoor(solved(3, [1, 2]), { ...open, min: 0.666667 }).survivors).toEqual(["p1"]);
  });

  it("may let nothing through, and refuses bounds that nothing can meet", () => {
    const report = passDoor(solved(2, [2, 2]), { ...open, dropAllSolved: true });
    expect([report.survivors, report.survivorsPassRate]).toEqual([[], null]);
    expect(() => passDoor(solved(2, [1]), { ...open, min: 0.8, max: 0.2 })).toThrow("no problem can pass");
  });
});
