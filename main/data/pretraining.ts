// What the tiny base model is pre-trained on: generated text only, single operations with their working, written as in traces
// (traces.ts). Never GSM8K, and no chain of steps: chains are what SFT teaches.
import { rational } from "../verifiers/math/rational.ts";
import { num, type Operator, operation } from "./expression.ts";
import { chance, type Random, weighted } from "./random.ts";
import { generateCode } from "./sources/code.ts";
import type { StyleWeights } from "./styles.ts";
import { expressionTraces, tracesFor } from "./traces.ts";

export interface PretrainingConfig {
  operations: Readonly<Record<Operator, number>>;
  maxDigits: number;
  /** Share of small code among the samples. */
  code: number;
  styles: StyleWeights;
}

// Whole results only where an operation is small enough to know by heart.
const pretrainingStyles: StyleWeights = {
  manner: [
    { whole: 0.8, digits: 0, mixed: 0, decompose: 0.2, direct: 0 },
    { whole: 0.08, digits: 0.8, mixed: 0, decompose: 0.12, direct: 0 },
    { whole: 0, digits: 0.9, mixed: 0, decompose: 0.1, direct: 0 },
  ],
  order: { left: 1, right: 0, regroup: 0 },
  commute: 0.1,
  check: 0.1,
  restate: 0,
};

export const defaultPretraining: PretrainingConfig = {
  operations: { "+": 0.35, "-": 0.3, "*": 0.2, "/": 0.15 },
  maxDigits: 3,
  code: 0.05,
  styles: pretrainingStyles,
};

export interface PretrainingSample {
  prompt: string;
  response: string;
}

function numberOf(digits: number, random: Random): number {
  return random.integer(digits === 1 ? 0 : 10 ** (digits - 1), 10 ** digits - 1);
}

function operands(op: Operator, maxDigits: number, random: Random): [number, number] {
  const first = numberOf(random.integer(1, maxDigits), random);
  if (op === "*") return [first, numberOf(random.integer(1, Math.min(2, maxDigits)), random)];
  if (op === "/") {
    const divisor = Math.max(1, numberOf(chance(random, 0.75) ? 1 : Math.min(2, maxDigits), random));
    return [Math.floor(first / divisor) * divisor, divisor];
  }
  const second = numberOf(random.integer(1, maxDigits), random);
  return op === "-" && first < second && chance(random, 0.9) ? [second, first] : [first, second];
}

function codeSample(random: Random): PretrainingSample {
  const { drafts } = generateCode(2, random);
  const problem = { ...random.pick(drafts), id: "pretraining", pool: "sft" as const };
  const [trace] = tracesFor(problem, { count: 1, random });
  return { prompt: problem.prompt, response: trace.text };
}

export function pretrainingText(random: Random, config: PretrainingConfig = defaultPretraining): PretrainingSample {
  if (chance(random, config.code)) return codeSample(random);
  const op = weighted(random, config.operations);
  const [a, b] = operands(op, config.maxDigits, random);
  const expression = operation(op, num(rational(a)), num(rational(b)));
  const [trace] = expressionTraces("pretraining", expression, { count: 1, random, styles: config.styles });
  return { prompt: `${a}${op}${b}=?`, response: trace.text };
}
