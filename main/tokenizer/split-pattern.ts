// Which patterns of a pre-tokenizer are taken. They come with a checkpoint and run in a backtracking engine that nothing can
// interrupt, so a pattern is read first: no repetition of what repeats, few choices, and no time beyond the linear on texts made
// to find it. What the known tokenizers use passes (GPT-2, Llama 3, Qwen, DeepSeek V3, GPT-4o, Tekken).
import { SplitPreTokenizer } from "@huggingface/tokenizers";
import { unsupported } from "./tokenizer-errors.ts";

const maxLength = 8192;
/** Ways to match one place of a text, apart from how far a repetition reaches; and repetitions without bound in one alternative. */
const maxChoices = 128;
const maxUnbounded = 2;
/** A pattern whose time grows with the square of a text takes four times as long as this on the last. */
const probeLengths = [32, 128, 512, 2048, 16_384];
const probeMilliseconds = 15;
const allProbesMilliseconds = 1000;

/**
 * The pattern in the form that the library's translation from Oniguruma to JavaScript gives exactly: groups capture nothing, and
 * case is ignored as Oniguruma does (ſ is an s). Throws "unsupported-tokenizer" naming what it refuses.
 */
export function checkedPattern(source: string): string {
  if (source.length > maxLength) throw unsupported(`a pre-tokenizer pattern of ${source.length} characters`);
  const pattern = new PatternReader(source).read();
  let compiled: RegExp;
  try {
    compiled = (
      new SplitPreTokenizer({ type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false }) as { pattern: RegExp }
    ).pattern;
  } catch (thrown) {
    throw unsupported(`the pre-tokenizer pattern ${shown(source)} (${(thrown as Error).message.slice(0, 200)})`);
  }
  if (isSlow(compiled, source)) throw unsupported(`the pre-tokenizer pattern ${shown(source)}, which takes too long on some texts`);
  return pattern;
}

interface Part {
  text: string;
  choices: number;
  unbounded: number;
}

class PatternReader {
  private at = 0;
  private readonly source: string;
  constructor(source: string) {
    this.source = source;
  }

  read(): string {
    const { text } = this.alternatives(false);
    if (this.at < this.source.length) throw this.refused("an unmatched )");
    return text;
  }

  private alternatives(ignoreCase: boolean): Part {
    const parts = [this.sequence(ignoreCase)];
    while (this.source[this.at] === "|") {
      this.at++;
      parts.push(this.sequence(ignoreCase));
    }
    const whole = {
      text: parts.map(({ text }) => text).join("|"),
      choices: parts.reduce((sum, { choices }) => sum + choices, 0),
      unbounded: Math.max(...parts.map(({ unbounded }) => unbounded)),
    };
    if (whole.choices > maxChoices || whole.unbounded > maxUnbounded) throw this.refused("too many ways to match the same text");
    return whole;
  }

  private sequence(ignoreCase: boolean): Part {
    const whole: Part = { text: "", choices: 1, unbounded: 0 };
    while (this.at < this.source.length && !"|)".includes(this.source[this.at])) {
      const part = this.source[this.at] === "(" ? this.group(ignoreCase) : this.repeated(this.atom(ignoreCase));
      whole.text += part.text;
      whole.choices *= part.choices;
      whole.unbounded += part.unbounded;
    }
    return whole;
  }

