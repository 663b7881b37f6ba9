// The surface of an answer: LaTeX, Unicode or plain text → tokens in one spelling. Spacing, sizes, fonts and delimiters of math mode
// go; \dfrac12 becomes \frac{1}{2}, 10,\!080 and 58{,}500 become one number, 1\frac45 a sum. Words are told from products of
// variables here, since only here it is known whether they stood in \text{}.
//
// Bounded: the text is at most some thousand characters and nests at most `maxDepth` deep; each pass is linear.
import { isBareUnit } from "./units.ts";

export interface Token {
  /** letters: a product of one-letter variables; text: a word; command: with its backslash. */
  kind: "number" | "letters" | "text" | "command" | "symbol";
  value: string;
  /** Whether white space stood before it. */
  spaced: boolean;
}

/** The answer is not one that can be read; the message says why, for a person. */
export class Unreadable extends Error {}

const maxDepth = 40;

/** @throws Unreadable */
export function tokenise(text: string): Token[] {
  const tokens = new Reader(plain(text), "math", 0).read();
  return withBraces(tokens);
}

export const sameTokens = (a: Token[], b: Token[]): boolean =>
  a.length === b.length && a.every(({ kind, value }, i) => kind === b[i].kind && value === b[i].value);

export const symbol = (value: string): Token => ({ kind: "symbol", value, spaced: false });
export const number = (value: string): Token => ({ kind: "number", value, spaced: false });
export const command = (value: string): Token => ({ kind: "command", value, spaced: false });
export const grouped = (tokens: Token[]): Token[] => [symbol("{"), ...tokens, symbol("}")];
export const inParentheses = (tokens: Token[]): Token[] => [symbol("("), ...tokens, symbol(")")];
export const fraction = (above: Token[], below: Token[]): Token[] => [command("\\frac"), ...grouped(above), ...grouped(below)];

/** What closes each bracket; a half-open interval has one of each kind. */
const closers: Record<string, RegExp> = {
  "(": /^[)\]]$/,
  "[": /^[)\]]$/,
  "{": /^\}$/,
  "\\{": /^\\\}$/,
  "\\langle": /^\\rangle$/,
  "\\lfloor": /^\\rfloor$/,
  "\\lceil": /^\\rceil$/,
  "\\begin{matrix}": /^\\end\{matrix\}$/,
};
export const isOpening = ({ kind, value }: Token) => kind !== "text" && value in closers;
export const isClosing = ({ kind, value }: Token) =>
  kind !== "text" && /^(?:[)\]}]|\\\}|\\rangle|\\rfloor|\\rceil|\\end\{matrix\})$/.test(value);

/** Index of what closes the bracket, brace or environment that opens at `start`; -1 when nothing does, or another kind would. */
export function closing(tokens: Token[], start: number): number {
  const open: string[] = [];
  for (let i = start; i < tokens.length; i++) {
    if (isOpening(tokens[i])) open.push(tokens[i].value);
    else if (isClosing(tokens[i])) {
      const opened = open.pop();
      if (opened === undefined || !closers[opened].test(tokens[i].value)) return -1;
      if (open.length === 0) return i;
    }
  }
  return -1;
}

// --- characters

