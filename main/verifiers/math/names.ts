// What stands on the left of an equation: variables, and names whose "value" the right side is.
import { exactValue } from "./exact.ts";
import { closing, pieces, type Token, topLevel } from "./tokens.ts";

const greek =
  "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta kappa lambda mu nu xi rho sigma tau phi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega";
/** As commands; π is a number. */
export const greekLetters = new Set(greek.split(" ").map((name) => `\\${name}`));

const isComma = ({ value }: Token) => value === ",";

/** The one-letter variables (and Greek ones) of a formula; e, i and π are numbers. */
export function variablesOf(tokens: Token[]): Set<string> {
  const names = new Set<string>();
  for (const { kind, value } of tokens) {
    if (kind === "letters") for (const letter of value) if (letter !== "e" && letter !== "i") names.add(letter);
    if (kind === "command" && greekLetters.has(value)) names.add(value);
  }
  return names;
}

/** What an equation's left side may be for its right side to be "the value": x, x_1, f(x), f(2), AB, ∠ABC, |AB|, [ABC], (x, y), words. */
export function isName(tokens: Token[]): boolean {
  const [first, second] = tokens;
  const last = tokens[tokens.length - 1];
  if (tokens.length === 0) return false;
  if (tokens.some(({ kind }) => kind === "text")) return true;
  if (/^\\(?:angle|triangle|overline)$/.test(first.value)) return true;
  if (/^[|[]$/.test(first.value) && tokens.slice(1, -1).every(({ kind, value }) => kind === "letters" && /^[A-Z]{2,}$/.test(value)))
    return true;
  if (first.value === "(" && last.value === ")") {
    const inner = tokens.slice(1, -1);
    const entries = pieces(inner, topLevel(inner, isComma));
    return entries.length > 1 && entries.every(isName);
  }
  if (first.kind === "letters" ? first.value.length !== 1 && !/^[A-Z]+$/.test(first.value) : variablesOf([first]).size === 0) return false;
  if (tokens.length === 1) return true;
  if (second.value === "_" || second.value === "(") return closing(tokens, second.value === "_" ? 2 : 1) === tokens.length - 1;
  return second.value === "'" && (tokens.length === 2 || isName([first, ...tokens.slice(2)]));
}

export const isZero = (tokens: Token[]): boolean => {
  const value = exactValue(tokens);
  return value !== null && typeof value !== "string" && value.n === 0n;
};
