// Equality of formulas. @cortex-js/compute-engine reads the LaTeX and evaluates to many digits; it can run for ever and ask for any
// amount of memory, so this file is loaded only in the verifier's threads, which can be ended.
//
// What decides is numbers, not algebra: our own evaluation in double precision must agree (at many points where there are variables),
// and so must the engine's with 60 digits and more. Agreement at random points is no proof, but what passes it by chance is no answer that
// anyone gives; a decimal that agrees with a root in all its digits is told apart by the digits after them. The engine's exact evaluation
// is not used: of (3/2)^1000000 it takes minutes, and its comparisons have a tolerance.
import { BigDecimal, ComputeEngine, LatexSyntax } from "@cortex-js/compute-engine";
import { type RandomStream, randomStream } from "../../analysis/random.ts";
import type { Expressions } from "./compare.ts";
import { isDefined, size, subtract } from "./complex.ts";
import { evaluate, type MathJson, type Point, Unknown, usesImaginary, variables } from "./evaluate.ts";
import { exactValue, sameValue } from "./exact.ts";
import { greekLetters } from "./names.ts";
import { sameTokens, type Token, Unreadable } from "./tokens.ts";

/** Of the greater value: what double precision may lose in a formula. */
const tolerance = 1e-6;
const minDigits = 60;
/** What rounding may cost in a formula, in decimal digits. */
const lostDigits = 20;
/** Points at which both are defined that are wanted, and how many are tried for them. */
const wantedPoints = 6;
const triedPoints = 60;
/** Of those, how many the engine looks at with many digits. */
const confirmedPoints = 3;

const engine = new ComputeEngine();
/** Without the engine: its own parser learns from one formula how to read the next. */
const syntax = new LatexSyntax();

export const symbolicExpressions: Expressions = { equal, proportion };

function equal(a: Token[], b: Token[]): boolean {
  if (sameTokens(a, b)) return true;
  const [left, right] = [exactValue(a), exactValue(b)];
  if (left !== null && right !== null) return sameValue(left, right);
  if (typeof left === "string" || typeof right === "string") return false;
  const pair = [read(a), read(b)];
  const sampled = sample(pair);
  if (sampled === null) return sameStructure(pair);
  const { points, values } = sampled;
  if (points.length === 0 || !values.every(([f, g]) => near(f, g))) return false;
  return points.slice(0, confirmedPoints).every((point) => same(at(pair[0], point), at(pair[1], point), digitsOf(a, b)));
}

function proportion(a: Token[], b: Token[]): -1 | 0 | 1 {
  const pair = [read(a), read(b)];
  const sampled = sample(pair);
  if (sampled === null || sampled.points.length < wantedPoints || pair.some(usesImaginary)) return 0;
  const { points, values } = sampled;
  const ratios = values.map(([f, g]) => f.re / g.re);
  if (!ratios.every((ratio) => Number.isFinite(ratio) && ratio !== 0 && Math.abs(ratio - ratios[0]) <= tolerance * Math.abs(ratios[0])))
    return 0;
  const cross = (p: Point, q: Point): MathJson => ["Multiply", at(pair[0], p), at(pair[1], q)];
  if (!same(cross(points[0], points[1]), cross(points[1], points[0]), digitsOf(a, b))) return 0;
  return ratios[0] > 0 ? 1 : -1;
}

// --- reading

const functions = `frac sqrt binom cdot div pi infty sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln exp lfloor rfloor
  lceil rceil circ max min gcd lcm bmod`;
const knownCommands = new Set([...functions.split(/\s+/).map((name) => `\\${name}`), ...greekLetters]);

/** @throws Unreadable */
function read(tokens: Token[]): MathJson {
  const json = syntax.parse(latexOf(tokens)) as MathJson | null;
  if (json === null || JSON.stringify(json).includes('"Error"')) throw new Unreadable("not a formula");
  return json;
}

