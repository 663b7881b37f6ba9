// GSM8K's own arithmetic: its solutions carry calculator annotations, <<48/2=24>>. Each step's value is checked exactly; steps
// are composed into one nested expression by putting an earlier step, in brackets, wherever its result is used as an operand.
// What cannot be composed into one true expression of the final answer is dropped, with the reason counted.
import type { DataConfig } from "../../contract/dataset.ts";
import {
  decimalPlaces,
  equal,
  formatRational,
  isNegative,
  isWhole,
  parseRational,
  type Rational,
  toNumber,
} from "../../verifiers/math/rational.ts";
import { type Expression, evaluate, leaves, type Operator, operations, parse, print, stepCount } from "../expression.ts";
import { isTame, multiplyFirst } from "../regroup.ts";
import type { Draft } from "../split.ts";
import { difficultyOf } from "./arithmetic.ts";

export type Gsm8kConfig = Pick<DataConfig, "gsm8kMinSteps" | "gsm8kMaxSteps" | "gsm8kMaxValue" | "gsm8kWholeOnly" | "gsm8kOperations">;

export const dropReasons = {
  unreadable: "line is not a GSM8K record",
  noSteps: "no annotated step",
  unparsable: "a step is not arithmetic",
  unchecked: "a step's value does not check",
  answer: "last step is not the answer",
  unused: "not all steps are used",
  tooShort: "fewer steps than gsm8kMinSteps",
  tooLong: "more steps than gsm8kMaxSteps",
  endless: "a value is a decimal that does not end",
  tooLarge: "a value is larger than gsm8kMaxValue",
  notWhole: "a value is not whole or is negative",
  operation: "an operation is not in gsm8kOperations",
  duplicate: "prompt occurred before",
  inTrain: "test prompt occurs in train",
} as const;
type Reason = keyof typeof dropReasons;

interface Step {
  expression: Expression;
  value: Rational;
}

const annotation = /<<([^<>]*)>>/g;

function readSteps(solution: string): Step[] | Reason {
  const steps: Step[] = [];
  for (const [, text] of solution.matchAll(annotation)) {
    const equals = text.lastIndexOf("=");
    const expression = parse(text.slice(0, equals).replace(/^\+/, ""));
    const value = parseRational(text.slice(equals + 1));
    if (equals < 0 || !expression || !value) return "unparsable";
    const exact = evaluate(expression);
    if (!exact || !equal(exact, value)) return "unchecked";
    // <<5=5>> computes nothing.
    if (expression.kind === "operation") steps.push({ expression, value });
  }
  return steps.length > 0 ? steps : "noSteps";
}

/** Puts earlier steps in for operands that equal their results: of several with one result, one not used yet, the latest. */
function substitute(
  expression: Expression,
  composed: readonly { expression: Expression; value: Rational }[],
  used: Set<number>,
): Expression {
  if (expression.kind === "operation") {
    const left = substitute(expression.left, composed, used);
    return { ...expression, left, right: substitute(expression.right, composed, used) };
  }
  let found = -1;
  composed.forEach((step, i) => {
    if (equal(step.value, expression.value) && (found < 0 || used.has(found) || !used.has(i))) found = i;
  });
  if (found < 0) return expression;
  used.add(found);
  const earlier = composed[found].expression;
  return earlier.kind === "operation" ? { ...earlier, bracketed: true } : earlier;
}

/** One nested expression of all steps, or why there is none. */
export function composeSolution(solution: string): Expression | Reason {
  const steps = readSteps(solution);
  if (typeof steps === "string") return steps;
  const final = /####\s*([^\n]+)/.exec(solution);
  const answer = final && parseRational(final[1]);
  const last = steps[steps.length - 1];
  if (!answer || !equal(answer, last.value)) return "answer";
  const composed: Step[] = [];
  const used = new Set<number>();
  for (const step of steps) composed.push({ expression: substitute(step.expression, composed, used), value: step.value });
  return used.size === steps.length - 1 ? composed[composed.length - 1].expression : "unused";
}

function unfit(expression: Expression, config: Gsm8kConfig): Reason | null {
  if (stepCount(expression) < config.gsm8kMinSteps) return "tooShort";
  if (stepCount(expression) > config.gsm8kMaxSteps) return "tooLong";
  const values = [...leaves(expression), ...operations(expression).map((node) => evaluate(node)!)];
  if (values.some((value) => Math.abs(toNumber(value)) > config.gsm8kMaxValue)) return "tooLarge";
  if (operations(expression).some((node) => !config.gsm8kOperations.includes(node.op as Operator))) return "operation";
  if (config.gsm8kWholeOnly && values.some((value) => !isWhole(value) || isNegative(value))) return "notWhole";
  // (1/3)*60 can be worked as 60/3; what has no such order has no digit working.
  if (values.some((value) => decimalPlaces(value) === null) && !isTame(multiplyFirst(expression) ?? expression)) return "endless";
  return null;
}

export interface Gsm8kResult {
  drafts: Draft[];
  dropped: Map<Reason, number>;
}

function readFile(text: string, file: "train" | "test", config: Gsm8kConfig, taken: Set<string>, train: ReadonlySet<string>): Gsm8kResult {
  const drafts: Draft[] = [];
  const dropped = new Map<Reason, number>();
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const draft = readLine(line, file, i + 1, config, taken, train);
    if (typeof draft === "string") dropped.set(draft, (dropped.get(draft) ?? 0) + 1);
    else {
      taken.add(draft.prompt);
      drafts.push(draft);
    }
  });
  return { drafts, dropped };
}

function readLine(
  line: string,
  file: "train" | "test",
  number: number,
  config: Gsm8kConfig,
  taken: ReadonlySet<string>,
  train: ReadonlySet<string>,
): Draft | Reason {
  let record: { question?: unknown; answer?: unknown };
  try {
    record = JSON.parse(line);
  } catch {
    return "unreadable";
  }
  if (typeof record?.question !== "string" || typeof record.answer !== "string") return "unreadable";
  const expression = composeSolution(record.answer);
  if (typeof expression === "string") return expression;
  const reason = unfit(expression, config);
  if (reason) return reason;
  const prompt = `${print(expression)}=?`;
  if (train.has(prompt)) return "inTrain";
  if (taken.has(prompt)) return "duplicate";
  return {
    id: `gsm8k-${file}-${number}`,
    source: "gsm8k",
    domain: "math",
    prompt,
    answer: formatRational(evaluate(expression)!),
    steps: stepCount(expression),
    difficulty: difficultyOf(expression),
    question: record.question,
    sourceId: `${file}.jsonl:${number}`,
    // The test file goes to the test pool only.
    ...(file === "test" ? { pool: "test" as const } : {}),
  };
}

/** Unique training problems and test problems whose prompt is in no training problem. */
export function readGsm8k(
  files: { gsm8kTrain: string; gsm8kTest: string },
  config: Gsm8kConfig,
): { train: Gsm8kResult; test: Gsm8kResult } {
  const trainPrompts = new Set<string>();
  const train = readFile(files.gsm8kTrain, "train", config, trainPrompts, new Set());
  const test = readFile(files.gsm8kTest, "test", config, new Set(), trainPrompts);
  return { train, test };
}
