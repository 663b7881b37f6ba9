// Right responses to code problems. What a program prints is worked out like arithmetic, after the values are put in:
//
//   def f(x):return 2*x+1⏎print(f(3))    2*3+1;2*3=6;6+1=7#7
//   17//5 and 17%5                         17//5=17/5=3r2:3, 17%5=17/5=3r2:2
//
// A function is written down after examples were tried on it (any of them, in any order, worked or whole), or, for a straight line,
// after its slope and constant were worked out from two examples:
//
//   f(1)=3,f(2)=5,f(4)=9;f=?               f(2)=2*2+1=5,f(4)=2*4+1=9#lambda x:2*x+1
import type { Problem } from "../contract/dataset.ts";
import { applyCode, applyFunction, type CodeExpression, evaluateCode, parseCode, printCode } from "../verifiers/expression/expression.ts";
import { parseCall, parseFunction } from "../verifiers/expression/verify.ts";
import { rational } from "../verifiers/math/rational.ts";
import type { Operator } from "./expression.ts";
import { chance, type Random, weighted } from "./random.ts";
import { integer, readPrintPrompt, substitute } from "./sources/code.ts";
import { plainStep } from "./working.ts";

export interface DrawnTrace {
  text: string;
  style: string;
}

type IntegerNode = Extract<CodeExpression, { kind: "integer" }>;
const isInteger = (node: CodeExpression): node is IntegerNode => node.kind === "integer";

/** `17//5=17/5=3r2:3`, or as in arithmetic. */
function stepText(node: CodeExpression, digits: boolean): { text: string; value: bigint } | null {
  if (node.kind === "call" && node.args.every(isInteger)) {
    const value = applyFunction(
      node.name,
      node.args.map((arg) => (arg as IntegerNode).value),
    );
    return { text: `${printCode(node)}=${value}`, value };
  }
  if (node.kind !== "binary" || !isInteger(node.left) || !isInteger(node.right)) return null;
  const [a, b] = [node.left.value, node.right.value];
  const result = applyCode(node.op, a, b);
  if ("error" in result) throw new Error(`A problem of ours has no value: ${printCode(node)}: ${result.error}`);
  const { value } = result;
  if (node.op === "//" || node.op === "%") {
    return { text: `${printCode(node)}=${digits ? `${a}/${b}=${(a - (a % b)) / b}r${a % b}:` : ""}${value}`, value };
  }
  return { text: plainStep(node.op as Operator, rational(a), rational(b), digits), value };
}

/** The first operation from the left that can be worked out, worked out. */
function reduce(node: CodeExpression, digits: boolean): { text: string; rest: CodeExpression } | null {
  const step = stepText(node, digits);
  if (step) return { text: step.text, rest: integer(step.value) };
  const children = node.kind === "binary" ? [node.left, node.right] : node.kind === "call" ? node.args : [];
  for (const [i, child] of children.entries()) {
    const inner = reduce(child, digits);
    if (!inner) continue;
    if (node.kind === "binary") return { text: inner.text, rest: { ...node, [i === 0 ? "left" : "right"]: inner.rest } };
    if (node.kind === "call")
      return { text: inner.text, rest: { ...node, args: node.args.map((arg, at) => (at === i ? inner.rest : arg)) } };
  }
  return null;
}

function workedOut(expression: CodeExpression, digits: boolean): string[] {
  const steps: string[] = [];
  for (let step = reduce(expression, digits); step; step = reduce(step.rest, digits)) steps.push(step.text);
  return steps;
}

function swapped(node: CodeExpression, random: Random): CodeExpression {
  if (node.kind !== "binary") return node;
  const [left, right] = [swapped(node.left, random), swapped(node.right, random)];
  const commutes = node.op === "+" || node.op === "*";
  return commutes && chance(random, 0.4) ? { ...node, left: right, right: left } : { ...node, left, right };
}

