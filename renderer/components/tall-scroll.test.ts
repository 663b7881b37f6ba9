import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyHeight, physicalOf, scrolledTo, tallest, virtualOf } from "./tall-scroll.ts";

const axes = fc.record({ content: fc.integer({ min: 0, max: 28 * 50_000_000 }), viewport: fc.integer({ min: 100, max: 2000 }) });

describe("a table taller than a browser draws", () => {
  test("a short one scrolls as it is", () => {
    const axis = { content: 2800, viewport: 500 };
    expect(bodyHeight(axis)).toBe(2800);
    expect(scrolledTo(1234, { physical: 0, virtual: 0 }, axis)).toEqual({ physical: 1234, virtual: 1234 });
  });
  test("both ends are reached, and places map forth and back", () => {
    fc.assert(
      fc.property(axes, fc.double({ min: 0, max: 1, noNaN: true }), (axis, share) => {
        expect(bodyHeight(axis)).toBeLessThanOrEqual(tallest);
        const end = Math.max(0, bodyHeight(axis) - axis.viewport);
        expect(virtualOf(0, axis)).toBe(0);
        if (end > 0) expect(virtualOf(end, axis)).toBeCloseTo(axis.content - axis.viewport, 3);
        expect(physicalOf(virtualOf(share * end, axis), axis)).toBeCloseTo(share * end, 3);
      }),
    );
  });
  test("the wheel moves pixel by pixel, from the first row to the last, however long that takes", () => {
    const axis = { content: 28 * 20_000_000, viewport: 600 };
    let place = scrolledTo(6_000_000, { physical: 0, virtual: 0 }, axis);
    for (const by of [120, -90, 300]) {
      const next = scrolledTo(place.physical + by, place, axis);
      expect(next.virtual - place.virtual).toBeCloseTo(by, 6);
      place = next;
    }
    // Upwards from a place near the top to the first row.
    place = { physical: physicalOf(200_000, axis), virtual: 200_000 };
    for (let i = 0; i < 1000 && place.virtual > 0; i++) place = scrolledTo(Math.max(0, place.physical - 500), place, axis);
    expect(place).toEqual({ physical: 0, virtual: 0 });
  });
});
