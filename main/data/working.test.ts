import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRational, rational } from "../verifiers/math/rational.ts";
import { evaluate, type Operator, parse } from "./expression.ts";
import { magnitudes, working } from "./working.ts";

const n = (text: string) => parseRational(text)!;

describe("working", () => {
  it.each<[string, Operator, string, string | null]>([
    ["57", "+", "68", "7+8=15,5+6+1=12"],
    ["157", "+", "68", "7+8=15,5+6+1=12,1+0+1=2"],
    ["52", "-", "37", "12-7=5,5-3-1=1"],
    ["503", "-", "37", "13-7=6,10-3-1=6,5-0-1=4"],
    ["47", "*", "6", "7*6=42,4*6=24+4=28"],
    ["6", "*", "47", "7*6=42,4*6=24+4=28"],
    ["40", "*", "60", "4*6=24"],
    ["96", "/", "4", "9/4=2r1,16/4=4r0"],
    ["612", "/", "6", "6/6=1r0,1/6=0r1,12/6=2r0"],
    ["736", "/", "23", "73/23=3*23=69r4,46/23=2*23=46r0"],
    ["12", "/", "60", "120/60=2*60=120r0"],
    ["1.5", "+", "2.25", "0+5=5,5+2=7,1+2=3"],
    ["7", "+", "8", null],
    ["40", "+", "7", null],
    ["63", "/", "7", null],
    ["12", "*", "34", null],
    ["1", "/", "3", null],
  ])("%s%s%s: %s", (a, op, b, expected) => {
    expect(working(op, n(a), n(b))).toBe(expected);
  });

  it("every equation it writes is true", () => {
    const operands = fc.tuple(
      fc.constantFrom<Operator>("+", "-", "*", "/"),
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 1, max: 9999 }),
    );
    fc.assert(
      fc.property(operands, fc.constantFrom(1, 10), ([op, x, y], d) => {
        const [a, b] = op === "-" && x < y ? [y, x] : op === "/" ? [x * y, y] : [x, y];
        const text = working(op, rational(a, d), rational(b, d)) ?? "";
        for (const part of text.split(",").filter((t) => t !== "")) {
          const division = /^(\d+)\/(\d+)=(\d+)(?:\*\d+=(\d+))?r(\d+)$/.exec(part);
          if (division) {
            const [, whole, divisor, quotient, product, rest] = division.map(Number);
            expect(whole).toBe(divisor * quotient + rest);
            expect(rest).toBeLessThan(divisor);
            if (!Number.isNaN(product)) expect(product).toBe(divisor * quotient);
            continue;
          }
          const sides = part.split("=").map((side) => evaluate(parse(side)!));
          for (const side of sides) expect(part.includes("*") ? sides.at(-1) : side).toEqual(sides.at(-1));
        }
      }),
    );
  });

  it.each<[Operator, number, number, Operator, number, number, boolean]>([
    ["+", -57, 68, "-", 68, 57, false],
    ["+", 57, -68, "-", 68, 57, true],
    ["+", -57, -68, "+", 57, 68, true],
    ["-", 37, 52, "-", 52, 37, true],
    ["-", 37, -52, "+", 37, 52, false],
    ["-", -37, 52, "+", 37, 52, true],
    ["-", -37, -52, "-", 52, 37, false],
    ["*", -5, 12, "*", 5, 12, true],
    ["/", -12, -4, "/", 12, 4, false],
  ])("signs are rewritten: %s %s %s", (op, a, b, op2, x, y, negative) => {
    expect(magnitudes(op, rational(a), rational(b))).toMatchObject({ op: op2, a: rational(x), b: rational(y), negative, rewritten: true });
  });
});