function drawPrinted(problem: Problem, random: Random): DrawnTrace {
  const read = readPrintPrompt(problem.prompt);
  const body = read && parseCode(read.body);
  if (!read || !body) throw new Error(`No code in the prompt of ${problem.id}: ${problem.prompt}`);
  const manner = weighted(random, { whole: 0.35, digits: 0.55, direct: problem.steps === 1 ? 0.1 : 0.02 });
  if (manner === "direct") return { text: `#${problem.answer}`, style: "direct" };
  const [commute, restate] = [chance(random, 0.3), chance(random, 0.75)];
  const filled = substitute(commute ? swapped(body, random) : body, read.values);
  const steps = workedOut(filled, manner === "digits");
  return {
    text: `${[...(restate ? [printCode(filled)] : []), ...steps].join(";")}#${problem.answer}`,
    style: [manner, ...(commute ? ["commute"] : []), ...(restate ? ["restate"] : [])].join(","),
  };
}

/** `2*x+c` → slope and constant worked out from two examples; null for other functions. */
function slopeSteps(body: CodeExpression, parameters: string[], examples: { args: bigint[]; expected: bigint }[]): string[] | null {
  if (parameters.length !== 1) return null;
  const at = (value: bigint): bigint | null => {
    const result = evaluateCode(body, { [parameters[0]]: value });
    return "error" in result ? null : result.value;
  };
  const [zero, one, two] = [at(0n), at(1n), at(2n)];
  if (zero === null || one === null || two === null || one - zero !== two - one) return null;
  // From the smaller input to the larger, so that no sign has to be rewritten for a rising line.
  const [first, second] = examples.slice(0, 2).sort((a, b) => Number(a.args[0] - b.args[0]));
  const [dx, dy] = [rational(second.args[0] - first.args[0]), rational(second.expected - first.expected)];
  const slope = rational(one - zero);
  const product = rational(slope.n * first.args[0]);
  return [
    plainStep("-", rational(second.expected), rational(first.expected), true),
    plainStep("-", rational(second.args[0]), rational(first.args[0]), true),
    plainStep("/", dy, dx, true),
    plainStep("*", slope, rational(first.args[0]), true),
    plainStep("-", rational(first.expected), product, true),
  ];
}

function drawFunction(problem: Problem, random: Random): DrawnTrace {
  const solution = parseFunction(problem.answer);
  if (!solution) throw new Error(`No function in the answer of ${problem.id}: ${problem.answer}`);
  const examples = (problem.tests ?? [])
    .filter((test) => !test.hidden)
    .map((test) => ({ args: parseCall(test.call)!, expected: BigInt(test.expected) }));
  const body = swapped(solution.body, random);
  const answer = `#lambda ${solution.parameters.join(",")}:${printCode(body)}`;
  const shuffled = random.shuffle(examples);
  const manner = weighted(random, { try: 0.5, worked: 0.3, slope: 0.15, direct: 0.05 });
  const slope = manner === "slope" ? slopeSteps(solution.body, solution.parameters, shuffled) : null;
  if (slope) return { text: slope.join(";") + answer, style: "slope" };
  if (manner === "direct") return { text: answer, style: "direct" };
  const tried = shuffled.slice(0, random.integer(1, examples.length)).map(({ args, expected }) => {
    const filled = substitute(body, Object.fromEntries(args.map((value, i) => [solution.parameters[i], value])));
    const call = `f(${args.join(",")})=${printCode(filled)}`;
    return manner === "worked" ? [call, ...workedOut(filled, true)].join(";") : `${call}=${expected}`;
  });
  return { text: tried.join(manner === "worked" ? ";" : ",") + answer, style: manner === "worked" ? "worked" : "try" };
}

export function drawCodeTrace(problem: Problem, random: Random): DrawnTrace {
  return problem.domain === "code" ? drawFunction(problem, random) : drawPrinted(problem, random);
}
