// Generated code, small: what a few lines of Python print, and one-line functions from examples, checked by hidden tests. Code is
// computed by our own evaluator (verifiers/expression), never by an interpreter.
import type { CodeTest } from "../../contract/dataset.ts";
import { applyCode, type BinaryOperator, type CodeExpression, evaluateCode, printCode } from "../../verifiers/expression/expression.ts";
import { type CodeFunction, callFunction } from "../../verifiers/expression/verify.ts";
import type { Random } from "../random.ts";
import type { Draft } from "../split.ts";

export const integer = (value: number | bigint): CodeExpression => ({ kind: "integer", value: BigInt(value) });
const name = (text: string): CodeExpression => ({ kind: "name", name: text });
const binary = (op: BinaryOperator, left: CodeExpression, right: CodeExpression): CodeExpression => ({ kind: "binary", op, left, right });

export function operationCount(expression: CodeExpression): number {
  if (expression.kind === "binary") return 1 + operationCount(expression.left) + operationCount(expression.right);
  if (expression.kind === "call") return expression.args.reduce((sum, arg) => sum + operationCount(arg), 1);
  return 0;
}

/** The expression with values put in for names. */
export function substitute(expression: CodeExpression, names: Readonly<Record<string, bigint>>): CodeExpression {
  switch (expression.kind) {
    case "name":
      return integer(names[expression.name]);
    case "binary":
      return { ...expression, left: substitute(expression.left, names), right: substitute(expression.right, names) };
    case "call":
      return { ...expression, args: expression.args.map((arg) => substitute(arg, names)) };
    case "negative":
      return { ...expression, of: substitute(expression.of, names) };
    case "integer":
      return expression;
  }
}

// ---- what does it print

/** Values stay at most this large, so that working them out is about the code, not about long numbers. */
const largest = 999n;

/** Every value on the way in bounds, and // and % of values ≥ 0 only, where rounding down is what everyone expects. */
function isTame(expression: CodeExpression): boolean {
  if (expression.kind === "call") return expression.args.every(isTame);
  if (expression.kind !== "binary") return true;
  const [left, right] = [evaluateCode(expression.left, {}), evaluateCode(expression.right, {})];
  if ("error" in left || "error" in right || !isTame(expression.left) || !isTame(expression.right)) return false;
  if ((expression.op === "//" || expression.op === "%") && (left.value < 0n || right.value < 1n)) return false;
  const result = applyCode(expression.op, left.value, right.value);
  return !("error" in result) && result.value <= largest && result.value >= -largest;
}

function randomExpression(steps: number, names: readonly string[], random: Random): CodeExpression {
  if (steps === 0) return random.uniform() < 0.55 ? name(random.pick(names)) : integer(random.integer(1, 9));
  const onLeft = random.integer(0, steps - 1);
  const left = randomExpression(onLeft, names, random);
  const right = randomExpression(steps - 1 - onLeft, names, random);
  if (random.uniform() < 0.1) return { kind: "call", name: random.pick(["max", "min"] as const), args: [left, right] };
  return binary(random.pick(["+", "+", "-", "-", "*", "//", "%"] as const), left, right);
}

function printProblem(steps: number, random: Random): Draft | null {
  const names = random.uniform() < 0.5 ? ["x"] : ["x", "y"];
  const values = Object.fromEntries(names.map((text) => [text, BigInt(random.integer(2, random.uniform() < 0.5 ? 9 : 20))]));
  const body = randomExpression(steps, names, random);
  const text = printCode(body);
  const result = evaluateCode(body, values);
  if ("error" in result || !names.every((n) => text.includes(n)) || !isTame(substitute(body, values))) return null;
  const asFunction = random.uniform() < 0.5;
  const prompt = asFunction
    ? `def f(${names.join(",")}):return ${text}\nprint(f(${names.map((n) => values[n]).join(",")}))`
    : `${names.map((n) => `${n}=${values[n]}`).join("\n")}\nprint(${text})`;
  return { source: "code", domain: "math", prompt, answer: result.value.toString(), steps, difficulty: steps + 0.5 * names.length };
}

