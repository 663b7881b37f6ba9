// The surface of an answer: LaTeX, Unicode or plain text → tokens in one spelling. Spacing, sizes and fonts go; \dfrac12 becomes
// \frac{1}{2}, 10,\!080 and 58{,}500 become one number, 1\frac45 a sum. Words are told from products of variables here, since only here
// it is known whether they stood in \text{}.
//
// Bounded: the text is at most some thousand characters and nests at most `maxDepth` deep.
import { withArguments } from "./arguments.ts";
import { plainText } from "./plain-text.ts";
import { command, fraction, grouped, number, symbol, type Token, Unreadable } from "./tokens.ts";
import { isBareUnit } from "./units.ts";

const maxDepth = 40;

/** @throws Unreadable */
export function tokenise(text: string): Token[] {
  return withArguments(new Reader(plainText(text), "math", 0).read());
}

// --- LaTeX's words

const listed = (names: string) => new Set(names.split(/\s+/));
const spaces = new Set([",", ";", ":", " ", "\n", "/", ">", ...listed("quad qquad enspace thinspace medspace thickspace space nobreak")]);
const dropped = listed(
  `! negthinspace middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle scriptstyle limits
  nolimits tiny small normalsize large Large LARGE huge Huge hline boxed fbox underline bf rm it mathstrut strut`,
);
const withSkippedArgument = listed("hspace vspace phantom hphantom vphantom label tag color textcolor");
const textual = listed("text mbox textrm textbf textit textsf texttt textnormal emph textup hbox");
const fonts = listed("mathrm mathbf mathit mathsf mathtt mathnormal boldsymbol bm pmb operatorname");
/** The spelling that is kept, then those that it replaces. */
const spellings = String.raw`
\frac dfrac tfrac cfrac
\binom dbinom tbinom
\leq le leqslant
\geq ge geqslant
\neq ne
< lt
> gt
\cdot times ast
\{ lbrace
\} rbrace
[ lbrack
] rbrack
\langle lang
\rangle rang
| lvert rvert vert mid |
\emptyset varnothing
\vee lor
\wedge land
: colon
' prime
\setminus backslash smallsetminus
\approx approxeq simeq
\overline bar
\arctan arctg
\tan tg
\cot ctg
\csc cosec
\log lg
\R reals Reals
\phi varphi
£ pounds
€ euro`;
const aliases = new Map(
  spellings
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([kept, ...replaced]) => replaced.map((name) => [name, kept] as const)),
);
const isMatrix = /^(?:[pbB]?matrix|smallmatrix|array)$/;

// --- words without LaTeX

/** Functions and constants as people type them. */
const mathWords = listed(
  "sqrt sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln exp pi infty theta alpha beta gamma lambda max min gcd lcm",
);
const english = listed(
  `or and the is are of for no not yes none all any each odd even true false east west real base only both sum day men set pts then else than
  least most more less one two four five six nine ten zero`,
);

/** Whether a bare word is one, and no product of variables; straight after a number only units are. */
function isEnglish(word: string, afterNumber: boolean, spaced: boolean): boolean {
  if (english.has(word.toLowerCase()) || (afterNumber && isBareUnit(word, spaced))) return true;
  return (spaced || !afterNumber) && /^(?:[A-Za-z][a-z]{4,}|[A-Z][a-z]{2,})$/.test(word);
}

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
      const value = aliases.get(name) ?? `\\${name}`;
      this.bracket(value);
      this.push(value.startsWith("\\") && value.length > 2 ? "command" : "symbol", value);
    } else {
      const value = name === "%" || name === "$" ? name : (aliases.get(name) ?? `\\${name}`);
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

const signed = (digits: string): Token[] =>
  digits.startsWith("-") ? [symbol("-"), number(digits.slice(1))] : [number(digits.replace("+", ""))];
