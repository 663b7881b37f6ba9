// Whether two answers are equal, by their forms; what counts as equal and why is audit/RULES.md. Formulas are left to `Expressions`:
// the exact one decides plain numbers at once, the symbolic one runs in a thread that can be ended.
import { exactValue, sameValue } from "./exact.ts";
import { type Answer, type Relation, readSide, type Tuple } from "./forms.ts";
import { isName, isZero, variablesOf } from "./names.ts";
import type { Quantity } from "./quantity.ts";
import { inParentheses, number, sameTokens, symbol, type Token } from "./tokens.ts";

export interface Expressions {
  /** Whether two formulas have one value (wherever both are defined). */
  equal(a: Token[], b: Token[]): boolean;
  /** The sign of a/b where it is one number, not zero, for all values of the variables; 0 otherwise. */
  proportion(a: Token[], b: Token[]): -1 | 0 | 1;
}

/** Thrown by `exactExpressions` where a formula is no plain number. */
export class NeedsSymbols extends Error {}

export const exactExpressions: Expressions = {
  equal(a, b) {
    if (sameTokens(a, b)) return true;
    const [left, right] = [exactValue(a), exactValue(b)];
    if (left === null || right === null) throw new NeedsSymbols();
    return sameValue(left, right);
  },
  proportion() {
    throw new NeedsSymbols();
  },
};

/** How they are equal (text, number, symbolic, list, set, tuple, interval, …); null when they are not. */
export function compare(gold: Answer, given: Answer, expressions: Expressions): string | null {
  return new Comparison(expressions).same(gold, given);
}

class Comparison {
  private readonly expressions: Expressions;

  constructor(expressions: Expressions) {
    this.expressions = expressions;
  }

  same(gold: Answer, given: Answer): string | null {
    if (given.kind === "choice") return this.same(gold, chosen(given, gold));
    if (gold.kind === "choice") return this.same(chosen(gold, given), given);
    if (gold.kind === "relation" || given.kind === "relation") return this.sameRelation(gold, given);
    const listed = this.sameList(gold, given);
    if (listed !== undefined) return listed;
    if (gold.kind === "union" || given.kind === "union")
      return this.sameItems(gold.kind === "union" ? gold.parts : [gold], given.kind === "union" ? given.parts : [given]) ? "union" : null;
    if (gold.kind === "matrix" || given.kind === "matrix") return this.sameMatrix(gold, given);
    if (gold.kind === "tuple" && given.kind === "tuple") return this.sameTuple(gold, given);
    if (gold.kind === "formula" && given.kind === "formula") return this.sameQuantity(gold, given);
    if (gold.kind === "ratio" || given.kind === "ratio") return this.sameRatio(gold, given);
    if (gold.kind === "base") return sameDigits(gold, given) ? "base" : null;
    if (gold.kind === "time") return given.kind === "time" && sameTime(gold, given) ? "time" : null;
    return sameWords(gold, given) ? "text" : null;
  }

  // --- several

  /** undefined: neither is a list or a set. */
  private sameList(gold: Answer, given: Answer): string | null | undefined {
    const ordered = this.inOrder(gold, given) || this.inOrder(given, gold);
    if (ordered) return "tuple";
    if (gold.kind === "set" || given.kind === "set") {
      const [a, b] = [members(gold), members(given)];
      if (a === null || b === null) return null;
      return this.covers(a, b) && this.covers(b, a) ? "set" : null;
    }
    if (gold.kind !== "list" && given.kind !== "list") return undefined;
    if (gold.kind !== "list" || given.kind !== "list") return null;
    if (named(gold.items) && !named(given.items) && plain(given.items)) return this.sameSequence(gold.items, given.items) ? "list" : null;
    if (named(given.items) && !named(gold.items) && plain(gold.items)) return this.sameSequence(gold.items, given.items) ? "list" : null;
    return this.sameItems(gold.items, given.items) ? "list" : null;
  }

  /** A tuple against a list that says the same in order: three or more values, or x = 3, y = 4. */
  private inOrder(tuple: Answer, list: Answer): boolean {
    if (tuple.kind !== "tuple" || list.kind !== "list" || tuple.items.length !== list.items.length) return false;
    return (list.items.length > 2 || named(list.items)) && this.sameSequence(tuple.items, list.items);
  }

  private sameSequence(a: Answer[], b: Answer[]): boolean {
    return a.length === b.length && a.every((each, i) => this.same(each, b[i]) !== null);
  }

