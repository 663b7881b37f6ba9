// LaTeX's arguments: each of \frac, \binom, \sqrt, ^ and _ in braces, all other braces gone, mixed numbers as sums.
import { closing, fraction, grouped, inParentheses, number, symbol, type Token, Unreadable } from "./tokens.ts";

/** @throws Unreadable */
export function withArguments(tokens: Token[]): Token[] {
  const out: Token[] = [];
  let at = 0;

  const group = (): Token[] => {
    const end = closing(tokens, at);
    if (end < 0) throw new Unreadable("a bracket is not closed");
    const inner = withArguments(tokens.slice(at + 1, end));
    at = end + 1;
    if (inner.length === 0) throw new Unreadable("empty braces");
    return inner;
  };
  /** A number is taken whole, but by \frac, which takes a digit: \frac12, \frac 59. */
  const argument = (ofFraction: boolean): Token[] => {
    const token = tokens[at];
    if (token === undefined) throw new Unreadable("an argument is missing");
    if (token.kind === "symbol" && token.value === "{") return group();
    at++;
    if (token.kind === "number" && ofFraction && /^\d\d+$/.test(token.value)) {
      tokens = [...tokens.slice(0, at), number(token.value.slice(1)), ...tokens.slice(at)];
      return [number(token.value[0])];
    }
    if (token.kind === "letters" && token.value.length > 1) {
      tokens = [...tokens.slice(0, at), { ...token, value: token.value.slice(1), spaced: false }, ...tokens.slice(at)];
      return [{ ...token, value: token.value[0] }];
    }
    if (token.kind === "symbol" && token.value === "-") return [token, ...argument(ofFraction)];
    if (token.kind === "command" && takes(token) > 0) {
      at--;
      const start = out.length;
      take();
      return out.splice(start);
    }
    return [token];
  };
  const takes = ({ kind, value }: Token): number =>
    kind === "command"
      ? value === "\\frac" || value === "\\binom"
        ? 2
        : value === "\\sqrt" || value === "\\overline"
          ? 1
          : 0
      : value === "^" || value === "_"
        ? 1
        : 0;

  const take = (): void => {
    const token = tokens[at];
    const count = takes(token);
    if (count === 0) {
      if (token.kind === "symbol" && token.value === "{") out.push(...group());
      else if (token.kind === "symbol" && token.value === "}") throw new Unreadable("a brace is not opened");
      else {
        out.push(token);
        at++;
      }
      return;
    }
    at++;
    const result: Token[] = [token];
    if (token.value === "\\sqrt" && tokens[at]?.value === "[") result.push(symbol("["), ...group(), symbol("]"));
    if (token.value === "\\sqrt" && tokens[at]?.value === "(") result.push(...grouped(group()));
    else for (let i = 0; i < count; i++) result.push(...grouped(argument(token.value === "\\frac")));
    const whole = out[out.length - 1];
    if (token.value === "\\frac" && isWhole(whole) && isProper(result)) {
      out.pop();
      out.push(...inParentheses([whole, symbol("+"), ...result]));
    } else out.push(...result);
  };

  while (at < tokens.length) {
    const [whole, above, slash, below] = tokens.slice(at, at + 4);
    if (
      isWhole(whole) &&
      isWhole(above) &&
      above.spaced &&
      slash?.value === "/" &&
      isWhole(below) &&
      Number(above.value) < Number(below.value)
    ) {
      out.push(...inParentheses([whole, symbol("+"), ...fraction([above], [below])]));
      at += 4;
    } else take();
  }
  return out;
}

const isWhole = (token: Token | undefined): token is Token => token?.kind === "number" && /^\d+$/.test(token.value);

/** \frac{a}{b} of whole numbers with a < b. */
function isProper(tokens: Token[]): boolean {
  return tokens.length === 7 && isWhole(tokens[2]) && isWhole(tokens[5]) && Number(tokens[2].value) < Number(tokens[5].value);
}
