import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowFilter } from "../../main/contract/imported-dataset.ts";
import { withQuery } from "./location.ts";
import { isFiltered, readRowFilter, without, writeDates, writeLabels, writeRange } from "./row-filter.ts";

describe("a filter in the link", () => {
  test("survives the link, whatever labels hold", () => {
    const labels = fc.array(fc.option(fc.string({ minLength: 1 }), { nil: null }), { maxLength: 4 });
    const end = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { nil: null });
    const range = fc
      .tuple(end, end)
      .map(([min, max]) =>
        min === null && max === null ? null : { min: min === null ? null : min + 0, max: max === null ? null : max + 0 },
      );
    fc.assert(
      fc.property(labels, range, (sources, promptLength) => {
        const query = withQuery("", {
          q: "two words",
          sources: writeLabels(sources),
          promptLength: writeRange(promptLength),
          dates: writeDates({ from: "2024-08-01", to: "2025-02-01" }),
          tests: "no",
        });
        expect(readRowFilter(query)).toEqual({
          ...rowFilter.parse({}),
          search: "two words",
          sources,
          promptLength,
          dates: { from: "2024-08-01", to: "2025-02-01" },
          tests: false,
        });
      }),
    );
  });
  test("what is mistyped restricts nothing", () => {
    const read = readRowFilter("promptLength=a..b&difficulty=5&sources=%25&dates=now..then&tests=maybe&responseLength=..");
    expect(read).toEqual(rowFilter.parse({}));
    expect(isFiltered(read)).toBe(false);
  });
  test("one part taken out", () => {
    const filter = readRowFilter("promptLength=1..&sources=a");
    expect(isFiltered(filter)).toBe(true);
    expect(without(filter, "sources")).toEqual(readRowFilter("promptLength=1.."));
    expect(isFiltered(without(without(filter, "sources"), "promptLength"))).toBe(false);
  });
});