const characters: Record<string, string> = {
  "−": "-",
  "–": "-",
  "—": "-",
  "‐": "-",
  "‑": "-",
  "×": "\\times ",
  "·": "\\cdot ",
  "⋅": "\\cdot ",
  "∙": "\\cdot ",
  "•": "\\cdot ",
  "∗": "*",
  "÷": "\\div ",
  "∕": "/",
  "⁄": "/",
  "∞": "\\infty ",
  "°": "^\\circ ",
  º: "^\\circ ",
  "≤": "\\leq ",
  "⩽": "\\leq ",
  "≥": "\\geq ",
  "⩾": "\\geq ",
  "≠": "\\neq ",
  "≈": "\\approx ",
  "∈": "\\in ",
  "∪": "\\cup ",
  "∩": "\\cap ",
  "∖": "\\setminus ",
  "±": "\\pm ",
  "∓": "\\mp ",
  "√": "\\sqrt ",
  "∅": "\\emptyset ",
  ℝ: "\\mathbb{R}",
  "⟨": "\\langle ",
  "⟩": "\\rangle ",
  "’": "'",
  "‘": "'",
  "′": "'",
  "“": '"',
  "”": '"',
  "…": "\\ldots ",
  "、": ",",
  "∶": ":",
  "∠": "\\angle ",
  "△": "\\triangle ",
  "⌊": "\\lfloor ",
  "⌋": "\\rfloor ",
  "⌈": "\\lceil ",
  "⌉": "\\rceil ",
  "½": "\\frac{1}{2}",
  "⅓": "\\frac{1}{3}",
  "⅔": "\\frac{2}{3}",
  "¼": "\\frac{1}{4}",
  "¾": "\\frac{3}{4}",
  "⅕": "\\frac{1}{5}",
  "⅖": "\\frac{2}{5}",
  "⅗": "\\frac{3}{5}",
  "⅘": "\\frac{4}{5}",
  "⅙": "\\frac{1}{6}",
  "⅚": "\\frac{5}{6}",
  "⅛": "\\frac{1}{8}",
  "⅜": "\\frac{3}{8}",
  "⅝": "\\frac{5}{8}",
  "⅞": "\\frac{7}{8}",
  "\u00a0": " ",
  "\u2009": "\\,",
  "\u202f": "\\,",
  "\u200a": "\\,",
  "\u200b": "",
  α: "\\alpha ",
  β: "\\beta ",
  γ: "\\gamma ",
  δ: "\\delta ",
  ε: "\\varepsilon ",
  ζ: "\\zeta ",
  η: "\\eta ",
  θ: "\\theta ",
  κ: "\\kappa ",
  λ: "\\lambda ",
  μ: "\\mu ",
  ν: "\\nu ",
  ξ: "\\xi ",
  π: "\\pi ",
  ρ: "\\rho ",
  σ: "\\sigma ",
  τ: "\\tau ",
  φ: "\\phi ",
  ϕ: "\\phi ",
  χ: "\\chi ",
  ψ: "\\psi ",
  ω: "\\omega ",
  Γ: "\\Gamma ",
  Δ: "\\Delta ",
  Θ: "\\Theta ",
  Λ: "\\Lambda ",
  Σ: "\\Sigma ",
  Φ: "\\Phi ",
  Ψ: "\\Psi ",
  Ω: "\\Omega ",
};
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const subscripts = "₀₁₂₃₄₅₆₇₈₉";

/** ASCII with commands for what is not, and without the delimiters of math mode around it. */
function plain(text: string): string {
  let result = text
    .replace(/⁻?[⁰¹²³⁴-⁹]+/g, (run) => `^{${[...run].map((each) => (each === "⁻" ? "-" : superscripts.indexOf(each))).join("")}}`)
    .replace(/[₀-₉]+/g, (run) => `_{${[...run].map((each) => subscripts.indexOf(each)).join("")}}`)
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[^\u0020-\u007e]/g, (each) => characters[each] ?? (/\s/.test(each) ? " " : each))
    .replace(/(?<!\\)\\[()[\]]|\*\*/g, " ")
    .replace(/\.{3,}/g, "\\ldots ")
    .replace(/>=/g, "\\geq ")
    .replace(/<=/g, "\\leq ")
    .replace(/ != /g, " \\neq "); // without spaces it may be a factorial's
  // An odd dollar is money; a pair of them is math mode.
  const dollars = result.replace(/\\\$/g, "").split("$").length - 1;
  if (dollars % 2 === 0) result = result.replace(/(\\\$)|\$/g, (_, money) => money ?? " ");
  for (let before = ""; before !== result; ) {
    before = result;
    result = result
      .trim()
      .replace(/[.,;]$/, "")
      .replace(/\\$/, "");
  }
  return result;
}

// --- tokens

const spaces = new Set([
  ",",
  ";",
  ":",
  " ",
  "\n",
  "/",
  ">",
  "quad",
  "qquad",
  "enspace",
  "thinspace",
  "medspace",
  "thickspace",
  "space",
  "nobreak",
]);
const dropped = new Set(
  (
    "! negthinspace left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle scriptstyle limits " +
    "nolimits tiny small normalsize large Large LARGE huge Huge hline boxed fbox underline bf rm it mathstrut strut"
  ).split(" "),
);
const withSkippedArgument = new Set("hspace vspace phantom hphantom vphantom label tag color textcolor".split(" "));
const textual = new Set("text mbox textrm textbf textit textsf texttt textnormal emph textup hbox".split(" "));
const fonts = new Set("mathrm mathbf mathit mathsf mathtt mathnormal boldsymbol bm pmb operatorname".split(" "));
const aliases: Record<string, string> = {
  dfrac: "\\frac",
  tfrac: "\\frac",
  cfrac: "\\frac",
  dbinom: "\\binom",
  tbinom: "\\binom",
  le: "\\leq",
  leqslant: "\\leq",
  ge: "\\geq",
  geqslant: "\\geq",
  ne: "\\neq",
  lt: "<",
  gt: ">",
  times: "\\cdot",
  ast: "\\cdot",
  lbrace: "\\{",
  rbrace: "\\}",
  lbrack: "[",
  rbrack: "]",
  lvert: "|",
  rvert: "|",
  vert: "|",
  mid: "|",
  varnothing: "\\emptyset",
  lor: "\\vee",
  land: "\\wedge",
  colon: ":",
  prime: "'",
  backslash: "\\setminus",
  smallsetminus: "\\setminus",
  approxeq: "\\approx",
  simeq: "\\approx",
  bar: "\\overline",
  "|": "|",
  arctg: "\\arctan",
  tg: "\\tan",
  ctg: "\\cot",
  cosec: "\\csc",
  lg: "\\log",
  R: "\\R",
  reals: "\\R",
  Reals: "\\R",
  varphi: "\\phi",
  pounds: "£",
  euro: "€",
  lang: "\\langle",
  rang: "\\rangle",
};
/** Functions and constants as people type them. */
const mathWords = new Set(
  "sqrt sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln exp pi infty theta alpha beta gamma lambda max min gcd lcm".split(
    " ",
  ),
);
const english = new Set(
  (
    "or and the is are of for no not yes none all any each odd even true false east west real base only both sum day men set pts then else than " +
    "least most more less one two four five six nine ten zero"
  ).split(" "),
);
const isMatrix = /^(?:[pbB]?matrix|smallmatrix|array)$/;

