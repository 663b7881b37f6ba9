// How one operation is worked out in text that a small character-level model can learn: each character needs only a small
// computation over text already written. Operands first, digits from the least significant up, carries in the open.
//
//   57+68    7+8=15,5+6+1=12                  the carry of the digit before is added last; missing digits are 0
//   52-37    12-7=5,5-3-1=1                   a borrow shows as a 1 before the digit, and is taken off at the next
//   47*6     7*6=42,4*6=24+4=28               table first, then the carry
//   40*60    4*6=24                           trailing zeros are left out and put back in the result
//   96/4     9/4=2r1,16/4=4r0                 long division, most significant digit first, remainder brought down
//   736/23   73/23=3*23=69r4,46/23=2*23=46r0  divisors of two digits and more show the trial product
//   1.5+2.25 0+5=5,5+2=7,1+2=3                points are aligned; the point comes back in the result
//
// A step is `57+68=` + working + `:125`. Signs are first rewritten away: -57+68=68-57=…:11, 37-52=-(52-37)=…:-15.
// Products of two numbers with several digits have no working of their own: they are split into partial products (traces.ts).
import { decimalPlaces, formatRational, isNegative, negate, type Rational, rational } from "../verifiers/math/rational.ts";
import { apply, type Operator } from "./expression.ts";

/** An operation on values ≥ 0 whose result is ≥ 0, and whether the original's result is its negative. */
export interface Magnitudes {
  op: Operator;
  a: Rational;
  b: Rational;
  negative: boolean;
  /** False when the operation is what it was. */
  rewritten: boolean;
}

export function magnitudes(op: Operator, a: Rational, b: Rational): Magnitudes {
  const aNegative = isNegative(a);
  const bNegative = isNegative(b);
  const x = aNegative ? negate(a) : a;
  const y = bNegative ? negate(b) : b;
  if (op === "*" || op === "/") return { op, a: x, b: y, negative: aNegative !== bNegative, rewritten: aNegative || bNegative };
  const second = op === "-" ? !bNegative : bNegative; // whether |b| is taken off
  if (aNegative === second) return { op: "+", a: x, b: y, negative: aNegative, rewritten: aNegative || bNegative };
  const [plus, minus] = aNegative ? [y, x] : [x, y];
  const negative = plus.n * minus.d < minus.n * plus.d;
  return negative
    ? { op: "-", a: minus, b: plus, negative, rewritten: true }
    : { op: "-", a: plus, b: minus, negative, rewritten: aNegative || bNegative };
}

/** The value as a whole number of 10^-places. */
const scaled = (value: Rational, places: number): string => ((value.n * 10n ** BigInt(places)) / value.d).toString();
const stripZeros = (digits: string): string => digits.replace(/0+$/, "") || "0";

function addDigits(a: string, b: string): string {
  const length = Math.max(a.length, b.length);
  const x = a.padStart(length, "0");
  const y = b.padStart(length, "0");
  const parts: string[] = [];
  let carry = 0;
  for (let i = length - 1; i >= 0; i--) {
    const sum = Number(x[i]) + Number(y[i]) + carry;
    parts.push(`${x[i]}+${y[i]}${carry ? "+1" : ""}=${sum}`);
    carry = sum > 9 ? 1 : 0;
  }
  return parts.join(",");
}

function subtractDigits(a: string, b: string): string {
  const y = b.padStart(a.length, "0");
  const parts: string[] = [];
  let borrow = 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const top = Number(a[i]);
    const needs = top - Number(y[i]) - borrow < 0;
    const from = needs ? top + 10 : top;
    parts.push(`${from}-${y[i]}${borrow ? "-1" : ""}=${from - Number(y[i]) - borrow}`);
    borrow = needs ? 1 : 0;
  }
  return parts.join(",");
}

function multiplyDigits(long: string, digit: string): string {
  const parts: string[] = [];
  let carry = 0;
  for (let i = long.length - 1; i >= 0; i--) {
    const product = Number(long[i]) * Number(digit);
    parts.push(carry ? `${long[i]}*${digit}=${product}+${carry}=${product + carry}` : `${long[i]}*${digit}=${product}`);
    carry = Math.floor((product + carry) / 10);
  }
  return parts.join(",");
}

/** Digits after the point at which long division stops being worth showing. */
const maxQuotientPlaces = 4;

