// A small, closed piece of Python: integer expressions over named arguments, + - * // % **, brackets, max, min and abs. Parsed and
// evaluated here, never by an interpreter, so that a model's text can do nothing but compute a number. Everything is bounded:
// length, depth, exponents and the size of values.

export type BinaryOperator = "+" | "-" | "*" | "//" | "%" | "**";
export type FunctionName = "max" | "min" | "abs";

export type CodeExpression =
  | { kind: "integer"; value: bigint }
  | { kind: "name"; name: string }
  | { kind: "negative"; of: CodeExpression }
  | { kind: "binary"; op: BinaryOperator; left: CodeExpression; right: CodeExpression }
  | { kind: "call"; name: FunctionName; args: CodeExpression[] };

const maxLength = 200;
const maxDepth = 24;
const maxValue = 10n ** 18n;
const maxExponent = 20n;

const tokenPattern = /\s*(\d+|[A-Za-z_]\w*|\/\/|\*\*|[-+*%(),])/y;

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  const trimmed = text.trim();
  while (tokenPattern.lastIndex < trimmed.length) {
    const match = tokenPattern.exec(trimmed);
    if (!match) return null;
    tokens.push(match[1]);
  }
  return tokens;
}

const isFunction = (name: string): name is FunctionName => name === "max" || name === "min" || name === "abs";

/** Null for anything outside the grammar. Precedence and associativity are Python's. */
export function parseCode(text: string): CodeExpression | null {
  const tokens = text.length <= maxLength ? tokensOf(text) : null;
  if (!tokens) return null;
  let at = 0;
  let depth = 0;

  function atom(): CodeExpression | null {
    const token = tokens![at++];
    if (token === undefined) return null;
    if (/^\d/.test(token)) return /^0\d/.test(token) ? null : { kind: "integer", value: BigInt(token) };
    if (token === "(") {
      const inner = sum();
      return inner && tokens![at++] === ")" ? inner : null;
    }
    if (!/^[A-Za-z_]/.test(token)) return null;
    if (tokens![at] !== "(") return { kind: "name", name: token };
    if (!isFunction(token)) return null;
    const args: CodeExpression[] = [];
    do {
      at++;
      const arg = sum();
      if (!arg) return null;
      args.push(arg);
    } while (tokens![at] === ",");
    if (tokens![at++] !== ")" || (token === "abs" ? args.length !== 1 : args.length < 2)) return null;
    return { kind: "call", name: token, args };
  }
  function power(): CodeExpression | null {
    const base = atom();
    if (!base || tokens![at] !== "**") return base;
    at++;
    const exponent = unary();
    return exponent && { kind: "binary", op: "**", left: base, right: exponent };
  }
  function unary(): CodeExpression | null {
    if (++depth > maxDepth) return null;
    let result: CodeExpression | null;
    if (tokens![at] === "-") {
      at++;
      const of = unary();
      result = of && { kind: "negative", of };
    } else result = power();
    depth--;
    return result;
  }
  function chain(next: () => CodeExpression | null, operators: readonly string[]): CodeExpression | null {
    let left = next();
    while (left && operators.includes(tokens![at])) {
      const op = tokens![at++] as BinaryOperator;
      const right = next();
      left = right && { kind: "binary", op, left, right };
    }
    return left;
  }
  const product = (): CodeExpression | null => chain(unary, ["*", "//", "%"]);
  function sum(): CodeExpression | null {
    return chain(product, ["+", "-"]);
  }

  const parsed = sum();
  return parsed && at === tokens.length ? parsed : null;
}

/** A value, or in a few words why there is none. */
export type CodeValue = { value: bigint } | { error: string };

/** // and % round down, as Python's do. */
export function applyCode(op: BinaryOperator, a: bigint, b: bigint): CodeValue {
  let value: bigint;
  if (op === "+") value = a + b;
  else if (op === "-") value = a - b;
  else if (op === "*") value = a * b;
  else if (op === "**") {
    if (b < 0n || b > maxExponent) return { error: `exponent ${b} is out of bounds` };
    value = a ** b;
  } else {
    if (b === 0n) return { error: "division by zero" };
    const remainder = ((a % b) + b) % b;
    value = op === "%" ? remainder : (a - remainder) / b;
  }
  return value > maxValue || value < -maxValue ? { error: "value out of bounds" } : { value };
}

export function applyFunction(name: FunctionName, args: readonly bigint[]): bigint {
  if (name === "abs") return args[0] < 0n ? -args[0] : args[0];
  return args.reduce((best, value) => ((name === "max" ? value > best : value < best) ? value : best));
}

export function evaluateCode(expression: CodeExpression, names: Readonly<Record<string, bigint>>): CodeValue {
  switch (expression.kind) {
    case "integer":
      return expression.value > maxValue ? { error: "value out of bounds" } : { value: expression.value };
    case "name":
      return Object.hasOwn(names, expression.name) ? { value: names[expression.name] } : { error: `no name ${expression.name}` };
    case "negative": {
      const of = evaluateCode(expression.of, names);
      return "error" in of ? of : { value: -of.value };
    }
    case "binary": {
      const left = evaluateCode(expression.left, names);
      if ("error" in left) return left;
      const right = evaluateCode(expression.right, names);
      return "error" in right ? right : applyCode(expression.op, left.value, right.value);
    }
    case "call": {
      const args: bigint[] = [];
      for (const arg of expression.args) {
        const result = evaluateCode(arg, names);
        if ("error" in result) return result;
        args.push(result.value);
      }
      return { value: applyFunction(expression.name, args) };
    }
  }
}

const level: Record<BinaryOperator, number> = { "+": 1, "-": 1, "*": 2, "//": 2, "%": 2, "**": 4 };
const levelOf = (expression: CodeExpression): number =>
  expression.kind === "binary"
    ? level[expression.op]
    : expression.kind === "negative" || (expression.kind === "integer" && expression.value < 0n)
      ? 3
      : 5;

/** Python text with the brackets that precedence needs. A negative integer on the right of an operator stands in brackets. */
export function printCode(expression: CodeExpression): string {
  switch (expression.kind) {
    case "integer":
      return expression.value.toString();
    case "name":
      return expression.name;
    case "negative":
      return `-${levelOf(expression.of) < 3 ? `(${printCode(expression.of)})` : printCode(expression.of)}`;
    case "call":
      return `${expression.name}(${expression.args.map(printCode).join(",")})`;
    case "binary": {
      const own = level[expression.op];
      // ** binds to the right; all else to the left.
      const leftBrackets = expression.op === "**" ? levelOf(expression.left) <= own : levelOf(expression.left) < own;
      const rightBrackets =
        expression.op === "**" ? levelOf(expression.right) < 3 : levelOf(expression.right) <= own || levelOf(expression.right) === 3;
      const wrap = (text: string, brackets: boolean): string => (brackets ? `(${text})` : text);
      return wrap(printCode(expression.left), leftBrackets) + expression.op + wrap(printCode(expression.right), rightBrackets);
    }
  }
}