  private group(ignoreCase: boolean): Part {
    const opening = /\((?:\?(?:i:|:|=|!))?/y; // no look-behind: V8's also matches inside surrogate pairs
    opening.lastIndex = this.at;
    const [open] = opening.exec(this.source)!;
    if (open === "(" && this.source[this.at + 1] === "?") throw this.refused("a group of an unknown kind");
    this.at += open.length;
    const body = this.alternatives(ignoreCase || open === "(?i:");
    if (this.source[this.at++] !== ")") throw this.refused("an unclosed group");
    const looks = /[=!]$/.test(open);
    if (looks && body.unbounded > 0) throw this.refused("a repetition inside a look-ahead");
    body.text = `${open === "(" ? "(?:" : open}${body.text})`;
    const next = this.source[this.at] ?? "";
    if (next !== "?" && !"*+{".includes(next || " ")) return body;
    if (next !== "?" || looks || "?+".includes(this.source[this.at + 1] ?? " ")) throw this.refused("a repeated group");
    this.at++;
    return { text: `${body.text}?`, choices: body.choices + 1, unbounded: body.unbounded };
  }

  private repeated(atom: string): Part {
    const quantifier = /[?*+]|\{(\d{1,3})(?:(,)(\d{0,3}))?\}/y;
    quantifier.lastIndex = this.at;
    const found = quantifier.exec(this.source);
    if (!found) {
      if ("{}".includes(this.source[this.at] ?? " ")) throw this.refused("a brace that is no repetition");
      return { text: atom, choices: 1, unbounded: 0 };
    }
    const [text, from, comma, to] = found;
    this.at += text.length;
    if (/[?*+{]/.test(this.source[this.at] ?? "")) throw this.refused("a lazy or possessive repetition");
    const least = Number(from ?? 0);
    const most = text === "?" ? 1 : /[*+]/.test(text) || (comma && to === "") ? Number.POSITIVE_INFINITY : Number(to ?? from);
    const bounded = most - least < maxChoices;
    return { text: atom + text, choices: bounded ? Math.max(1, most - least + 1) : 1, unbounded: bounded ? 0 : 1 };
  }

  /** One character, escape or class. */
  private atom(ignoreCase: boolean): string {
    const character = this.character();
    if (character === "[") return this.characterClass(ignoreCase);
    if ("^$*+?{}]".includes(character)) throw this.refused(`the sign ${character}`);
    if (character === "\\") return `\\${this.escape()}`;
    return ignoreCase && folds[character] ? `[${character}${folds[character]}]` : character;
  }

  private characterClass(ignoreCase: boolean): string {
    let text = "[";
    if (this.source[this.at] === "^") text += this.source[this.at++];
    if (this.source[this.at] === "]") throw this.refused("an empty class");
    let added = "";
    while (this.source[this.at] !== "]") {
      if (this.at >= this.source.length) throw this.refused("an unclosed class");
      const character = this.character();
      if (character === "[" || (character === "&" && this.source[this.at] === "&")) throw this.refused("a class inside a class");
      if (ignoreCase && character === "-") throw this.refused("a range whose case is ignored");
      if (ignoreCase) added += folds[character] ?? "";
      text += character === "\\" ? `\\${this.escape()}` : character;
    }
    this.at++;
    return `${text}${added}]`;
  }

  private escape(): string {
    const known = /[pP]\{[A-Za-z_]+\}|[sSdDwWrntfv]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^A-Za-z0-9]/uy;
    known.lastIndex = this.at;
    const found = known.exec(this.source);
    if (!found) throw this.refused(`the escape \\${this.source[this.at] ?? ""}`);
    this.at += found[0].length;
    return found[0];
  }

  private character(): string {
    const character = String.fromCodePoint(this.source.codePointAt(this.at)!);
    this.at += character.length;
    return character;
  }

  private refused(what: string) {
    return unsupported(`the pre-tokenizer pattern ${shown(this.source)}: ${what}`);
  }
}

/** Letters that other characters than their two cases are equal to when case is ignored. */
const folds: Record<string, string> = { s: "ſ", S: "ſ", k: "\u212a", K: "\u212a" };

/** Texts of one character, of one and then another, and of two in turn: a time that grows faster than their length shows there. */
function isSlow(pattern: RegExp, source: string): boolean {
  const characters = [...new Set([..." \n\r\taA1'!_中\u0301\u00a0", ...source])].filter((c) => !/[\\()[\]{}|?*+^]/.test(c)).slice(0, 40);
  let total = 0;
  for (const length of probeLengths) {
    for (const character of characters) {
      for (const text of [character.repeat(length), `${character.repeat(length)}\0`, `a${character}`.repeat(length / 2)]) {
        const took = milliseconds(pattern, text);
        total += took;
        if (took > probeMilliseconds || total > allProbesMilliseconds) return true;
      }
    }
  }
  return false;
}

/** The least of three, so that a busy machine makes no pattern slow. */
function milliseconds(pattern: RegExp, text: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && least > probeMilliseconds; round++) {
    const begun = performance.now();
    text.replace(pattern, "");
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}

function shown(source: string): string {
  return source.length > 200 ? `${source.slice(0, 200)}…` : source;
}
