// The form of an answer: tokens → number or formula with its unit, words, list, set, tuple or interval, union, matrix, equation or
// inequality, number in base n, time, ratio. What a formula means is left to `Expressions` (compare.ts).
import { exactValue } from "./exact.ts";
import { isName, variablesOf } from "./names.ts";
import { type Quantity, quantity } from "./quantity.ts";
import { closing, inParentheses, pieces, symbol, type Token, topLevel, Unreadable } from "./tokens.ts";

export interface Tuple {
  kind: "tuple";
  /** ( or [; an interval is a tuple of two. */
  open: string;
  close: string;
  items: Answer[];
  /** Of an inequality or of x ∈ …: whose interval it is. */
  variable?: Token[];
}

export interface Relation {
  kind: "relation";
  sides: Token[][];
  /** = < > \leq \geq, one between each two sides. */
  operators: string[];
}

export type Answer =
  | Quantity
  | { kind: "words"; words: string[] }
  /** Several answers, in no order. */
  | { kind: "list"; items: Answer[] }
  | { kind: "set"; items: Answer[] }
  | Tuple
  | { kind: "union"; parts: Answer[] }
  | { kind: "matrix"; rows: Token[][][] }
  | Relation
  | { kind: "base"; digits: string; base: number }
  | { kind: "time"; hour: number; minute: number; second: number; noon: string | null }
  | { kind: "ratio"; terms: Token[][] }
  /** A multiple choice's letter with what it stands for. */
  | { kind: "choice"; letter: string; rest: Answer };

/** @throws Unreadable */
export function readAnswer(tokens: Token[]): Answer {
  const kept = withoutFiller(tokens);
  if (kept.length === 0) throw new Unreadable("nothing is there");
  return list(kept);
}

const filler = /^(?:the|our|final|answers?|ans|solutions?|result|value|is|are|equals|so|thus|therefore|hence)\.?$/i;

function withoutFiller(tokens: Token[]): Token[] {
  let start = 0;
  while (tokens[start]?.kind === "text" && filler.test(tokens[start].value)) start++;
  while (tokens[start]?.value === ":" || tokens[start]?.value === "=") start++;
  return start < tokens.length ? tokens.slice(start) : tokens;
}

// --- several answers

const isComma = ({ value }: Token) => value === "," || value === ";";
const isOr = ({ kind, value }: Token) => value === "\\vee" || (kind === "text" && value.toLowerCase() === "or");
const isAnd = ({ kind, value }: Token) => value === "\\wedge" || (kind === "text" && value.toLowerCase() === "and");
const month = /^(?:january|february|march|april|may|june|july|august|september|october|november|december)$/i;

function list(tokens: Token[]): Answer {
  if (tokens.some(({ kind, value }) => kind === "text" && month.test(value))) return date(tokens);
  const separators = topLevel(tokens, (token) => isComma(token) || isOr(token) || isAnd(token));
  const chunks = pieces(tokens, separators).filter((chunk) => chunk.length > 0);
  if (chunks.length === 0) throw new Unreadable("nothing between the commas");
  const items = chunks.flatMap(signs).map(item);
  if (items.length === 1) return items[0];
  const either = separators.every((at) => isOr(tokens[at]));
  if (chunks.length > 1 && either && items.every((each) => each.kind === "union" || (each.kind === "tuple" && each.variable)))
    return { kind: "union", parts: items.flatMap(parts) };
  return { kind: "list", items };
}

/** A date's words and numbers, whatever their order and commas. */
function date(tokens: Token[]): Answer {
  const words = tokens.filter((token) => !isComma(token)).map(({ value }) => value.toLowerCase());
  return { kind: "words", words: words.filter((word) => !/^(?:st|nd|rd|th|of|the)$/.test(word)).sort() };
}

