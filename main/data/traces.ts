// Right responses to one problem, many different ones: what SFT learns from. A response is a chain of steps and the answer:
//
//   12+34=46;46-5=41#41                           whole results
//   57+68=7+8=15,5+6+1=12:125#125                 digit working (working.ts says how each operation is worked)
//   12*15=12*10+12*5;12*10=120;…;120+60=180#180   decomposition: the split, its steps, the last one gives the result
//   12+34=46[46-34=12];…                          a check of the result by the inverse operation
//   12+34=46{46-5};46-5=41#41                     what is left, restated
//
// Beside these, traces differ in the order of steps, in regrouping (a+b-c as a-c+b) and in commuted operands. Which of them a
// policy uses is its own choice: the verdict looks at what follows # alone. Every step a trace writes is true.
import type { Problem, Trace } from "../contract/dataset.ts";
import {
  add,
  compare,
  decimalPlaces,
  formatRational,
  isNegative,
  multiply,
  type Rational,
  rational,
  subtract,
} from "../verifiers/math/rational.ts";
import { type DrawnTrace, drawCodeTrace } from "./code-traces.ts";
import {
  apply,
  type Expression,
  evaluate,
  maxDigits,
  num,
  type OperationNode,
  type Operator,
  operations,
  parse,
  print,
  stepCount,
} from "./expression.ts";
import { chance, type Random, weighted } from "./random.ts";
import { isTame, multiplyFirst, regroup } from "./regroup.ts";
import { defaultStyles, type Manner, type StyleWeights } from "./styles.ts";
import { isAtomic, magnitudes, head as operationHead, placeParts, plainStep, significantDigits } from "./working.ts";

interface Style {
  manner: Manner;
  order: "left" | "right" | "regroup";
  commute: number;
  check: boolean;
  restate: boolean;
}

type StepManner = "whole" | "digits" | "decompose";

/** Parts an operation is split into by place (whole numbers; products of decimals too), or null where a split says nothing new. */
function split(op: Operator, a: Rational, b: Rational): { text: string; steps: [Operator, Rational, Rational][] } | null {
  const result = apply(op, a, b);
  if (!result || [a, b, result].some((value) => isNegative(value) || (op === "*" ? decimalPlaces(value) === null : value.d !== 1n)))
    return null;
  const text = (value: Rational): string => formatRational(value);
  if (op === "+" || op === "-") {
    let parts = placeParts(b);
    if (parts.length < 2) {
      // Bridge the ten: 7+8 = 7+3+5, 15-9 = 15-5-4.
      const units = rational(op === "+" ? (10n - (a.n % 10n)) % 10n : a.n % 10n);
      if (b.n > 9n || units.n === 0n || compare(units, b) >= 0) return null;
      parts = [units, subtract(b, units)];
    }
    const steps: [Operator, Rational, Rational][] = [];
    let value = a;
    for (const part of parts) {
      steps.push([op, value, part]);
      value = apply(op, value, part)!;
    }
    return { text: [text(a), ...parts.map(text)].join(op), steps };
  }
  let products: [Operator, Rational, Rational][];
  if (op === "*") {
    const byPlaces = placeParts(b);
    if (byPlaces.length > 1) products = byPlaces.map((part) => ["*", a, part]);
    else if (placeParts(a).length > 1) products = placeParts(a).map((part) => ["*", part, b]);
    else if (a.d === 1n && b.d === 1n && a.n < 10n && b.n > 5n && b.n < 10n)
      products = [rational(5), subtract(b, rational(5))].map((part) => ["*", a, part]);
    else return null;
  } else {
    const parts = placeParts(result);
    if (parts.length < 2) return null;
    products = parts.map((part) => ["/", multiply(part, b), b]);
  }
  const steps = [...products];
  let total = apply(...products[0])!;
  for (const product of products.slice(1)) {
    const value = apply(...product)!;
    steps.push(["+", total, value]);
    total = add(total, value);
  }
  return { text: products.map(([o, x, y]) => `${text(x)}${o}${text(y)}`).join("+"), steps };
}

const severalDigits = (value: Rational): boolean => significantDigits(value) > 1;

function stepText(op: Operator, a: Rational, b: Rational, manner: StepManner): string {
  // A product of two long numbers has no digit working but its partial products.
  const needsSplit = manner === "decompose" || (manner === "digits" && op === "*" && severalDigits(a) && severalDigits(b));
  const parts = needsSplit ? split(op, a, b) : null;
  if (!parts) return plainStep(op, a, b, manner !== "whole");
  return [`${operationHead(op, a, b)}=${parts.text}`, ...parts.steps.map(([o, x, y]) => plainStep(o, x, y, true))].join(";");
}

/** The inverse operation that gives the left operand back, in brackets; empty where it would divide by 0 or not end. */
function checkText(op: Operator, a: Rational, b: Rational, manner: StepManner): string {
  const result = apply(op, a, b)!;
  const inverse: Operator = ({ "+": "-", "-": "+", "*": "/", "/": "*" } as const)[op];
  const back = apply(inverse, result, b);
  if (!back || decimalPlaces(result) === null || decimalPlaces(back) === null) return "";
  const digits = manner !== "whole" && !(inverse === "*" && severalDigits(result) && severalDigits(b));
  return `[${plainStep(inverse, result, b, digits)}]`;
}

