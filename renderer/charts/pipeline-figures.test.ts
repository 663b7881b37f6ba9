// Lengths before and after on one axis, on hand-made histograms.
import { expect, test } from "vitest";
import type { LengthHistogram } from "../../main/contract/pipeline.ts";
import { lengthFigure } from "./pipeline-figures.ts";

const histogram = (bins: [number, number, number][]): LengthHistogram => ({
  unit: "tokens",
  count: bins.reduce((sum, [, , count]) => sum + count, 0),
  mean: 5,
  max: 9,
  bins: bins.map(([from, to, count]) => ({ from, to, count })),
});

test("bins that only one of them has stand at their place, with 0 of the other", () => {
  const before = histogram([[2, 3, 4], [3, 4, 1], [6, 8, 5]]); // biome-ignore format: a table
  const { series } = lengthFigure({ id: "x", title: "?", what: "responses" }, before, histogram([[3, 4, 1], [4, 6, 2]])); // biome-ignore format: a table
  expect(series.map(({ y }) => y)).toEqual([[4, 1, 0, 5], [0, 1, 2, 0]]); // biome-ignore format: a table
  expect(series[0].hover[3]).toMatch(/^6 to 8 tokens\n5 responses before, 50\.0\s% of them$/);
});

test("nothing left is drawn as nothing", () => {
  const { series, subtitle } = lengthFigure({ id: "x", title: "?", what: "responses" }, histogram([[2, 3, 4]]), {
    ...histogram([]),
    mean: null,
  });
  expect(series[1].y).toEqual([0]);
  expect(subtitle).toContain("after, mean –");
});
