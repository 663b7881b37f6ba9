// Tokens of an answer, in one spelling (tokenise.ts makes them), and their brackets.

export interface Token {
  /** letters: a product of one-letter variables; text: a word; command: with its backslash. */
  kind: "number" | "letters" | "text" | "command" | "symbol";
  value: string;
  /** Whether white space stood before it. */
  spaced: boolean;
}

/** The answer is not one that can be read; the message says why, for a person. */
export class Unreadable extends Error {}

export const sameTokens = (a: Token[], b: Token[]): boolean =>
  a.length === b.length && a.every(({ kind, value }, i) => kind === b[i].kind && value === b[i].value);

export const symbol = (value: string): Token => ({ kind: "symbol", value, spaced: false });
export const number = (value: string): Token => ({ kind: "number", value, spaced: false });
export const command = (value: string): Token => ({ kind: "command", value, spaced: false });
export const grouped = (tokens: Token[]): Token[] => [symbol("{"), ...tokens, symbol("}")];
export const inParentheses = (tokens: Token[]): Token[] => [symbol("("), ...tokens, symbol(")")];
export const fraction = (above: Token[], below: Token[]): Token[] => [command("\\frac"), ...grouped(above), ...grouped(below)];

/** What closes each bracket; a half-open interval has one of each kind. */
const closers = new Map([
  ["(", /^[)\]]$/],
  ["[", /^[)\]]$/],
  ["{", /^\}$/],
  ["\\{", /^\\\}$/],
  ["\\langle", /^\\rangle$/],
  ["\\lfloor", /^\\rfloor$/],
  ["\\lceil", /^\\rceil$/],
  ["\\begin{matrix}", /^\\end\{matrix\}$/],
]);
export const isOpening = ({ kind, value }: Token) => kind !== "text" && closers.has(value);
export const isClosing = ({ kind, value }: Token) =>
  kind !== "text" && /^(?:[)\]}]|\\\}|\\rangle|\\rfloor|\\rceil|\\end\{matrix\})$/.test(value);

/** Index of what closes the bracket, brace or environment that opens at `start`; -1 when none opens there or another kind closes. */
export function closing(tokens: Token[], start: number): number {
  if (!tokens[start] || !isOpening(tokens[start])) return -1;
  const open: string[] = [];
  for (let i = start; i < tokens.length; i++) {
    if (isOpening(tokens[i])) open.push(tokens[i].value);
    else if (isClosing(tokens[i])) {
      const opened = open.pop();
      if (opened === undefined || !closers.get(opened)!.test(tokens[i].value)) return -1;
      if (open.length === 0) return i;
    }
  }
  return -1;
}

/** Places of the tokens that are wanted and stand in no brackets. */
export function topLevel(tokens: Token[], wanted: (token: Token, at: number) => boolean): number[] {
  const found: number[] = [];
  let depth = 0;
  tokens.forEach((token, at) => {
    if (isOpening(token)) depth++;
    else if (isClosing(token)) depth--;
    else if (depth === 0 && wanted(token, at)) found.push(at);
  });
  return found;
}

/** What stands between the places. */
export function pieces(tokens: Token[], places: number[]): Token[][] {
  return [...places, tokens.length].map((end, i) => tokens.slice(i === 0 ? 0 : places[i - 1] + 1, end));
}
