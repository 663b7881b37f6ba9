// The value of a formula (MathJSON as it is read, before the engine makes it canonical) in double precision. It is our own check on
// the engine: a formula that differs here is unequal, whatever the engine's algebra says.
import { add, type Complex, complex, divide, exp, isReal, log, multiply, negate, power, sqrt, subtract } from "./complex.ts";

export type MathJson = number | string | { num: string } | MathJson[];

/** Variables' values; a formula with any other name has none. */
export type Point = ReadonlyMap<string, number>;

/** Not one of the operations known here. */
export class Unknown extends Error {}

const constants = new Map<string, Complex>([
  ["Pi", complex(Math.PI)],
  ["pi", complex(Math.PI)],
  ["ExponentialE", complex(Math.E)],
  ["e", complex(Math.E)],
  ["ImaginaryUnit", complex(0, 1)],
  ["i", complex(0, 1)],
]);

const variable = /^(?:[A-Za-z]|[a-z]+|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega)(?:_\w+)?$/;

/** Names that stand for values to be chosen: letters, Latin and Greek, with subscripts. Infinity is none, and has no value either. */
export function variables(json: MathJson): Set<string> {
  const found = new Set<string>();
  const visit = (node: MathJson) => {
    if (typeof node === "string" && !constants.has(node) && variable.test(node)) found.add(node);
    if (Array.isArray(node)) node.slice(1).forEach(visit);
  };
  visit(json);
  return found;
}

export function usesImaginary(json: MathJson): boolean {
  return json === "i" || json === "ImaginaryUnit" || (Array.isArray(json) && json.slice(1).some(usesImaginary));
}

/**
 * NaN where it is not defined. With `real`, roots and logarithms of negative numbers are not: "equal wherever both are defined" is
 * meant of real functions, unless i is in them.
 * @throws Unknown
 */
export function evaluate(json: MathJson, point: Point, real: boolean): Complex {
  if (typeof json === "number") return complex(json);
  if (typeof json === "string") {
    const value = constants.get(json) ?? (point.has(json) ? complex(point.get(json)!) : undefined);
    if (!value) throw new Unknown(json);
    return value;
  }
  if (!Array.isArray(json)) return complex(Number(json.num));
  const [head, ...operands] = json;
  const operation = operations.get(String(head));
  if (!operation) throw new Unknown(String(head));
  const value = operation(...operands.map((each) => evaluate(each, point, real)));
  return real && !isReal(value) ? complex(Number.NaN) : value;
}

const one = complex(1);
const i = complex(0, 1);
const half = complex(0.5);
/** Beyond it, double precision does not know where in the period it is. */
const farthestAngle = 1e9;
const near = (f: (a: number) => number) => (a: number) => (Math.abs(a) < farthestAngle ? f(a) : Number.NaN);
const [realSin, realCos] = [near(Math.sin), near(Math.cos)];
const sin = (a: Complex) =>
  isReal(a) ? complex(realSin(a.re)) : divide(subtract(exp(multiply(i, a)), exp(negate(multiply(i, a)))), complex(0, 2));
const cos = (a: Complex) => (isReal(a) ? complex(realCos(a.re)) : multiply(half, add(exp(multiply(i, a)), exp(negate(multiply(i, a))))));
/** A function of real numbers only. */
const ofReal =
  (f: (...numbers: number[]) => number) =>
  (...values: Complex[]) =>
    complex(values.every(isReal) ? f(...values.map(({ re }) => re)) : Number.NaN);
const whole = (f: (...numbers: number[]) => number) =>
  ofReal((...numbers) => (numbers.every(Number.isInteger) ? f(...numbers) : Number.NaN));
const chain =
  (f: (a: Complex, b: Complex) => Complex) =>
  (...values: Complex[]) =>
    values.reduce(f);
const reciprocal = (f: (a: Complex) => Complex) => (a: Complex) => divide(one, f(a));
const tan = (a: Complex) => divide(sin(a), cos(a));

function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}

function factorial(n: number): number {
  if (n < 0) return Number.NaN;
  let result = 1;
  for (let k = 2; k <= Math.min(n, 171); k++) result *= k;
  return result;
}

function binomial(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NaN;
  let result = 1;
  for (let j = 1; j <= Math.min(k, n - k, 2000); j++) result = (result * (n - j + 1)) / j;
  return Math.round(result);
}

/** Odd roots of negative numbers are negative: ∛−8 = −2. */
function root(a: Complex, n: Complex): Complex {
  if (isReal(a) && isReal(n) && a.re < 0 && n.re % 2 !== 0 && Number.isInteger(n.re)) return complex(-((-a.re) ** (1 / n.re)));
  return power(a, divide(one, n));
}

const operations = new Map<string, (...values: Complex[]) => Complex>(
  Object.entries({
    Add: chain(add),
    Subtract: chain(subtract),
    Negate: negate,
    Multiply: chain(multiply),
    InvisibleOperator: chain(multiply),
    Divide: chain(divide),
    Rational: divide,
    Half: () => half,
    Delimiter: (...values) => (values.length === 1 ? values[0] : complex(Number.NaN)),
    Power: power,
    Square: (a) => multiply(a, a),
    Sqrt: sqrt,
    Root: root,
    Exp: exp,
    Ln: (a, base) => (base ? divide(log(a), log(base)) : log(a)),
    Log: (a, base) => divide(log(a), log(base ?? complex(10))),
    Lb: (a) => divide(log(a), log(complex(2))),
    Lg: (a) => divide(log(a), log(complex(10))),
    Abs: (a) => complex(Math.hypot(a.re, a.im)),
    Degrees: (a) => multiply(a, complex(Math.PI / 180)),
    Sin: sin,
    Cos: cos,
    Tan: tan,
    Cot: reciprocal(tan),
    Sec: reciprocal(cos),
    Csc: reciprocal(sin),
    Arcsin: ofReal(Math.asin),
    Arccos: ofReal(Math.acos),
    Arctan: ofReal(Math.atan),
    Sinh: ofReal(Math.sinh),
    Cosh: ofReal(Math.cosh),
    Tanh: ofReal(Math.tanh),
    Floor: ofReal(Math.floor),
    Ceil: ofReal(Math.ceil),
    Max: ofReal(Math.max),
    Min: ofReal(Math.min),
    Factorial: whole(factorial),
    Binomial: whole(binomial),
    Choose: whole(binomial),
    GCD: whole(gcd),
    LCM: whole((a, b) => Math.abs(a * b) / gcd(a, b)),
    Mod: whole((a, b) => ((a % b) + b) % b),
  }),
);
