// Generated arithmetic: expressions of chosen steps, digits, operations and number kind, spread evenly over the grades of
// difficulty (steps × digits), each prompt once. Built from the leaves up, so that whole numbers stay whole and never negative
// where that is asked for, instead of drawing until a tree happens to fit.
import type { DataConfig } from "../../contract/dataset.ts";
import { compare, divide, formatRational, isNegative, isWhole, type Rational, rational } from "../../verifiers/math/rational.ts";
import {
  apply,
  type Expression,
  evaluate,
  leaves,
  maxDigits,
  num,
  type Operator,
  operation,
  operations,
  print,
  stepCount,
} from "../expression.ts";
import { chance, type Random } from "../random.ts";
import type { Draft } from "../split.ts";

type ArithmeticConfig = DataConfig["arithmetic"];

/** Steps weigh more than digits: a longer chain has more places to go wrong. */
export function difficultyOf(expression: Expression): number {
  const digits = leaves(expression).map((value) => formatRational(value).replace(/[-.]/g, "").length);
  const meanDigits = digits.reduce((sum, count) => sum + count, 0) / digits.length;
  const products = operations(expression).filter((node) => node.op === "*" || node.op === "/").length;
  return Math.round(10 * (stepCount(expression) + 0.5 * (meanDigits - 1) + 0.5 * products)) / 10;
}

/** A problem of an expression; id, pool and the rest are given by whoever owns the source. */
export function expressionDraft(expression: Expression): Draft {
  return {
    source: "arithmetic",
    domain: "math",
    prompt: `${print(expression)}=?`,
    answer: formatRational(evaluate(expression)!),
    steps: stepCount(expression),
    difficulty: difficultyOf(expression),
  };
}

interface Value {
  node: Expression;
  value: Rational;
}

class Builder {
  private readonly config: ArithmeticConfig;
  private readonly digits: number;
  private readonly random: Random;
  /** Intermediate values stay below the square of the largest operand. */
  private readonly limit: Rational;
  constructor(config: ArithmeticConfig, digits: number, random: Random) {
    this.config = config;
    this.digits = digits;
    this.random = random;
    this.limit = rational(10n ** BigInt(2 * digits));
  }

  private number(digits: number): Rational {
    const low = digits === 1 ? 1 : 10 ** (digits - 1);
    const magnitude = this.random.integer(low, 10 ** digits - 1);
    if (this.config.numbers === "decimal" && chance(this.random, 0.5)) return rational(magnitude, 10 ** this.random.integer(1, 2));
    return rational(this.config.numbers === "integer" && chance(this.random, 0.2) ? -magnitude : magnitude);
  }

  private leaf(): Value {
    const value = this.number(this.random.integer(Math.max(1, this.config.minDigits), this.digits));
    return { node: num(value), value };
  }

  /** Null where the drawn operations do not fit together; the caller draws again. */
  build(steps: number): Value | null {
    if (steps === 0) return this.leaf();
    const op = this.random.pick(this.config.operations);
    const onLeft = this.random.integer(0, steps - 1);
    let left = this.build(onLeft);
    if (!left) return null;
    if (op === "/") return onLeft === steps - 1 ? this.quotient(left, steps === 1) : null;
    let right = this.build(steps - 1 - onLeft);
    if (!right) return null;
    if (op === "-" && this.config.numbers === "whole" && compare(left.value, right.value) < 0) [left, right] = [right, left];
    return this.combine(op, left, right);
  }

  /** Division comes out even: the divisor is drawn among those that divide, or the dividend is made from the quotient. */
  private quotient(left: Value, leafOnly: boolean): Value | null {
    if (leafOnly) {
      const divisor = this.random.integer(2, 10 ** Math.min(this.digits, 2) - 1);
      const quotient = this.random.integer(1, Math.floor((10 ** this.digits - 1) / divisor) || 1);
      const value = rational(divisor * quotient);
      return this.combine("/", { node: num(value), value }, { node: num(rational(divisor)), value: rational(divisor) });
    }
    const divisors: Rational[] = [];
    for (let d = 2n; d < 10n ** BigInt(Math.min(this.digits, 2)); d++) {
      const divisor = rational(d);
      if (left.value.n !== 0n && isWhole(divide(left.value, divisor)!)) divisors.push(divisor);
    }
    if (divisors.length === 0) return null;
    const value = this.random.pick(divisors);
    return this.combine("/", left, { node: num(value), value });
  }

  private combine(op: Operator, left: Value, right: Value): Value | null {
    const value = apply(op, left.value, right.value);
    if (!value || compare(value, this.limit) >= 0 || (this.config.numbers === "whole" && isNegative(value))) return null;
    return { node: operation(op, left.node, right.node), value };
  }
}

/** Draws without a new prompt after which a grade is taken to be used up. */
const patience = 200;

/** At most config.count problems, in a fixed order; fewer when every grade's prompts are used up (then `exhausted` says by how many). */
export function generateArithmetic(
  config: ArithmeticConfig,
  random: Random,
  taken: ReadonlySet<string> = new Set(),
): { drafts: Draft[]; exhausted: number } {
  const grades: { steps: number; digits: number; misses: number }[] = [];
  for (let steps = config.minSteps; steps <= config.maxSteps; steps++)
    for (let digits = config.minDigits; digits <= config.maxDigits; digits++) grades.push({ steps, digits, misses: 0 });
  const seen = new Set<string>();
  const drafts: Draft[] = [];
  let open = grades;
  while (drafts.length < config.count && open.length > 0) {
    for (const grade of open) {
      if (drafts.length >= config.count) break;
      const builder = new Builder(config, grade.digits, random);
      while (grade.misses < patience) {
        const built = builder.build(grade.steps);
        // The grade's digits must be reached, and the same operation must not occur twice: it would be one step.
        const fits = built && maxDigits(built.node) === grade.digits && stepCount(built.node) === grade.steps;
        const draft = fits ? expressionDraft(built.node) : null;
        if (!draft || seen.has(draft.prompt) || taken.has(draft.prompt)) {
          grade.misses++;
          continue;
        }
        grade.misses = 0;
        seen.add(draft.prompt);
        drafts.push(draft);
        break;
      }
    }
    open = open.filter((grade) => grade.misses < patience);
  }
  return { drafts, exhausted: config.count - drafts.length };
}
