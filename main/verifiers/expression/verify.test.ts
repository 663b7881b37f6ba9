import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyHere } from "../index.ts";
import { type BinaryOperator, type CodeExpression, evaluateCode, parseCode, printCode } from "./expression.ts";
import { parseCall, parseFunction } from "./verify.ts";

const value = (text: string, names: Record<string, bigint> = {}): string => {
  const expression = parseCode(text);
  if (!expression) return "unparsable";
  const result = evaluateCode(expression, names);
  return "error" in result ? result.error : result.value.toString();
};

const tree: fc.Arbitrary<CodeExpression> = fc.letrec<{ node: CodeExpression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: 0, max: 30 }).map((n) => ({ kind: "integer" as const, value: BigInt(n) })),
    fc.constantFrom("x", "y").map((name) => ({ kind: "name" as const, name })),
    fc
      .tuple(fc.constantFrom<BinaryOperator>("+", "-", "*", "//", "%", "**"), tie("node"), tie("node"))
      .map(([op, left, right]) => ({ kind: "binary" as const, op, left, right })),
    tie("node").map((of) => ({ kind: "negative" as const, of })),
    fc.tuple(tie("node"), tie("node")).map((args) => ({ kind: "call" as const, name: "max" as const, args })),
  ),
})).node;

describe("the small Python", () => {
  it.each([
    ["2+3*4", "14"],
    ["-7//2", "-4"],
    ["-7%3", "2"],
    ["7%-3", "-2"],
    ["-2**2", "-4"],
    ["2**3**2", "512"],
    ["2**-1", "exponent -1 is out of bounds"],
    ["9**9**9", "exponent 387420489 is out of bounds"],
    ["1//0", "division by zero"],
    ["max(2,min(9,4),3)", "4"],
    ["abs(3-10)", "7"],
    ["10**18*10", "value out of bounds"],
    ["q", "no name q"],
    ["__import__('os')", "unparsable"],
    ["constructor", "no name constructor"],
    ["x.y", "unparsable"],
    ["abs(1,2)", "unparsable"],
    ["007", "unparsable"],
    ["1 if 2 else 3", "unparsable"],
    [`${"(".repeat(90)}1${")".repeat(90)}`, "unparsable"],
    [`${"1+".repeat(150)}1`, "unparsable"],
  ])("%s: %s", (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it("print → parse gives the same value", () => {
    const names = { x: 3n, y: -5n };
    fc.assert(
      fc.property(tree, (expression) => {
        const text = printCode(expression);
        const parsed = parseCode(text);
        if (!parsed) return text.length > 100 || (text.match(/-|\*\*/g) ?? []).length > 5; // past the bounds
        expect(evaluateCode(parsed, names)).toEqual(evaluateCode(expression, names));
        return true;
      }),
    );
  });

  const python = spawnSync("python3", ["--version"]).status === 0;
  it.skipIf(!python)("agrees with Python itself", () => {
    const texts = fc
      .sample(tree, { numRuns: 400, seed: 5 })
      .map(printCode)
      .filter((text) => {
        const expression = parseCode(text);
        return expression && "value" in evaluateCode(expression, { x: 3n, y: -5n });
      });
    expect(texts.length).toBeGreaterThan(100);
    const script = "import sys,json\nprint(json.dumps([str(eval(t,{'x':3,'y':-5,'max':max})) for t in json.load(sys.stdin)]))";
    const { stdout } = spawnSync("python3", ["-c", script], { input: JSON.stringify(texts), encoding: "utf8" });
    expect(texts.map((text) => value(text, { x: 3n, y: -5n }))).toEqual(JSON.parse(stdout));
  });
});

describe("verifyCode", () => {
  const tests = [
    { call: "f(1)", expected: "3", hidden: false },
    { call: "f(2)", expected: "5", hidden: false },
    { call: "f(-40)", expected: "-79", hidden: true },
  ];
  it.each([
    ["2*1+1=3#lambda x:2*x+1", "right", "all 3 tests pass"],
    ["#lambda n: n + n + 1", "right", "all 3 tests pass"],
    ["#f=lambda x:2*x+1", "right", "all 3 tests pass"],
    ["#2*x+1", "right", "all 3 tests pass"],
    ["#lambda x:x+2", "wrong", "test 2 of 3: f(2) is 4, not 5"],
    ["#lambda x:x*x+2-x//2", "wrong", "test 3 of 3: f(-40) is 1622, not -79"],
    ["#lambda x:2*y+1", "wrong", "test 1 of 3: no name y"],
    ["#lambda x:1//(x-1)", "wrong", "test 1 of 3: division by zero"],
    ["#lambda x,x:2*x+1", "unparseable", "not a function we read: lambda x,x:2*x+1"],
    ["#lambda x:eval('1')", "unparseable", "not a function we read: lambda x:eval('1')"],
    ["lambda x:2*x+1", "unparseable", "no # answer"],
  ])("%j: %s", (text, verdict, reason) => {
    const problem = { domain: "code" as const, answer: "lambda x:2*x+1", tests };
    expect(verifyHere(problem, { text, finishReason: "stop" })).toEqual({ reward: verdict === "right" ? 1 : 0, verdict, reason });
  });

  it("cut at the budget is truncated, whatever it says", () => {
    const problem = { domain: "code" as const, answer: "", tests };
    expect(verifyHere(problem, { text: "#lambda x:2*x+1", finishReason: "length" })?.verdict).toBe("truncated");
    expect(verifyHere({ domain: "math", answer: "3" }, { text: "#3", finishReason: "length" })?.verdict).toBe("truncated");
  });

  it("reads calls of f alone", () => {
    expect(parseCall("f(2, -3)")).toEqual([2n, -3n]);
    expect(parseCall("g(2)")).toBeNull();
    expect(parseFunction("lambda x,y:x*y")?.parameters).toEqual(["x", "y"]);
  });
});