function latexOf(formula: Token[]): string {
  const tokens = withInverses(formula);
  let latex = "";
  tokens.forEach(({ kind, value }, i) => {
    const [before, next] = [tokens[i - 1], tokens[i + 1]];
    if (kind === "text") throw new Unreadable(`the word ${value}`);
    if (kind === "command" && !knownCommands.has(value)) throw new Unreadable(value);
    if (kind === "symbol" && !/^[-+/^_(){}[\]|!,']$/.test(value)) throw new Unreadable(value);
    if ((value === "^" || value === "_") && (!before || /^(?:[-+/({[]|\\cdot|\\div)$/.test(before.value)))
      throw new Unreadable(`${value} with nothing before it`);
    if (kind === "number" && before?.kind === "number") throw new Unreadable("two numbers side by side");
    // 1/2x is (1/2)x to some and 1/(2x) to others.
    if (
      kind === "number" &&
      before?.value === "/" &&
      next &&
      (next.kind === "letters" || next.value === "(" || /^\\(?!cdot|div)/.test(next.value))
    )
      throw new Unreadable(`/${value}${next.value} has two readings`);
    // Decimals as fractions: exact whatever the engine holds numbers in.
    const [whole, decimals] = value.split(".");
    if (kind === "number" && decimals) latex += `\\frac{${BigInt(whole + decimals)}}{1${"0".repeat(decimals.length)}}`;
    else if (value === "[" && before?.value !== "\\sqrt") latex += "(";
    else if (value === "]" && !rootIndexEnds(tokens, i)) latex += ")";
    else latex += kind === "command" ? `${value} ` : value;
  });
  return latex;
}

/** \sin^{-1} x is arcsin x, not 1/sin x. */
function withInverses(tokens: Token[]): Token[] {
  const text = tokens.map(({ value }) => value);
  const at = text.findIndex((value, i) => /^\\(?:sin|cos|tan)$/.test(value) && text.slice(i + 1, i + 6).join(" ") === "^ { - 1 }");
  if (at < 0) return tokens;
  return [...tokens.slice(0, at), { ...tokens[at], value: `\\arc${text[at].slice(1)}` }, ...withInverses(tokens.slice(at + 6))];
}

/** Whether this ] ends \sqrt[n]. */
function rootIndexEnds(tokens: Token[], end: number): boolean {
  for (let i = end; i > 0; i--) if (tokens[i].value === "[") return tokens[i - 1].value === "\\sqrt";
  return false;
}

// --- values

interface Sampled {
  points: Point[];
  /** At each point, of both formulas. */
  values: ReturnType<typeof evaluate>[][];
}

/**
 * Thousandths on both sides of zero, near it and not: arcsin is defined at some, logarithms at others, factorials at whole numbers. Each is
 * a multiple of 1/2000 and so exact.
 */
const draw = [1, 3, 9]
  .map((reach) => (random: RandomStream) => (random.integer(-1000 * reach, 1000 * reach) + 0.5) / 1000)
  .concat((random) => random.integer(1, 15));

/** Both formulas at points where both are defined; one empty point without variables. Null when an operation is not known here. */
function sample(pair: MathJson[]): Sampled | null {
  const names = [...new Set(pair.flatMap((json) => [...variables(json)]))].sort();
  const real = names.length > 0 && !pair.some(usesImaginary);
  const random = randomStream("math verifier", JSON.stringify(pair));
  const sampled: Sampled = { points: [], values: [] };
  const wanted = names.length === 0 ? 1 : wantedPoints;
  for (let tried = 0; tried < (names.length === 0 ? 1 : triedPoints) && sampled.points.length < wanted; tried++) {
    const point = new Map(names.map((name) => [name, draw[tried % draw.length](random)]));
    try {
      const values = pair.map((json) => evaluate(json, point, real));
      if (!values.every(isDefined)) continue;
      sampled.points.push(point);
      sampled.values.push(values);
    } catch (error) {
      if (error instanceof Unknown) return null;
      throw error;
    }
  }
  return sampled;
}

/** What cancels to nothing leaves some 1e-16 of its terms. */
const rounding = 1e-12;
const near = (a: Sampled["values"][0][0], b: typeof a) => size(subtract(a, b)) <= rounding + tolerance * Math.max(size(a), size(b));

/** The formula with numbers for its variables. */
function at(json: MathJson, point: Point): MathJson {
  if (typeof json === "string" && point.has(json)) return ["Rational", Math.round(point.get(json)! * 2000), 2000];
  return Array.isArray(json) ? [json[0], ...json.slice(1).map((each) => at(each, point))] : json;
}

/** More than the formulas themselves write, as digits or as a power: 1.4142…, x + 10^{-50}. */
function digitsOf(...formulas: Token[][]): number {
  let digits = 0;
  for (const tokens of formulas)
    tokens.forEach(({ kind, value }, i) => {
      if (kind !== "number") return;
      const isExponent = tokens.slice(Math.max(0, i - 3), i).some((before) => before.value === "^");
      digits = Math.max(digits, 2 * value.length, isExponent ? Math.min(500, Number(value)) : 0);
    });
  return minDigits + digits;
}

/** Whether two constants are equal: their difference is nothing, or what rounding leaves, which more digits make smaller. */
function same(a: MathJson, b: MathJson, digits: number): boolean {
  const difference: MathJson = ["Subtract", a, b];
  const rest = magnitude(difference, digits);
  if (rest === Number.NEGATIVE_INFINITY) return true;
  const size = Math.max(magnitude(a, digits), magnitude(b, digits));
  if (!(rest < Math.max(size, 0) - digits + lostDigits)) return false;
  return magnitude(difference, 3 * digits) < rest - digits;
}

/** Digits before the point of a value's greater part, negative for small ones; -Infinity for zero, NaN for no number. */
function magnitude(json: MathJson, digits: number): number {
  engine.precision = digits;
  const value = engine.box(json as never).N();
  const parts = [new BigDecimal(value.bignumRe ?? value.re), new BigDecimal(value.bignumIm ?? value.im)];
  return Math.max(...parts.map((part) => (part.isZero() ? Number.NEGATIVE_INFINITY : String(part.significand).length + part.exponent)));
}

/** Where there are no numbers to compare (an integral, f'(x)): the same after the engine's ordering of terms. */
function sameStructure(pair: MathJson[]): boolean {
  engine.pushScope();
  try {
    const [a, b] = pair.map((json) => engine.box(json as never));
    return a.isSame(b);
  } finally {
    engine.popScope(); // what it has inferred of the variables
  }
}