class Reader {
  private readonly text: string;
  private readonly mode: "math" | "text";
  private readonly depth: number;
  private at = 0;
  private spaced = false;
  private readonly tokens: Token[] = [];
  /** What is open around the current place: in a tuple or a set a comma separates, elsewhere it may group thousands. */
  private readonly open: string[] = [];

  constructor(text: string, mode: "math" | "text", depth: number) {
    if (depth > maxDepth) throw new Unreadable("nested too deeply");
    this.text = text;
    this.mode = mode;
    this.depth = depth;
  }

  read(): Token[] {
    while (this.at < this.text.length) this.step();
    return this.tokens;
  }

  private step(): void {
    const char = this.text[this.at];
    if (/\s|~/.test(char)) {
      this.spaced = true;
      this.at++;
    } else if (/\d/.test(char) || (char === "." && /\d/.test(this.text[this.at + 1] ?? ""))) this.number();
    else if (/[A-Za-z]/.test(char)) this.word();
    else if (char === "\\") this.command();
    else {
      this.at++;
      this.bracket(char);
      this.push("symbol", char === "*" ? "\\cdot" : char);
    }
  }

  private bracket(char: string): void {
    if (["(", "[", "{", "\\{", "\\langle"].includes(char)) {
      this.open.push(char);
      if (this.open.length > maxDepth) throw new Unreadable("nested too deeply");
    } else if ([")", "]", "}", "\\}", "\\rangle"].includes(char)) this.open.pop();
  }

  private push(kind: Token["kind"], value: string): void {
    this.tokens.push({ kind: value === "\\cdot" ? "command" : kind, value, spaced: this.spaced });
    this.spaced = false;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at += match[0].length;
    return match;
  }

  private number(): void {
    const repeating = this.match(/(\d*)\.(\d*)\\(?:overline|bar)\s*(?:\{(\d+)\}|(\d))/y);
    if (repeating) {
      const [, whole, fixed, block = "", digit = ""] = repeating;
      const period = block || digit;
      const numerator = BigInt(whole + fixed + period) - BigInt(`0${whole}${fixed}`);
      this.tokens.push(...fraction([number(String(numerator))], [number("9".repeat(period.length) + "0".repeat(fixed.length))]));
      return;
    }
    const inList = ["(", "[", "\\{", "\\langle"].includes(this.open[this.open.length - 1]);
    const thousands = inList
      ? /\d{1,3}(?:(?:,\s*\\!\s*|\{,\}\s*|\\[,;: ]\s*)\d{3})+(?!\d)/y
      : /(?!0)\d{1,3}(?:(?:,\s*\\!\s*|\{,\}\s*|\\[,;: ]\s*|,)\d{3})+(?!\d)/y;
    const whole = (this.match(thousands) ?? this.match(/\d+/y))?.[0].replace(/\D/g, "") ?? "";
    const decimals = this.match(/\.(\d+)|\.(?![\d\\.])/y)?.[1];
    this.push("number", decimals === undefined ? whole : `${whole || "0"}.${decimals}`);
    const power = this.match(/[eE]([+-]?\d{1,4})(?![\w^])/y);
    if (power) this.tokens.push(command("\\cdot"), number("10"), symbol("^"), ...grouped(signed(power[1])));
  }