const isReady = (node: OperationNode): boolean => node.left.kind === "number" && node.right.kind === "number";

function replace(expression: Expression, target: string, value: Expression): Expression {
  if (expression.kind === "number") return expression;
  if (isReady(expression) && print({ ...expression, bracketed: false }) === target) return value;
  return { ...expression, left: replace(expression.left, target, value), right: replace(expression.right, target, value) };
}

function drawStyle(expression: Expression, styles: StyleWeights, random: Random): Style {
  const digits = maxDigits(expression);
  const manner = weighted(random, styles.manner[Math.min(digits, 3) - 1]);
  const order = weighted(random, styles.order);
  return { manner, order, commute: styles.commute, check: chance(random, styles.check), restate: chance(random, styles.restate) };
}

/** One trace of an expression in a given style. */
function write(original: Expression, style: Style, random: Random): DrawnTrace {
  const answer = formatRational(evaluate(original)!);
  if (style.manner === "direct") return { text: `#${answer}`, style: "direct" };
  // (1/3)*60 is worked as 60/3: no trace holds a decimal that does not end where another order avoids it.
  const tame = isTame(original) ? original : (multiplyFirst(original) ?? original);
  const regrouped = style.order === "regroup" ? regroup(tame, random) : null;
  let rest: Expression = regrouped ?? tame;
  let swapped = false;
  const steps: string[] = [];
  while (rest.kind === "operation") {
    const ready = operations(rest).filter(isReady);
    const node = style.order === "right" ? ready[ready.length - 1] : ready[0];
    let a = (node.left as { value: Rational }).value;
    let b = (node.right as { value: Rational }).value;
    const target = print({ ...node, bracketed: false });
    if ((node.op === "+" || node.op === "*") && chance(random, style.commute)) {
      swapped ||= formatRational(a) !== formatRational(b);
      [a, b] = [b, a];
    }
    const manner: StepManner =
      style.manner === "mixed" ? random.pick(["whole", "digits", "decompose"] as const) : (style.manner as StepManner);
    rest = replace(rest, target, num(apply(node.op, a, b)!));
    const check = style.check ? checkText(node.op, a, b, manner) : "";
    const restated = style.restate && rest.kind === "operation" ? `{${print(rest)}}` : "";
    steps.push(stepText(node.op, a, b, manner) + check + restated);
  }
  const label = [
    `order=${regrouped ? "regroup" : style.order === "right" ? "right" : "left"}`,
    style.manner,
    ...(swapped ? ["commute"] : []),
    ...(style.check ? ["check"] : []),
    ...(style.restate ? ["restate"] : []),
  ];
  return { text: `${steps.join(";")}#${answer}`, style: label.join(",") };
}

/** `48+(48/2)=?` → its expression; null where the prompt is something else. */
export function promptExpression(prompt: string): Expression | null {
  return prompt.endsWith("=?") ? parse(prompt.slice(0, -2)) : null;
}

function isKnown(node: OperationNode): boolean {
  const [a, b] = [evaluate(node.left), evaluate(node.right)];
  if (!a || !b) return false;
  const m = magnitudes(node.op, a, b);
  return isAtomic(m.op, m.a, m.b);
}

export interface TraceOptions {
  count: number;
  random: Random;
  styles?: StyleWeights;
}

/** Draws without a new trace after which a problem is taken to have no more. */
const patience = 150;

/**
 * Up to `count` different right responses, fewer where the problem has fewer. The first of them are the same whatever the
 * count, so a start with fewer responses per prompt sees a subset.
 */
function different(problemId: string, count: number, draw: () => DrawnTrace): Trace[] {
  const traces: Trace[] = [];
  const seen = new Set<string>();
  for (let misses = 0; traces.length < count && misses < patience; ) {
    const { text, style } = draw();
    if (seen.has(text)) {
      misses++;
      continue;
    }
    misses = 0;
    seen.add(text);
    traces.push({ problemId, index: traces.length, text, style });
  }
  return traces;
}

/** Different right responses to an arithmetic expression. */
export function expressionTraces(problemId: string, expression: Expression, options: TraceOptions): Trace[] {
  const styles = options.styles ?? defaultStyles;
  // Guessing the answer of a long chain teaches nothing: direct answers are for one operation, or where each is known by heart.
  const directAllowed = stepCount(expression) === 1 || maxDigits(expression) === 1 || operations(expression).every(isKnown);
  return different(problemId, options.count, () => {
    const style = drawStyle(expression, styles, options.random);
    if (style.manner === "direct" && !directAllowed) style.manner = "whole";
    return write(expression, style, options.random);
  });
}

/** Different right responses to any generated or GSM8K problem. */
export function tracesFor(problem: Problem, options: TraceOptions): Trace[] {
  if (problem.source === "code") return different(problem.id, options.count, () => drawCodeTrace(problem, options.random));
  const expression = promptExpression(problem.prompt);
  if (!expression) throw new Error(`No expression in the prompt of ${problem.id}: ${problem.prompt}`);
  return expressionTraces(problem.id, expression, options);
}
