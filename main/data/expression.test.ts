import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRational, rational } from "../verifiers/math/rational.ts";
import { type Expression, evaluate, maxDigits, num, type Operator, operation, parse, print, stepCount } from "./expression.ts";

const expression: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(fc.integer({ min: -999, max: 9999 }), fc.constantFrom(1, 10, 100)).map(([n, d]) => num(rational(n, d))),
    fc
      .tuple(fc.constantFrom<Operator>("+", "-", "*", "/"), tie("node"), tie("node"), fc.boolean())
      .map(([op, left, right, bracketed]) => operation(op, left, right, bracketed)),
  ),
})).node;

describe("expressions", () => {
  it("print → parse → print is the identity and keeps the value", () => {
    fc.assert(
      fc.property(expression, (tree) => {
        const parsed = parse(print(tree));
        expect(parsed).not.toBeNull();
        const again = parse(print(parsed!))!;
        expect(print(again)).toBe(print(parsed!));
        expect(evaluate(parsed!)).toEqual(evaluate(tree));
      }),
    );
  });

  it.each([
    ["48+(48/2)", "72"],
    ["1/3*60", "20"],
    ["2-3-4", "-5"],
    ["2-(3-4)", "3"],
    ["24/4/2", "3"],
    ["24/(4/2)", "12"],
    ["-5+.5", "-4.5"],
    ["1/3", "1/3"],
  ])("%s = %s", (text, value) => {
    expect(formatRational(evaluate(parse(text)!)!)).toBe(value);
  });

  it.each(["", "1+", "(1", "1)", "1 2+", "2(3)", "1+-2", "a", "1//2", "--1"])("refuses %j", (text) => {
    expect(parse(text)).toBeNull();
  });

  it("prints only the brackets that are needed, and those that are asked for", () => {
    expect(print(parse("(1+2)+(3*4)")!)).toBe("(1+2)+(3*4)");
    const n = (value: number) => num(rational(value));
    expect(print(operation("*", operation("+", n(1), n(2)), operation("*", n(3), n(4))))).toBe("(1+2)*(3*4)");
    expect(print(operation("+", operation("*", n(1), n(2)), n(-3)))).toBe("1*2+(-3)");
  });

  it("division by 0 has no value; equal sub-expressions are one step", () => {
    expect(evaluate(parse("1/(2-2)")!)).toBeNull();
    expect(stepCount(parse("(88/2)+(88/2)")!)).toBe(2);
    expect(maxDigits(parse("1+0.25")!)).toBe(3);
  });
});