/** A formula with ± as both of what it says; each ± has its own sign unless a ∓ ties them. */
function signs(tokens: Token[]): Token[][] {
  const places = tokens.flatMap(({ value }, at) => (value === "\\pm" || value === "\\mp" ? [at] : []));
  if (places.length === 0 || tokens.some(({ value }) => value === "\\{" || value === "\\cup")) return [tokens];
  if (places.length > 4) throw new Unreadable("more than four ±");
  const tied = places.some((at) => tokens[at].value === "\\mp");
  const free = tied ? 1 : places.length;
  return Array.from({ length: 2 ** free }, (_, choice) => {
    const chosen = tokens.slice();
    places.forEach((at, i) => {
      const plus = ((choice >> (tied ? 0 : i)) & 1) === (tokens[at].value === "\\mp" ? 1 : 0);
      chosen[at] = { ...tokens[at], kind: "symbol", value: plus ? "+" : "-" };
    });
    return chosen;
  });
}

// --- one answer

function item(tokens: Token[]): Answer {
  if (tokens.length === 0) throw new Unreadable("an entry is missing");
  return (
    choice(tokens) ??
    relation(tokens) ??
    union(tokens) ??
    matrix(tokens) ??
    bracketed(tokens) ??
    base(tokens) ??
    time(tokens) ??
    ratio(tokens) ??
    words(tokens) ??
    quantity(tokens)
  );
}

function choice(tokens: Token[]): Answer | null {
  const [open, letter, close, ...rest] = tokens;
  if (open?.value !== "(" || letter?.kind !== "text" || !/^[A-J]$/.test(letter.value) || close?.value !== ")" || rest.length === 0)
    return null;
  return { kind: "choice", letter: letter.value, rest: list(rest) };
}

const comparisons = ["=", "<", ">", "\\leq", "\\geq", "\\neq", "\\in", "\\approx", "\\equiv"];

function relation(tokens: Token[]): Answer | null {
  const places = topLevel(tokens, ({ value }) => comparisons.includes(value));
  if (places.length === 0) return null;
  const operators = places.map((at) => tokens[at].value);
  const sides = pieces(tokens, places);
  // "√51 ≈ 7.14" answers √51, "x ≈ 7.14" answers 7.14.
  const rounded = operators.indexOf("\\approx");
  if (rounded >= 0) {
    const [exact, approximate] = pieces(tokens, [places[rounded]]);
    return item(exact.length === 0 || isName(exact) ? approximate : exact);
  }
  if (sides.some((side) => side.length === 0)) throw new Unreadable("a side is missing");
  const [operator] = operators;
  if (operators.every((each) => each === "=")) return { kind: "relation", sides, operators };
  if (operators.length === 1 && operator === "\\in") return withVariable(item(sides[1]), sides[0]);
  if (operators.length === 1 && operator === "\\neq" && isName(sides[0])) return withVariable(allBut([sides[1]]), sides[0]);
  if (!operators.every((each) => /^(?:<|>|\\leq|\\geq)$/.test(each))) throw new Unreadable(`${operators.join(" ")} together`);
  return interval(sides, operators) ?? { kind: "relation", sides, operators };
}

/** x > 2, 2 < x, -2 ≤ x < 7 as intervals of their one variable. */
function interval(sides: Token[][], operators: string[]): Answer | null {
  const falling = operators.every((each) => each === ">" || each === "\\geq");
  if (!falling && !operators.every((each) => each === "<" || each === "\\leq")) return null;
  const [low, middle, high] = falling ? sides.slice().reverse() : sides;
  const [first, second] = (falling ? operators.slice().reverse() : operators).map((each) => each.startsWith("\\"));
  const bounds = (variable: Token[], from: Token[] | null, fromClosed: boolean, to: Token[] | null, toClosed: boolean): Answer | null =>
    isName(variable) && [from, to].every((end) => end === null || variablesOf(end).size === 0)
      ? withVariable(range(from, fromClosed, to, toClosed), variable)
      : null;
  if (sides.length === 3) return bounds(middle, low, first, high, second);
  if (sides.length !== 2) return null;
  return bounds(low, null, false, middle, first) ?? bounds(middle, low, first, null, false);
}

const infinity: Token[] = [{ kind: "command", value: "\\infty", spaced: false }];

function range(from: Token[] | null, fromClosed: boolean, to: Token[] | null, toClosed: boolean): Tuple {
  const ends = [from ?? [symbol("-"), ...infinity], to ?? infinity].map((formula): Answer => ({ kind: "formula", formula, unit: null }));
  return { kind: "tuple", open: fromClosed ? "[" : "(", close: toClosed ? "]" : ")", items: ends };
}

