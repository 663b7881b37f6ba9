// Arithmetic expressions: a tree, its parser, its printer and its exact value. Brackets are printed where precedence needs
// them and where the tree says so (GSM8K's composed steps keep theirs), so text → tree → text is the identity on what we print.
import { add, divide, formatRational, isNegative, multiply, parseRational, type Rational, subtract } from "../verifiers/math/rational.ts";

export type Operator = "+" | "-" | "*" | "/";

export interface NumberNode {
  readonly kind: "number";
  readonly value: Rational;
}
export interface OperationNode {
  readonly kind: "operation";
  readonly op: Operator;
  readonly left: Expression;
  readonly right: Expression;
  /** Print brackets even where precedence would not need them. */
  readonly bracketed: boolean;
}
export type Expression = NumberNode | OperationNode;

export const num = (value: Rational): NumberNode => ({ kind: "number", value });
export const operation = (op: Operator, left: Expression, right: Expression, bracketed = false): OperationNode => ({
  kind: "operation",
  op,
  left,
  right,
  bracketed,
});

/** Null for division by 0. */
export function apply(op: Operator, a: Rational, b: Rational): Rational | null {
  if (op === "+") return add(a, b);
  if (op === "-") return subtract(a, b);
  if (op === "*") return multiply(a, b);
  return divide(a, b);
}

/** Null where something is divided by 0. */
export function evaluate(expression: Expression): Rational | null {
  if (expression.kind === "number") return expression.value;
  const left = evaluate(expression.left);
  const right = left && evaluate(expression.right);
  return left && right && apply(expression.op, left, right);
}

export const precedence: Record<Operator, number> = { "+": 1, "-": 1, "*": 2, "/": 2 };

// A number that is printed as a fraction or with a sign stands in brackets inside an operation.
function printChild(child: Expression, parent: Operator, side: "left" | "right"): string {
  const text = printInner(child);
  if (child.kind === "number") {
    const fraction = text.includes("/");
    return (isNegative(child.value) && side === "right") || fraction ? `(${text})` : text;
  }
  if (child.bracketed) return text;
  const own = precedence[child.op];
  const needed = own < precedence[parent] || (side === "right" && (own === precedence[parent] || text.startsWith("-")));
  return needed ? `(${text})` : text;
}

function printInner(expression: Expression): string {
  if (expression.kind === "number") return formatRational(expression.value);
  const body = `${printChild(expression.left, expression.op, "left")}${expression.op}${printChild(expression.right, expression.op, "right")}`;
  return expression.bracketed ? `(${body})` : body;
}

export const print = printInner;

/** Longest text the parser reads; deeper nesting than this length allows cannot occur. */
const maxParseLength = 2000;

/**
 * Null for anything that is not one whole expression of numbers, + - * / and brackets. A sign is read before a number at the
 * start of an expression or bracket only.
 */
export function parse(text: string): Expression | null {
  if (text.length > maxParseLength) return null;
  let at = 0;
  const source = text.replace(/\s+/g, "");

  function primary(signAllowed: boolean): Expression | null {
    if (source[at] === "(") {
      at++;
      const inner = sum();
      if (!inner || source[at] !== ")") return null;
      at++;
      if (inner.kind === "number") return inner;
      // A quotient of two numbers in brackets stays an operation: (1/3) is a step like any other.
      return { ...inner, bracketed: true };
    }
    const match = /^-?(?:\d+(?:\.\d*)?|\.\d+)/.exec(source.slice(at, at + 64));
    if (!match || (match[0].startsWith("-") && !signAllowed)) return null;
    at += match[0].length;
    const value = parseRational(match[0]);
    return value && num(value);
  }
  function product(signAllowed: boolean): Expression | null {
    let left = primary(signAllowed);
    while (left && (source[at] === "*" || source[at] === "/")) {
      const op = source[at++] as Operator;
      const right = primary(false);
      left = right && operation(op, left, right);
    }
    return left;
  }
  function sum(): Expression | null {
    let left = product(true);
    while (left && (source[at] === "+" || source[at] === "-")) {
      const op = source[at++] as Operator;
      const right = product(false);
      left = right && operation(op, left, right);
    }
    return left;
  }

  const expression = sum();
  return expression && at === source.length ? unbracketed(expression) : null;
}

const unbracketed = (expression: Expression): Expression =>
  expression.kind === "operation" && expression.bracketed ? { ...expression, bracketed: false } : expression;

/** Every operation node, operands before what uses them. */
export function operations(expression: Expression): OperationNode[] {
  if (expression.kind === "number") return [];
  return [...operations(expression.left), ...operations(expression.right), expression];
}

/** Every number at the leaves, from left to right. */
export function leaves(expression: Expression): Rational[] {
  return expression.kind === "number" ? [expression.value] : [...leaves(expression.left), ...leaves(expression.right)];
}

/** Number of different operations: a sub-expression that occurs twice is worked out once. */
export function stepCount(expression: Expression): number {
  return new Set(operations(expression).map((node) => print({ ...node, bracketed: false }))).size;
}

/** Digits of the longest number at the leaves, point and sign left out. */
export function maxDigits(expression: Expression): number {
  return Math.max(...leaves(expression).map((value) => formatRational(value).replace(/[-.]/g, "").length));
}
