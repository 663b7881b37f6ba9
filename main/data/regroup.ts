// Another order of the same sum or product: chains of + and - (of * and /) are flattened, shuffled and rebuilt from the left.
// A shuffle is kept only if its values stay as tame as the original's: no new negative, no decimal that does not end.
import { decimalPlaces, isNegative, type Rational } from "../verifiers/math/rational.ts";
import { type Expression, evaluate, type Operator, operation, operations } from "./expression.ts";
import type { Random } from "./random.ts";

interface Term {
  /** Taken off (of a sum) or divided by (of a product). */
  inverse: boolean;
  node: Expression;
}

function terms(expression: Expression, plus: Operator, minus: Operator): Term[] {
  if (expression.kind === "number" || (expression.op !== plus && expression.op !== minus)) return [{ inverse: false, node: expression }];
  const right = terms(expression.right, plus, minus);
  const inverted = expression.op === minus ? right.map((term) => ({ ...term, inverse: !term.inverse })) : right;
  return [...terms(expression.left, plus, minus), ...inverted];
}

function rebuild(list: readonly Term[], plus: Operator, minus: Operator): Expression {
  return list.slice(1).reduce<Expression>((left, term) => operation(term.inverse ? minus : plus, left, term.node), list[0].node);
}

/** Every value that working the expression out passes through, leaves left out; null where it divides by 0. */
export function values(expression: Expression): (Rational | null)[] {
  return operations(expression).map(evaluate);
}

/** No step gives a decimal that does not end, or divides by 0. */
export const isTame = (expression: Expression): boolean =>
  values(expression).every((value) => value !== null && decimalPlaces(value) !== null);

const tries = 6;

function shuffleChains(expression: Expression, random: Random): Expression {
  if (expression.kind === "number") return expression;
  const [plus, minus]: [Operator, Operator] = expression.op === "+" || expression.op === "-" ? ["+", "-"] : ["*", "/"];
  const list = terms(expression, plus, minus).map((term) => ({ ...term, node: shuffleChains(term.node, random) }));
  const negatives = values(expression).some((value) => value && isNegative(value));
  for (let i = 0; i < tries; i++) {
    const order = random.shuffle(list);
    if (order[0].inverse) continue;
    const built = rebuild(order, plus, minus);
    if (isTame(built) && (negatives || !values(built).some((value) => value && isNegative(value)))) return built;
  }
  return expression;
}

/** A regrouped expression of the same value. */
export function regroup(expression: Expression, random: Random): Expression {
  return shuffleChains(expression, random);
}

/** Multiplies before it divides wherever a quotient would not end: (1/3)*60 as 1*60/3. Null where that does not help. */
export function multiplyFirst(expression: Expression): Expression | null {
  const fixed = fix(expression);
  return isTame(fixed) ? fixed : null;
}

function fix(expression: Expression): Expression {
  if (expression.kind === "number") return expression;
  const left = fix(expression.left);
  const right = fix(expression.right);
  const rebuilt = { ...expression, left, right };
  if (isTame(rebuilt) || expression.op === "+" || expression.op === "-") return rebuilt;
  const list = terms(rebuilt, "*", "/");
  return rebuild([...list.filter((term) => !term.inverse), ...list.filter((term) => term.inverse)], "*", "/");
}
