// Cases per form, by hand; what counts as equal and why is in audit/RULES.md, and the audit has hundreds more.
import { describe, expect, it } from "vitest";
import { exactExpressions, NeedsSymbols } from "./compare.ts";
import { judge } from "./judge.ts";
import { symbolicExpressions } from "./symbolic.ts";

/** gold, response, how they are equal; null: unequal. */
type Case = [string, string, string | null];

const cases: Record<string, Case[]> = {
  "numbers and their spellings": [
    ["1200", "1{,}200", "text"],
    ["1200", "1\\,200", "text"],
    ["1200", "1, 200", null],
    ["1200", "1200.0", "number"],
    ["7", "007", "number"],
    ["\\frac{7}{2}", "3\\frac12", "number"],
    ["\\frac{7}{2}", "3 1/2", "number"],
    ["\\frac{7}{2}", "3½", "number"],
    ["\\frac{7}{2}", "3\\cdot\\frac12", null],
    ["\\frac{1}{7}", "0.\\overline{142857}", "number"],
    ["\\frac{1}{7}", "0.142857", null],
    ["0.00012", "1.2 \\times 10^{-4}", "number"],
    ["0.00012", "1.2e-4", "number"],
    ["2^{200}", "4^{100}", "number"],
    ["2000000", "2 \\text{ million}", "number"],
    ["120", "5! = 120", "text"],
    ["3", "3, \\ldots", null],
  ],
  "formulas without variables": [
    ["3\\sqrt{13}", "\\sqrt{117}", "symbolic"],
    ["3\\sqrt{13}", "10.816653826391967", null],
    ["1+\\sqrt2", "\\sqrt{3+2\\sqrt2}", "symbolic"],
    ["\\sin 18^\\circ", "\\frac{\\sqrt5-1}{4}", "symbolic"],
    ["\\frac{\\pi}{4}", "\\tan^{-1} 1", "symbolic"],
    ["e^{i\\pi/3}", "\\frac12+\\frac{\\sqrt3}{2}i", "symbolic"],
    ["\\pi", "\\pi + 10^{-40}", null],
    ["\\sqrt2", "\\sqrt{2 + 10^{-70}}", null],
    ["0", "\\sin\\pi", "symbolic"],
    ["0", "\\pi\\cdot 10^{-400}", null],
    ["e^{-1000}", "e^{-1001}", null],
    ["\\infty", "\\infty + 1", null],
    ["0", "0\\cdot\\infty", null],
    ["1", "0^0", null],
  ],
  "formulas with variables": [
    ["(x+1)^2", "x^2+2x+1", "symbolic"],
    ["\\frac{x^2-1}{x-1}", "x+1", "symbolic"],
    ["\\sec^2 x", "1+\\tan^2 x", "symbolic"],
    ["\\sqrt{x}\\sqrt{y}", "\\sqrt{xy}", "symbolic"],
    ["\\sqrt{x^2}", "x", null],
    ["\\sqrt{x^2}", "|x|", "symbolic"],
    ["\\frac{1}{e^x}", "e^-x", "symbolic"],
    ["n!", "n(n-1)!", "symbolic"],
    ["\\binom{n}{2}", "\\frac{n(n-1)}{2}", "symbolic"],
    ["(-1)^n", "\\cos n\\pi", "symbolic"],
    ["x^{1000000}", "x^{1000001}", null],
    ["x", "x + 10^{-50}", null],
    ["x_1", "x_2", null],
    ["x", "X", null],
    ["f'(x)", "f(x)", null],
    ["\\frac{x}{2}", "1/2x", "unparseable"],
  ],
  equations: [
    ["x=5", "5=x", "text"],
    ["x=5", "y=5", null],
    ["y=2x+3", "4x-2y=-6", "equation"],
    ["y=2x+3", "x=2y+3", null],
    ["x^2/4+y^2/3=1", "3x^2+4y^2=12", "equation"],
    ["x+y=0", "0", null],
    ["0", "x+y=0", null],
    ["5", "2x=10", null],
    ["\\frac34", "\\frac68=\\frac34", "text"],
    ["\\frac34", "\\frac34=0.8", null],
    ["\\sqrt{51}", "x=\\sqrt{51}\\approx 7.14", "text"],
    ["y>2x", "2x<y", "inequality"],
    ["y>2x", "2x>y", null],
    ["y>2x", "y\\ge 2x", null],
  ],
  "several answers": [
    ["1,-2", "-2\\text{ or }1", "list"],
    ["1,-2", "x_1=-2, x_2=1", "list"],
    ["1,-2", "\\{-2,1\\}", "set"],
    ["1,-2", "(1,-2)", null],
    ["1,1,2", "1,2,2", null],
    ["2\\pm\\sqrt3", "2-\\sqrt3, 2+\\sqrt3", "list"],
    ["2\\pm\\sqrt3", "2+\\sqrt3", null],
    ["a=1,b=2", "b=2,a=1", "list"],
    ["a=1,b=2", "a=2,b=1", null],
    ["\\emptyset", "\\{\\}", "set"],
    ["\\{x : x > 2\\}", "(2,\\infty)", "interval"],
  ],
  "tuples, intervals, matrices": [
    ["(1,2)", "x=1,y=2", "tuple"],
    ["(1,2)", "1,2", null],
    ["(1,2,3)", "1,2,3", "tuple"],
    ["(1,2,3)", "3,2,1", null],
    ["(2,12)\\cup(12,102)", "2<x<12\\text{ or }12<x<102", "union"],
    ["[2,5)", "[2,5[", "interval"],
    ["[2,5)", "2\\le t<5", "interval"],
    ["[2,5)", "2<t<5", null],
    ["\\mathbb{R}\\setminus\\{0,1\\}", "(-\\infty,0)\\cup(0,1)\\cup(1,\\infty)", "union"],
    ["\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\langle 1,2\\rangle", "matrix"],
    ["\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1&2\\end{pmatrix}", null],
    ["\\begin{pmatrix}2\\\\4\\end{pmatrix}", "2\\begin{pmatrix}1\\\\2\\end{pmatrix}", "matrix"],
    ["\\begin{pmatrix}2\\\\4\\end{pmatrix}", "-2\\begin{pmatrix}1\\\\2\\end{pmatrix}", null],
    ["\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\frac12\\begin{bmatrix}2&4\\\\6&8\\end{bmatrix}", "matrix"],
    ["\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3\\end{pmatrix}", "unparseable"],
  ],
  "units, percent, ratio, time, base, words": [
    ["15\\mbox{ cm}^2", "15 \\text{ square centimeters}", "text"],
    ["15\\mbox{ cm}^2", "15 \\text{ cm}", null],
    ["15", "15 \\text{ apples}", "text"],
    ["15", "15 \\text{ squared}", "unparseable"],
    ["15", "15 \\text{ or more}", null],
    ["25\\%", "\\frac14", "number"],
    ["0.5", "0.5\\%", null],
    ["\\$2", "2 \\text{ cents}", null],
    ["60^\\circ", "\\frac{\\pi}{3}", null],
    ["3:2", "6:4", "ratio"],
    ["3:2", "1.5", "ratio"],
    ["3:30 \\text{ p.m.}", "15:30", "time"],
    ["3:30 \\text{ p.m.}", "3:30", null],
    ["101_2", "101_{\\text{two}}", "base"],
    ["101_2", "101", "base"],
    ["101_2", "5", null],
    ["101_2", "102_2", "unparseable"],
    ["\\text{(C)}", "\\text{(C) } 12", "text"],
    ["12", "\\text{(C) } 12", "text"],
    ["\\text{July 4}", "4 July", "text"],
    ["\\text{an ellipse}", "Ellipse", "text"],
    ["\\text{even}", "\\text{not even}", null],
  ],
};

describe.each(Object.entries(cases))("%s", (_, some) => {
  it.each(some)("gold %s, response %s: %s", (gold, given, how) => {
    const { verdict, reason } = judge(gold, given, symbolicExpressions);
    if (how === null) expect([verdict, reason.slice(0, 8)]).toEqual(["wrong", "unequal:"]);
    else if (how === "unparseable") expect(verdict).toBe("unparseable");
    else expect(reason).toBe(`equal by ${how}`);
  });
});

it("decides plain numbers, and text that is the same, without symbols, and nothing else", () => {
  expect(judge("\\frac{35}{64}", "0.546875", exactExpressions).reason).toBe("equal by number");
  expect(judge("(1,2]", "(1,3]", exactExpressions).verdict).toBe("wrong");
  expect(judge("x^2 + 1", "x^{2}+1", exactExpressions).reason).toBe("equal by text");
  expect(() => judge("\\sqrt4", "2", exactExpressions)).toThrow(NeedsSymbols);
});

it("says error, not wrong, when the problem's own answer cannot be read", () => {
  expect(judge("\\frac{1}{", "5", exactExpressions)).toMatchObject({ reward: 0, verdict: "error" });
});
