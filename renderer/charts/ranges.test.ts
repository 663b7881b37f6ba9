import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extent, growRange, niceStep, spread } from "./ranges.ts";

describe("ranges grow and do not jump", () => {
  test("steps are round", () => {
    expect(niceStep(0.03)).toBeCloseTo(0.05);
    expect(niceStep(0.02)).toBeCloseTo(0.02);
    expect(niceStep(7)).toBe(10);
    expect(niceStep(0)).toBe(1);
  });
  test("extent leaves out what is missing", () => {
    expect(extent([null, 3, Number.NaN, 1, undefined])).toEqual([1, 3]);
    expect(extent([null])).toBeNull();
  });
  test("data within the range change nothing", () => {
    const shown = growRange(null, [0.1, 0.34], { least: [0, 0.2], bounds: [0, 1] });
    expect(shown[0]).toBe(0);
    expect(shown[1]).toBeCloseTo(0.35);
    expect(growRange(shown, [0.2, 0.3])).toBe(shown);
  });
  test("a range passes no bound", () => {
    expect(growRange(null, [0.02, 0.99], { bounds: [0, 1] })).toEqual([0, 1]);
  });
  test("it only ever widens, and holds all data", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 30 }), (values) => {
        let range: [number, number] | null = null;
        for (let i = 1; i <= values.length; i++) {
          const next = growRange(range, extent(values.slice(0, i)));
          if (range !== null) expect(next[0] <= range[0] && next[1] >= range[1]).toBe(true);
          range = next;
        }
        const [low, high] = extent(values) ?? [0, 0];
        expect(range !== null && range[0] <= low + 1e-9 && range[1] >= high - 1e-9).toBe(true);
      }),
    );
  });
});

describe("labels at line ends", () => {
  test("labels apart stay; labels together move apart within the limits", () => {
    expect(spread([10, 50], 12, [0, 100])).toEqual([10, 50]);
    expect(spread([50, 50], 12, [0, 100])).toEqual([50, 62]);
    expect(spread([99, 98], 12, [0, 100])).toEqual([100, 88]);
  });
});