/** The expression and values behind a printing problem's prompt; null for another prompt. */
export function readPrintPrompt(prompt: string): { body: string; values: Record<string, bigint> } | null {
  const called = /^def f\(([a-z,]+)\):return (.+)\nprint\(f\((-?[\d,-]+)\)\)$/.exec(prompt);
  if (called) {
    const args = called[3].split(",");
    return { body: called[2], values: Object.fromEntries(called[1].split(",").map((n, i) => [n, BigInt(args[i])])) };
  }
  const plain = /^((?:[a-z]=-?\d+\n)+)print\((.+)\)$/.exec(prompt);
  if (!plain) return null;
  const lines = plain[1].trim().split("\n");
  return { body: plain[2], values: Object.fromEntries(lines.map((line) => [line[0], BigInt(line.slice(2))])) };
}

// ---- a function from examples

const x = name("x");
const y = name("y");
const plus = (left: CodeExpression, c: number): CodeExpression =>
  c === 0 ? left : c > 0 ? binary("+", left, integer(c)) : binary("-", left, integer(-c));

/** Every function that is asked for, small enough to know all of them. */
function family(): CodeFunction[] {
  const functions: CodeFunction[] = [];
  const add = (body: CodeExpression, parameters: string[]): void => {
    functions.push({ parameters, body });
  };
  for (let c = -9; c <= 9; c++) {
    if (c !== 0) add(plus(x, c), ["x"]);
    for (let a = 2; a <= 9; a++) add(plus(binary("*", integer(a), x), c), ["x"]);
    add(plus(binary("*", x, x), c), ["x"]);
    add(plus(binary("*", x, y), c), ["x", "y"]);
    add(plus(binary("+", x, y), c), ["x", "y"]);
    add(plus(binary("-", x, y), c), ["x", "y"]);
  }
  for (let k = 2; k <= 9; k++) {
    add(binary("%", x, integer(k)), ["x"]);
    add(binary("//", x, integer(k)), ["x"]);
    add(binary("+", binary("*", integer(k), x), y), ["x", "y"]);
    add(binary("+", x, binary("*", integer(k), y)), ["x", "y"]);
  }
  return functions;
}
const functions = family();
const visibleExamples = 3;
const hiddenTests = 4;

function outputOf(solution: CodeFunction, args: readonly bigint[]): bigint {
  const result = callFunction(solution, args);
  if ("error" in result) throw new Error(`A function of ours fails: ${result.error}`);
  return result.value;
}

function functionProblem(random: Random): Draft | null {
  const solution = random.pick(functions);
  const draw = (high: number): bigint[] => solution.parameters.map(() => BigInt(random.integer(1, high)));
  const inputs = new Map<string, bigint[]>();
  while (inputs.size < visibleExamples) {
    const args = draw(20);
    inputs.set(args.join(), args);
  }
  const visible = [...inputs.values()];
  // Weak examples would make a right answer a guess: no other function that is asked for may agree with them.
  const expected = visible.map((args) => outputOf(solution, args));
  const agrees = (other: CodeFunction): boolean =>
    other.parameters.length === solution.parameters.length && visible.every((args, i) => outputOf(other, args) === expected[i]);
  if (functions.some((other) => other !== solution && agrees(other))) return null;
  while (inputs.size < visibleExamples + hiddenTests) {
    const args = draw(99);
    inputs.set(args.join(), args);
  }
  const tests: CodeTest[] = [...inputs.values()].map((args, i) => ({
    call: `f(${args.join(",")})`,
    expected: outputOf(solution, args).toString(),
    hidden: i >= visibleExamples,
  }));
  const shown = tests.slice(0, visibleExamples).map(({ call, expected }) => `${call}=${expected}`);
  const steps = operationCount(solution.body);
  return {
    source: "code",
    domain: "code",
    prompt: `${shown.join(",")};f=?`,
    answer: `lambda ${solution.parameters.join(",")}:${printCode(solution.body)}`,
    tests,
    steps,
    difficulty: 2 + steps + 0.5 * solution.parameters.length,
  };
}

/** Draws without a new prompt after which the source is taken to be used up. */
const patience = 500;

/** Half printing problems of 1 to 3 operations, half functions from examples. */
export function generateCode(count: number, random: Random): { drafts: Draft[]; exhausted: number } {
  const drafts: Draft[] = [];
  const seen = new Set<string>();
  for (let misses = 0; drafts.length < count && misses < patience; ) {
    const draft = drafts.length % 2 === 0 ? printProblem(1 + ((drafts.length / 2) % 3), random) : functionProblem(random);
    if (!draft || seen.has(draft.prompt)) {
      misses++;
      continue;
    }
    misses = 0;
    seen.add(draft.prompt);
    drafts.push(draft);
  }
  return { drafts, exhausted: count - drafts.length };
}
