import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignRows, layOut } from "./batches.ts";

describe("rows", () => {
  it("packing is first-fit by falling length", () => {
    expect(assignRows([2, 5, 3, 4], 7, true)).toEqual([[1, 0], [3, 2]]); // biome-ignore format: rows
    expect(assignRows([2, 5, 3, 4], 7, false)).toEqual([[0], [1], [2], [3]]);
  });

  it("holds every example once and overfills no row", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 40 }), (lengths) => {
        const rows = assignRows(lengths, 16, true);
        expect(rows.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
        for (const row of rows) expect(row.reduce((sum, i) => sum + lengths[i], 0)).toBeLessThanOrEqual(16);
      }),
    );
  });

  it("lays examples out with their targets and what each token may see", () => {
    const examples = [
      { ids: [5, 6, 7], promptLength: 1 },
      { ids: [8, 9], promptLength: 1 },
    ];
    const rows = layOut(examples, [[0, 1], [1]], 0); // biome-ignore format: rows
    expect([...rows.ids]).toEqual([5, 6, 7, 8, 9, 8, 9, 0, 0, 0]);
    expect([...rows.visibleFrom]).toEqual([0, 0, 0, 3, 3, 0, 0, 2, 3, 4]);
    // The state at 5 predicts 6, at 6 predicts 7; the first token of the second example is never a target.
    expect([...rows.positions]).toEqual([0, 1, 3, 5]);
    expect([...rows.targets]).toEqual([6, 7, 9, 9]);
    expect([...rows.example]).toEqual([0, 0, 1, 1]);
  });
});