/** All real numbers but some, which must be in order. */
function allBut(points: Token[][]): Answer {
  const ends = [null, ...points, null];
  return { kind: "union", parts: ends.slice(1).map((end, i) => range(ends[i], false, end, false)) };
}

function withVariable(answer: Answer, variable: Token[]): Answer {
  if (answer.kind === "tuple") return { ...answer, variable };
  return answer.kind === "union" ? { ...answer, parts: answer.parts.map((part) => withVariable(part, variable)) } : answer;
}

const parts = (answer: Answer): Answer[] => (answer.kind === "union" ? answer.parts : [answer]);

function union(tokens: Token[]): Answer | null {
  if (tokens.length === 1 && tokens[0].value === "\\R") return range(null, false, null, false);
  if (tokens.length === 1 && tokens[0].value === "\\emptyset") return { kind: "set", items: [] };
  const cups = topLevel(tokens, ({ value }) => value === "\\cup");
  if (cups.length > 0) return { kind: "union", parts: pieces(tokens, cups).map(item).flatMap(parts) };
  if (tokens[0]?.value !== "\\R" || !/^(?:\\setminus|-)$/.test(tokens[1]?.value)) return null;
  const left = item(tokens.slice(2));
  if (left.kind !== "set") throw new Unreadable("all real numbers without what is no set");
  const points = left.items.map((each) => (each.kind === "formula" ? each.formula : []));
  const order = points.map((point) => exactValue(point));
  if (points.length > 1 && order.some((value) => value === null || typeof value === "string"))
    throw new Unreadable("points left out that have no order");
  const key = (at: number) => {
    const value = order[at];
    return value && typeof value !== "string" ? Number(value.n) / Number(value.d) : 0;
  };
  return allBut(
    points
      .map((_, at) => at)
      .sort((a, b) => key(a) - key(b))
      .map((at) => points[at]),
  );
}

function matrix(tokens: Token[]): Answer | null {
  const begin = tokens.findIndex(({ value }) => value === "\\begin{matrix}");
  if (begin < 0) return null;
  // Brackets around, with nothing before them, are the matrix's own.
  if (closing(tokens, 0) === tokens.length - 1 && begin > 0) return item(tokens.slice(1, -1));
  const end = closing(tokens, begin);
  if (end !== tokens.length - 1) throw new Unreadable("a matrix within a formula");
  const factor = tokens.slice(0, begin);
  const inside = tokens.slice(begin + 1, end);
  const rows = pieces(
    inside,
    topLevel(inside, ({ value }) => value === "\\\\"),
  ).filter((row) => row.length > 0);
  const entries = rows.map((row) =>
    pieces(
      row,
      topLevel(row, ({ value }) => value === "&"),
    ),
  );
  if (entries.length === 0 || entries.some((row) => row.length !== entries[0].length || row.some((entry) => entry.length === 0)))
    throw new Unreadable("a matrix with an entry missing");
  return {
    kind: "matrix",
    rows: entries.map((row) => row.map((entry) => (factor.length > 0 ? [...factor, ...inParentheses(entry)] : entry))),
  };
}

