// Exact arithmetic on tokens: sums, products, quotients, whole powers, factorials and binomials of rational numbers. What it can
// evaluate is decided without the symbolic engine and without its thread. Null for everything else, and for numbers beyond
// `maxBits`: those are for the engine, which runs where it can be ended.

import { add, divide, multiply, negate, type Rational, rational, subtract } from "./rational.ts";
import { closing, type Token } from "./tokens.ts";

const maxBits = 20_000;
const maxFactorial = 1000n;

export type Value = Rational | "infinity" | "-infinity";

/** The tokens' value where it is rational (or infinite) and they say nothing else. */
export function exactValue(tokens: Token[]): Value | null {
  const infinite = tokens.map(({ value }) => value).join("");
  if (infinite === "\\infty" || infinite === "+\\infty") return "infinity";
  if (infinite === "-\\infty") return "-infinity";
  const evaluation = new Evaluation(tokens);
  const value = evaluation.sum();
  return value && evaluation.atEnd() ? value : null;
}

/** Whether two exact values are the same. */
export const sameValue = (a: Value, b: Value): boolean =>
  typeof a === "string" || typeof b === "string" ? a === b : a.n === b.n && a.d === b.d;

class Evaluation {
  private readonly tokens: Token[];
  private at = 0;

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  atEnd(): boolean {
    return this.at === this.tokens.length;
  }

  sum(): Rational | null {
    let total = this.product();
    while (total && (this.is("+") || this.is("-"))) {
      const minus = this.tokens[this.at++].value === "-";
      const next = this.product();
      total = next && bounded(minus ? subtract(total, next) : add(total, next));
    }
    return total;
  }

  /** Signs, factors side by side; a / b c has two readings and is none here. */
  private product(): Rational | null {
    let sign = 1n;
    while (this.is("-") || this.is("+")) if (this.tokens[this.at++].value === "-") sign = -sign;
    let value = this.power();
    let divided = false;
    while (value && !this.atEnd() && !this.is("+") && !this.is("-")) {
      const operator = this.tokens[this.at].value;
      const explicit = operator === "\\cdot" || operator === "/" || operator === "\\div";
      if (explicit) this.at++;
      else if (divided || this.tokens[this.at].kind === "number") return null;
      let factorSign = 1n;
      if (explicit && this.is("-")) {
        factorSign = -1n;
        this.at++;
      }
      divided = operator === "/" || operator === "\\div";
      const next = this.power();
      value = next && bounded((divided ? divide : multiply)(value, factorSign < 0n ? negate(next) : next));
    }
    return value && (sign < 0n ? negate(value) : value);
  }

  private power(): Rational | null {
    let value = this.primary();
    while (value && this.is("!")) {
      this.at++;
      if (value.d !== 1n || value.n < 0n || value.n > maxFactorial) return null;
      value = rational(product(1n, value.n));
    }
    if (!value || !this.is("^")) return value;
    this.at++;
    const exponent = this.group("{");
    return exponent && raise(value, exponent);
  }

  private primary(): Rational | null {
    const token = this.tokens[this.at];
    if (token?.kind === "number") {
      this.at++;
      const [whole, decimals = ""] = token.value.split(".");
      return rational(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
    }
    if (token?.value === "(") return this.group("(");
    if (token?.value !== "\\frac" && token?.value !== "\\binom") return null;
    this.at++;
    const above = this.group("{");
    const below = above && this.group("{");
    if (!above || !below) return null;
    return token.value === "\\frac" ? divide(above, below) : binomial(above, below);
  }

  /** What stands in brackets here, as a whole. */
  private group(opening: string): Rational | null {
    if (!this.is(opening)) return null;
    const end = closing(this.tokens, this.at);
    if (end < 0) return null;
    const inner = new Evaluation(this.tokens.slice(this.at + 1, end));
    const value = inner.sum();
    this.at = end + 1;
    return value && inner.atEnd() ? value : null;
  }

  private is(value: string): boolean {
    return this.tokens[this.at]?.value === value;
  }
}

const bits = (n: bigint) => n.toString(16).length * 4;
const bounded = (value: Rational | null) => (value && bits(value.n) + bits(value.d) <= maxBits ? value : null);

function product(from: bigint, to: bigint): bigint {
  let result = 1n;
  for (let k = from; k <= to; k++) result *= k;
  return result;
}

function raise(base: Rational, exponent: Rational): Rational | null {
  if (exponent.d !== 1n) return null;
  const size = exponent.n < 0n ? -exponent.n : exponent.n;
  if (size > BigInt(maxBits) || Number(size) * (bits(base.n) + bits(base.d)) > 2 * maxBits) return null;
  if (exponent.n < 0n) return base.n === 0n ? null : rational(base.d ** size, base.n ** size);
  return base.n === 0n && size === 0n ? null : rational(base.n ** size, base.d ** size);
}

function binomial(n: Rational, k: Rational): Rational | null {
  if (n.d !== 1n || k.d !== 1n || k.n < 0n || n.n < k.n || n.n > maxFactorial) return null;
  return rational(product(n.n - k.n + 1n, n.n) / product(1n, k.n));
}
