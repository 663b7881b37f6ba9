import fc from "fast-check";
import { expect, test } from "vitest";
import { halfTable, narrowBF16, narrowF16, widenBF16, widenF16 } from "./float-types.ts";

/** IEEE 754's definition, in float64: sign, exponent and fraction of a half. */
function definition(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

test("every half is the float32 that IEEE 754 says, and comes back from it", () => {
  const halves = Uint16Array.from({ length: 1 << 16 }, (_, half) => half);
  const wide = new Float32Array(1 << 16);
  widenF16(halves, wide, 0);
  expect(wide.every((value, half) => Object.is(value, definition(half)) || (Number.isNaN(value) && Number.isNaN(definition(half))))).toBe(
    true,
  );
  expect(narrowF16(wide).every((half, i) => half === i || Number.isNaN(wide[i]))).toBe(true);
  expect(narrowF16(wide).every((half, i) => Number.isNaN(halfTable()[half]) === Number.isNaN(wide[i]))).toBe(true);
});

const anyFloat = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((bits) => new Float32Array(Int32Array.of(bits).buffer)[0]);

test("narrowing takes the nearest half, the even one of two as near", () => {
  const table = halfTable();
  const near = fc
    .tuple(fc.integer({ min: 0, max: 0x7bfe }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([half, share]) => Math.fround(table[half] + share * (table[half + 1] - table[half])));
  const check = (value: number) => {
    const half = narrowF16(Float32Array.of(value))[0];
    const distance = Math.abs(table[half] - value);
    for (const other of [half - 1, half + 1].filter((each) => (each & 0x7fff) <= 0x7c00 && (each & 0x8000) === (half & 0x8000))) {
      // Infinity stands where the next half would be.
      const there = (other & 0x7fff) === 0x7c00 ? Math.sign(value) * 65_536 : table[other];
      const apart = Math.abs(there - value);
      expect(apart > distance || (apart === distance && (half & 1) === 0), `${value}`).toBe(true);
    }
  };
  fc.assert(fc.property(near, check), { numRuns: 2000, seed: 1 });
  for (let half = 0; half < 0x7bff; half++) check((table[half] + table[half + 1]) / 2); // every tie
  expect([...narrowF16(Float32Array.of(65_519.99, 65_520, -1e30, 2 ** -25, 2 ** -25 * 1.0001, 1e-45))]).toEqual([
    0x7bff, 0x7c00, 0xfc00, 0, 1, 0,
  ]);
});

test("bfloat16 is the upper half of a float32, rounded to even", () => {
  expect([...narrowBF16(Float32Array.of(1, -2.5, 1 + 2 ** -8, 1 + 3 * 2 ** -8, Number.NaN, 3.4e38))]).toEqual([
    0x3f80, 0xc020, 0x3f80, 0x3f82, 0x7fc0, 0x7f80,
  ]);
  fc.assert(
    fc.property(anyFloat, (value) => {
      const wide = new Float32Array(1);
      widenBF16(narrowBF16(Float32Array.of(value)), wide, 0);
      if (Number.isNaN(value)) expect(wide[0]).toBeNaN();
      else if (Number.isFinite(wide[0]))
        expect(Math.abs(wide[0] - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -8, 2 ** -134));
    }),
    { numRuns: 2000, seed: 1 },
  );
});
