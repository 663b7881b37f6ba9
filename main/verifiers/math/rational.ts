// Exact rational numbers on BigInt: what answers are compared as, and what the data's expressions are evaluated in.
// Text is canonical: a terminating decimal without needless zeros where one exists, else a fraction in lowest terms.

export interface Rational {
  readonly n: bigint;
  /** Always > 0, coprime to n. */
  readonly d: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

export function rational(n: bigint | number, d: bigint | number = 1n): Rational {
  const num = BigInt(n);
  const den = BigInt(d);
  if (den === 0n) throw new RangeError("A rational number with denominator 0.");
  if (den === 1n) return { n: num, d: 1n };
  const g = gcd(num, den);
  return den < 0n ? { n: -num / g, d: -den / g } : { n: num / g, d: den / g };
}

export const add = (a: Rational, b: Rational): Rational => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational): Rational => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d);
/** Null when b is 0. */
export const divide = (a: Rational, b: Rational): Rational | null => (b.n === 0n ? null : rational(a.n * b.d, a.d * b.n));
export const equal = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;
export const isWhole = (a: Rational): boolean => a.d === 1n;
export const isNegative = (a: Rational): boolean => a.n < 0n;
export const negate = (a: Rational): Rational => ({ n: -a.n, d: a.d });
export const compare = (a: Rational, b: Rational): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
export const toNumber = (a: Rational): number => Number(a.n) / Number(a.d);

/** Digits after the point of the decimal text; null when the decimal does not end. */
export function decimalPlaces(a: Rational): number | null {
  let d = a.d;
  let twos = 0;
  let fives = 0;
  while (d % 2n === 0n) {
    d /= 2n;
    twos++;
  }
  while (d % 5n === 0n) {
    d /= 5n;
    fives++;
  }
  return d === 1n ? Math.max(twos, fives) : null;
}

export function formatRational(a: Rational): string {
  if (a.d === 1n) return a.n.toString();
  const places = decimalPlaces(a);
  if (places === null) return `${a.n}/${a.d}`;
  const scaled = (a.n * 10n ** BigInt(places)) / a.d;
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, "0");
  return `${scaled < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

// Thousands commas only where they group by three; a point needs a digit on one side.
const decimalPattern = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.(\d*))?$/;

function parseDecimal(text: string): Rational | null {
  const match = decimalPattern.exec(text);
  if (!match) return null;
  const fraction = match[3] ?? "";
  const magnitude = BigInt(match[2].replaceAll(",", "") + fraction);
  return rational(match[1] === "-" ? -magnitude : magnitude, 10n ** BigInt(fraction.length));
}

/** A number as people and models write it: 72, -0.5, .5, 1,200, 3/4. Null for anything else, or longer than `maxLength`. */
export function parseRational(text: string, maxLength = 64): Rational | null {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > maxLength) return null;
  const slash = trimmed.indexOf("/");
  if (slash < 0) return parseDecimal(trimmed);
  const numerator = parseDecimal(trimmed.slice(0, slash).trim());
  const denominator = parseDecimal(trimmed.slice(slash + 1).trim());
  return numerator && denominator ? divide(numerator, denominator) : null;
}