function bracketed(tokens: Token[]): Answer | null {
  const { value: open } = tokens[0];
  const { value: close } = tokens[tokens.length - 1];
  const inner = tokens.slice(1, -1);
  // ]2,5[ is (2,5) in other countries.
  if (/^[[\]]$/.test(open) && /^[[\]]$/.test(close) && (open === "]" || close === "[")) {
    const ends = pieces(inner, topLevel(inner, isComma));
    return ends.length === 2
      ? { kind: "tuple", open: open === "]" ? "(" : "[", close: close === "[" ? ")" : "]", items: ends.map(item) }
      : null;
  }
  if (!/^(?:[([]|\\\{|\\langle)$/.test(open) || closing(tokens, 0) !== tokens.length - 1) return null;
  if (open === "\\{") return set(inner);
  const entries = pieces(inner, topLevel(inner, isComma));
  if (open === "\\langle") return { kind: "tuple", open: "(", close: ")", items: entries.map(item) };
  return entries.length > 1 ? { kind: "tuple", open, close, items: entries.map(item) } : item(inner);
}

function set(inner: Token[]): Answer {
  if (inner.length === 0) return { kind: "set", items: [] };
  const bars = topLevel(inner, ({ value }) => value === "|" || value === ":");
  if (bars.length === 1) return item(inner.slice(bars[0] + 1)); // {x : x > 2}
  return { kind: "set", items: pieces(inner, topLevel(inner, isComma)).flatMap(signs).map(item) };
}

const bases = ["", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "", "", "", "sixteen"];

/** 52_8, 52_{\text{eight}}, 1A_{16}, 52 base 8. */
function base(tokens: Token[]): Answer | null {
  const end = tokens.findIndex(({ kind, value }) => value === "_" || (kind === "text" && value.toLowerCase() === "base"));
  if (end <= 0 || tokens[0].kind !== "number") return null;
  if (
    !tokens
      .slice(0, end)
      .every(
        ({ kind, value }) =>
          (kind === "number" && /^\d+$/.test(value)) || ((kind === "letters" || kind === "text") && /^[A-Z]+$/.test(value)),
      )
  )
    return null;
  const named = tokens
    .slice(end + 1)
    .filter(({ kind, value }) => !(kind === "symbol" && /^[{}()]$/.test(value)) && value.toLowerCase() !== "base");
  if (named.length !== 1) return null;
  const word = bases.indexOf(named[0].value.toLowerCase());
  const base = word > 0 ? word : Number(named[0].value);
  if (!Number.isInteger(base) || base < 2 || base > 36) return null;
  const digits = tokens
    .slice(0, end)
    .map(({ value }) => value)
    .join("");
  if ([...digits].some((digit) => Number.parseInt(digit, 36) >= base))
    throw new Unreadable(`${digits} has a digit that base ${base} has not`);
  return { kind: "base", digits: digits.replace(/^0+(?=.)/, ""), base };
}

function time(tokens: Token[]): Answer | null {
  const last = tokens[tokens.length - 1];
  const noon = last.kind === "text" && /^[ap]m$/.test(last.value) ? last.value : null;
  const clock = noon ? tokens.slice(0, -1) : tokens;
  const [hour, minute = "00", second = "00", ...more] = clock.filter((_, i) => i % 2 === 0).map(({ value }) => value);
  if (
    (clock.length === 1 && !noon) ||
    clock.length % 2 === 0 ||
    more.length > 0 ||
    clock.some(({ value }, i) => i % 2 === 1 && value !== ":")
  )
    return null;
  if (!/^\d\d?$/.test(hour) || ![minute, second].every((digits) => /^[0-5]\d$/.test(digits)) || Number(hour) > (noon ? 12 : 24))
    return null;
  return { kind: "time", hour: Number(hour), minute: Number(minute), second: Number(second), noon };
}

function ratio(tokens: Token[]): Answer | null {
  const colons = topLevel(tokens, ({ value }) => value === ":");
  const terms = pieces(tokens, colons);
  // "Area: 12"
  if (terms.length === 2 && terms[0].length > 0 && terms[0].every(({ kind }) => kind === "text")) return item(terms[1]);
  return colons.length === 0 || terms.some((term) => term.length === 0) ? null : { kind: "ratio", terms };
}

function words(tokens: Token[]): Answer | null {
  const kept = tokens.filter(({ kind, value }) => !(kind === "symbol" && /^[.,'"()\-!?:]$/.test(value)));
  const wordlike = ({ kind, value }: Token) => kind === "text" || (kind === "letters" && /^(?:[aAI]|[A-Za-z]{2,})$/.test(value));
  if (!kept.every(wordlike) || !kept.some(({ kind }) => kind === "text")) return null;
  const said = kept
    .map(({ value }) => value.toLowerCase().replace(/\.$/, ""))
    .filter((word, _, all) => all.length === 1 || !/^(?:an?|the)$/.test(word));
  const phrase = said.join(" ");
  if (/^(?:no (?:real )?solutions?|empty set)$/.test(phrase)) return { kind: "set", items: [] };
  if (/^(?:all )?real(?: number)?s?$/.test(phrase) && phrase !== "real") return range(null, false, null, false);
  if (phrase === "infinity") return { kind: "formula", formula: infinity, unit: null };
  return { kind: "words", words: phrase === "dne" ? ["does", "not", "exist"] : said };
}

export const readSide = (tokens: Token[]): Answer => list(tokens);