function divideDigits(dividend: string, divisor: bigint, quotientPlaces: number): string {
  const parts: string[] = [];
  let rest = 0n;
  let started = false;
  for (const digit of dividend + "0".repeat(quotientPlaces)) {
    rest = rest * 10n + BigInt(digit);
    if (!started && rest < divisor) continue;
    started = true;
    const quotient = rest / divisor;
    const product = quotient * divisor;
    parts.push(`${rest}/${divisor}=${quotient}${divisor > 9n ? `*${divisor}=${product}` : ""}r${rest - product}`);
    rest -= product;
  }
  return parts.join(",");
}

const isPowerOfTen = (value: Rational): boolean => /^10*$/.test(value.n.toString());

/** Known by heart: nothing to work out. Operands ≥ 0. */
export function isAtomic(op: Operator, a: Rational, b: Rational): boolean {
  const result = apply(op, a, b);
  if (!result || a.d !== 1n || b.d !== 1n) return false;
  // 40+7 and 47-7 are read off, not computed.
  if (op === "+") return (a.n < 10n && b.n < 10n) || (result.n < 100n && (a.n % 10n === 0n ? b.n < 10n : b.n % 10n === 0n && a.n < 10n));
  if (op === "-") return b.n < 10n && ((result.n < 10n && a.n < 19n) || (a.n < 100n && a.n % 10n === b.n));
  if (op === "/" && isPowerOfTen(b)) return true;
  if (op === "*") return (a.n < 10n && b.n < 10n) || a.n < 2n || b.n < 2n || isPowerOfTen(a) || isPowerOfTen(b);
  return b.n === 1n || a.n === 0n || (b.n < 10n && result.d === 1n && result.n < 10n);
}

/** The digit working of an operation on values ≥ 0 with a result ≥ 0; null where it is atomic or has no short working. */
export function working(op: Operator, a: Rational, b: Rational): string | null {
  const result = apply(op, a, b);
  const aPlaces = decimalPlaces(a);
  const bPlaces = decimalPlaces(b);
  if (!result || aPlaces === null || bPlaces === null || isAtomic(op, a, b)) return null;
  const places = Math.max(aPlaces, bPlaces);
  if (op === "+") return addDigits(scaled(a, places), scaled(b, places));
  if (op === "-") return subtractDigits(scaled(a, places), scaled(b, places));
  if (op === "*") {
    const x = stripZeros(scaled(a, aPlaces));
    const y = stripZeros(scaled(b, bPlaces));
    if (x === "0" || y === "0" || (x.length > 1 && y.length > 1)) return null;
    return x.length > 1 ? multiplyDigits(x, y) : y.length > 1 ? multiplyDigits(y, x) : multiplyDigits(x, y);
  }
  let dividend = scaled(a, places);
  let divisor = scaled(b, places);
  while (dividend.endsWith("0") && divisor.endsWith("0")) {
    dividend = dividend.slice(0, -1);
    divisor = divisor.slice(0, -1);
  }
  const quotientPlaces = decimalPlaces(result);
  if (quotientPlaces === null || quotientPlaces > maxQuotientPlaces || dividend === "0") return null;
  return divideDigits(dividend, BigInt(divisor), quotientPlaces);
}

/** An operand or result as it stands in a step: negative right operands and fractions in brackets. */
export function operand(value: Rational, side: "left" | "right"): string {
  const text = formatRational(value);
  return (side === "right" && text.startsWith("-")) || text.includes("/") ? `(${text})` : text;
}

export const head = (op: Operator, a: Rational, b: Rational): string => `${operand(a, "left")}${op}${operand(b, "right")}`;

/** `57+68=7+8=15,5+6+1=12:125`, or `57+68=125` where there is nothing to work out. */
export function plainStep(op: Operator, a: Rational, b: Rational, digits: boolean): string {
  const result = formatRational(apply(op, a, b)!);
  const start = head(op, a, b);
  const m = magnitudes(op, a, b);
  const steps = digits ? working(m.op, m.a, m.b) : null;
  if (steps === null) return `${start}=${result}`;
  const inner = head(m.op, m.a, m.b);
  const rewrite = m.rewritten ? `${m.negative ? `-(${inner})` : inner}=` : "";
  return `${start}=${rewrite}${steps}:${result}`;
}

/** Digits that are left when the point and the zeros at both ends are taken away, as a count. */
export const significantDigits = (value: Rational): number =>
  formatRational(value)
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "").length;

/** A value's parts by place: 234 → 200, 30, 4; 3.5 → 3, 0.5. Values ≥ 0 whose decimal ends. */
export function placeParts(value: Rational): Rational[] {
  const places = decimalPlaces(value) ?? 0;
  const digits = scaled(value, places);
  return [...digits]
    .map((digit, i) => rational(BigInt(digit) * 10n ** BigInt(digits.length - 1 - i), 10n ** BigInt(places)))
    .filter((part) => part.n !== 0n);
}