  /** In any order, each as often. */
  private sameItems(a: Answer[], b: Answer[]): boolean {
    if (a.length !== b.length) return false;
    const left = b.slice();
    return a.every((each) => {
      const at = left.findIndex((other) => this.same(each, other) !== null);
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  }

  private covers(a: Answer[], b: Answer[]): boolean {
    return b.every((each) => a.some((other) => this.same(other, each) !== null));
  }

  private sameTuple(gold: Tuple, given: Tuple): string | null {
    if (gold.variable && given.variable && !sameTokens(gold.variable, given.variable)) return null;
    // Brackets mean something of two ends; three numbers in any brackets are a triple.
    const brackets = (gold.open === given.open && gold.close === given.close) || gold.items.length > 2;
    if (!brackets || !this.sameSequence(gold.items, given.items)) return null;
    return gold.variable || given.variable || gold.open === "[" || gold.close === "]" ? "interval" : "tuple";
  }

  private sameMatrix(gold: Answer, given: Answer): string | null {
    const [a, b] = [rowsOf(gold, given), rowsOf(given, gold)];
    if (!a || !b || a.length !== b.length || a[0].length !== b[0].length) return null;
    return a.every((row, i) => row.every((entry, j) => this.same(entry, b[i][j]) !== null)) ? "matrix" : null;
  }

  // --- one

  private sameQuantity(gold: Quantity, given: Quantity): string | null {
    const equal = (a: Token[], b: Token[]) => {
      if (!this.expressions.equal(a, b)) return null;
      return sameTokens(a, b) ? "text" : exactValue(a) !== null && exactValue(b) !== null ? "number" : "symbolic";
    };
    if (gold.unit !== null && given.unit !== null) return gold.unit === given.unit ? equal(gold.formula, given.formula) : null;
    if (gold.unit === "percent") return equal(gold.formula, given.formula) ?? equal(over100(gold.formula), given.formula);
    if (given.unit !== "percent") return equal(gold.formula, given.formula);
    const value = exactValue(gold.formula);
    const small = value === null || typeof value === "string" || (value.n < 0n ? -value.n : value.n) < value.d;
    return (small ? null : equal(gold.formula, given.formula)) ?? equal(gold.formula, over100(given.formula));
  }

  private sameRatio(gold: Answer, given: Answer): string | null {
    const [a, b] = [termsOf(gold), termsOf(given)];
    if (!a || !b || a.length !== b.length) return null;
    const product = (x: Token[], y: Token[]) => [...inParentheses(x), ...inParentheses(y)];
    return a.every((term, i) => i === 0 || this.expressions.equal(product(term, b[0]), product(a[0], b[i]))) ? "ratio" : null;
  }

  // --- equations

  private sameRelation(gold: Answer, given: Answer): string | null {
    if (gold.kind !== "relation") return given.kind === "relation" ? this.sameAsValue(given, (value) => this.same(gold, value)) : null;
    if (given.kind !== "relation")
      return isName(gold.sides[0]) || isName(gold.sides[gold.sides.length - 1])
        ? this.sameAsValue(gold, (value) => this.same(value, given))
        : null;
    const [a, b] = [nameAndValue(gold), nameAndValue(given)];
    if (a && b && sameTokens(a.name, b.name)) {
      const how = this.sameAsValue(gold, (left) => this.sameAsValue(given, (right) => this.same(left, right)));
      if (how) return how;
    }
    const [f, g] = [difference(gold), difference(given)];
    if (!f || !g || isEquation(gold) !== isEquation(given) || f.strict !== g.strict) return null;
    const sign = this.expressions.proportion(f.tokens, g.tokens);
    return isEquation(gold) ? (sign === 0 ? null : "equation") : sign === 1 ? "inequality" : null;
  }

  /**
   * Takes the value that an equation or a chain of them gives, if it gives one: the equation is solved (x = 5, f(x) = 2x, m + n = 73; not
   * 2x = 10), and numbers that are said to be equal are.
   */
  private sameAsValue(relation: Relation, same: (value: Answer) => string | null): string | null {
    const solved = nameAndValue(relation);
    if (!solved) return null;
    const how = same(readSide(solved.value));
    if (!how) return null;
    const numbers = relation.sides.filter((side) => side !== solved.value && variablesOf(side).size === 0 && !isName(side));
    return numbers.every((side) => this.same(readSide(side), readSide(solved.value)) !== null) ? how : null;
  }
}

const isEquation = ({ operators }: Relation) => operators.every((each) => each === "=");

function nameAndValue(relation: Relation): { name: Token[]; value: Token[] } | null {
  const { sides } = relation;
  const [first, last] = [sides[0], sides[sides.length - 1]];
  if (!isEquation(relation)) return null;
  if (sides.length === 2 && isName(last) && !isName(first)) return { name: last, value: first };
  const variables = variablesOf(first).size;
  if (isName(first) || variables === 0) return { name: first, value: last };
  return variables > 1 && !isZero(last) ? { name: first, value: last } : null;
}

/** What is zero (positive, not negative) when the equation (inequality) holds. */
function difference({ sides, operators }: Relation): { tokens: Token[]; strict: boolean } | null {
  if (sides.length !== 2) return null;
  const [left, right] = operators[0] === "<" || operators[0] === "\\leq" ? [sides[1], sides[0]] : sides;
  return { tokens: [...inParentheses(left), symbol("-"), ...inParentheses(right)], strict: !operators[0].startsWith("\\") };
}

const over100 = (formula: Token[]): Token[] => [...inParentheses(formula), symbol("/"), number("100")];

// --- forms that stand for one another

const chosen = (choice: Answer & { kind: "choice" }, other: Answer): Answer =>
  other.kind === "words" || (other.kind === "formula" && /^[A-J]$/.test(other.formula.map(({ value }) => value).join("")))
    ? { kind: "words", words: [choice.letter.toLowerCase()] }
    : choice.rest;

const members = (answer: Answer): Answer[] | null =>
  answer.kind === "set" || answer.kind === "list"
    ? answer.items
    : answer.kind === "formula" || answer.kind === "relation"
      ? [answer]
      : null;

const plain = (items: Answer[]) => items.every(({ kind }) => kind !== "relation");

/** x = 3, y = 4: equations with a name each, no two the same. */
function named(items: Answer[]): boolean {
  const names = items.map((each) => (each.kind === "relation" ? nameAndValue(each)?.name : undefined));
  const bare = names.map((name) => name && (name[1]?.value === "_" ? name.slice(0, 1) : name).map(({ value }) => value).join(" "));
  return bare.every((name) => name !== undefined) && new Set(bare).size === bare.length;
}

/** A matrix's entries; a tuple's as a row or column, as the other is. */
function rowsOf(answer: Answer, other: Answer): Answer[][] | null {
  if (answer.kind === "matrix") return answer.rows.map((row) => row.map((formula): Answer => ({ kind: "formula", formula, unit: null })));
  if (answer.kind !== "tuple" || other.kind !== "matrix") return null;
  return other.rows.length === 1 ? [answer.items] : answer.items.map((each) => [each]);
}

function termsOf(answer: Answer): Token[][] | null {
  if (answer.kind === "ratio") return answer.terms;
  return answer.kind === "formula" ? [answer.formula, [number("1")]] : null;
}

function sameDigits(gold: Answer & { kind: "base" }, given: Answer): boolean {
  if (given.kind === "base") return gold.base === given.base && gold.digits === given.digits;
  return (
    given.kind === "formula" &&
    given.formula
      .map(({ value }) => value)
      .join("")
      .replace(/^0+(?=.)/, "") === gold.digits
  );
}

function sameTime(gold: Answer & { kind: "time" }, given: Answer & { kind: "time" }): boolean {
  if (gold.minute !== given.minute || gold.second !== given.second) return false;
  const of24 = ({ hour, noon }: { hour: number; noon: string | null }) => (noon ? (hour % 12) + (noon === "pm" ? 12 : 0) : hour);
  const sayHalf = given.noon !== null || given.hour > 12 || given.hour === 0;
  return gold.noon === null ? gold.hour === given.hour || of24(gold) === of24(given) : sayHalf && of24(gold) === of24(given);
}

function sameWords(gold: Answer, given: Answer): boolean {
  if (gold.kind === "words" && given.kind === "words") return gold.words.join(" ") === given.words.join(" ");
  const letters = (answer: Answer) =>
    answer.kind === "formula" && answer.formula.every(({ kind }) => kind === "letters")
      ? answer.formula.map(({ value }) => value).join(" ")
      : null;
  if (gold.kind === "words") return letters(given)?.toLowerCase() === gold.words.join(" ");
  return given.kind === "words" && letters(gold)?.toLowerCase() === given.words.join(" ");
}