  private word(): void {
    const before = this.tokens[this.tokens.length - 1];
    const afterNumber = before?.kind === "number";
    const noon = (afterNumber || (!before && this.mode === "text")) && this.match(/([ap])\.?\s?m\.?(?![A-Za-z])/iy);
    const inText = this.mode === "text" && !noon ? this.match(/[A-Za-z]+(?:['-][A-Za-z]+)*\.?/y) : null;
    const word = noon ? `${noon[1].toLowerCase()}m` : (inText ?? this.match(/[A-Za-z]+/y)!)[0];
    if (noon || inText) this.push("text", word);
    else if (mathWords.has(word)) this.push("command", `\\${word}`);
    else if (/^inf(?:inity)?$/i.test(word)) this.push("command", "\\infty");
    else this.push(isEnglish(word, afterNumber, this.spaced) ? "text" : "letters", word);
  }

  private command(): void {
    const name = this.match(/\\([A-Za-z]+|[\s\S])/y)?.[1];
    if (name === undefined) throw new Unreadable("a lone backslash");
    if (spaces.has(name)) this.spaced = true;
    else if (name === "left" || name === "right") this.match(/\s*\./y);
    else if (dropped.has(name)) return;
    else if (withSkippedArgument.has(name)) this.argument();
    else if (textual.has(name)) this.nested("text");
    else if (fonts.has(name)) this.font(name);
    else if (name === "mathbb") this.push("command", `\\${this.argument().trim()}`);
    else if (name === "begin" || name === "end") this.environment(name);
    else if (name === "degree") this.tokens.push(symbol("^"), ...grouped([command("\\circ")]));
    else if (/[A-Za-z]/.test(name)) {
      const value = aliases[name] ?? `\\${name}`;
      this.bracket(value);
      this.push(value.startsWith("\\") && value.length > 2 ? "command" : "symbol", value);
    } else {
      const value = name === "%" || name === "$" ? name : (aliases[name] ?? `\\${name}`);
      if (value === "\\\\") this.match(/\s*\[[^\]]{0,12}\]/y); // the height of a matrix row
      this.bracket(value);
      this.push("symbol", value);
    }
  }

  /** The argument in braces that follows, without them, or one character. */
  private argument(): string {
    this.match(/\s*/y);
    if (this.text[this.at] !== "{") return this.text[this.at++] ?? "";
    let depth = 0;
    for (let i = this.at; i < this.text.length; i++) {
      if (this.text[i] === "\\") i++;
      else if (this.text[i] === "{") depth++;
      else if (this.text[i] === "}" && --depth === 0) {
        const content = this.text.slice(this.at + 1, i);
        this.at = i + 1;
        return content;
      }
    }
    throw new Unreadable("a brace is not closed");
  }

  private nested(mode: "math" | "text", content = this.argument()): void {
    const inner = new Reader(content, mode, this.depth + 1).read();
    if (inner.length > 0 && this.spaced) inner[0] = { ...inner[0], spaced: true };
    this.tokens.push(...inner);
    this.spaced = /\s$/.test(content);
  }

  /** An upright word is text, an upright or bold letter a variable or, after a number, a unit. */
  private font(name: string): void {
    const content = this.argument();
    const word = content.replace(/\\[,;: ]|~/g, " ").trim();
    const isUnit =
      name === "mathrm" && /^[A-Za-z]$/.test(word) && !/^[eid]$/.test(word) && this.tokens[this.tokens.length - 1]?.kind === "number";
    this.nested((/^[A-Za-z][A-Za-z\s.]+$/.test(word) && !mathWords.has(word)) || isUnit ? "text" : "math", content);
  }

  private environment(name: string): void {
    const environment = this.argument().trim();
    if (!isMatrix.test(environment)) throw new Unreadable(`\\begin{${environment.slice(0, 20)}}`);
    if (name === "begin" && environment === "array") this.argument();
    this.push("command", `\\${name}{matrix}`);
  }
}

/** Whether a bare word is one, and no product of variables; straight after a number only units are. */
function isEnglish(word: string, afterNumber: boolean, spaced: boolean): boolean {
  if (english.has(word.toLowerCase()) || (afterNumber && isBareUnit(word, spaced))) return true;
  return (spaced || !afterNumber) && /^(?:[A-Za-z][a-z]{4,}|[A-Z][a-z]{2,})$/.test(word);
}

const signed = (digits: string): Token[] =>
  digits.startsWith("-") ? [symbol("-"), number(digits.slice(1))] : [number(digits.replace("+", ""))];

// --- arguments

/** Every argument of \frac, \binom, \sqrt, ^ and _ in braces, other braces gone, mixed numbers as sums. */
function withBraces(tokens: Token[]): Token[] {
  const out: Token[] = [];
  let at = 0;

  const group = (): Token[] => {
    const end = closing(tokens, at);
    if (end < 0) throw new Unreadable("a bracket is not closed");
    const inner = withBraces(tokens.slice(at + 1, end));
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
    if (token.kind === "symbol" && token.value === "-" && tokens[at]?.kind === "number") return [token, tokens[at++]];
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
