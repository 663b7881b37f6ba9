// Where mathematics stands in a text: $…$, $$…$$, \(…\), \[…\], LaTeX environments, and a \boxed{…} that stands alone. Dollars of
// money stay text: an opening $ is not before a space, a closing one not after a space nor before a digit. Pure.

export interface Segment {
  kind: "text" | "inline" | "display";
  /** Without its delimiters; an environment with them. */
  text: string;
}

const environments = ["align", "aligned", "equation", "gather", "cases", "array", "pmatrix", "bmatrix", "vmatrix", "matrix"];
const opening = new RegExp(
  String.raw`\\\\|\\\$|\$\$|\$|\\\[|\\\(|\\boxed\s*\{|\\begin\{(?<environment>(?:${environments.join("|")})\*?)\}`,
  "g",
);
/** Longer spans are taken for a stray dollar; KaTeX would only be slow. */
const longest = 4000;

export function mathSegments(text: string): Segment[] {
  const segments: Segment[] = [];
  let done = 0;
  const take = (kind: Segment["kind"], from: number, to: number, inner: string) => {
    if (from > done) segments.push({ kind: "text", text: text.slice(done, from) });
    segments.push({ kind, text: inner });
    done = to;
    opening.lastIndex = to;
  };
  opening.lastIndex = 0;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const [mark] = match;
    const from = match.index;
    const inside = from + mark.length;
    const close = (end: string, kind: Segment["kind"]) => {
      const at = text.indexOf(end, inside);
      if (at > inside && at - inside <= longest) take(kind, from, at + end.length, text.slice(inside, at));
    };
    if (mark === "$$") close("$$", "display");
    else if (mark === "\\[") close("\\]", "display");
    else if (mark === "\\(") close("\\)", "inline");
    else if (mark === "$") {
      const at = closingDollar(text, inside);
      if (at !== null) take("inline", from, at + 1, text.slice(inside, at));
    } else if (mark.startsWith("\\boxed")) {
      const at = closingBrace(text, inside);
      if (at !== null) take("inline", from, at + 1, text.slice(from, at + 1));
    } else if (match.groups?.environment !== undefined) {
      const end = `\\end{${match.groups.environment}}`;
      const at = text.indexOf(end, inside);
      if (at > 0 && at - inside <= longest) take("display", from, at + end.length, text.slice(from, at + end.length));
    }
  }
  if (done < text.length) segments.push({ kind: "text", text: text.slice(done) });
  return segments;
}

function closingDollar(text: string, from: number): number | null {
  if (/\s/.test(text[from] ?? " ")) return null;
  for (let at = from; at < text.length && at - from <= longest; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "\n" && text[at + 1] === "\n") return null;
    else if (text[at] === "$" && at > from && !/\s/.test(text[at - 1]) && !/\d/.test(text[at + 1] ?? "")) return at;
  }
  return null;
}

function closingBrace(text: string, from: number): number | null {
  let depth = 1;
  for (let at = from; at < text.length && at - from <= longest; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return null;
}

export interface Block {
  kind: "code" | "prose";
  text: string;
  /** Of code: what the fence says. */
  language: string;
}

/** Fenced code apart from prose. A fence that does not end, as in a truncated response, runs to the end. */
export function fencedBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const fence = /^[ \t]*```([\w+-]*)[^\n]*\n([\s\S]*?)(?:^[ \t]*```[ \t]*$|(?![\s\S]))/gm;
  let done = 0;
  for (const match of text.matchAll(fence)) {
    if (match.index > done) blocks.push({ kind: "prose", text: text.slice(done, match.index), language: "" });
    blocks.push({ kind: "code", text: match[2].replace(/\n$/, ""), language: match[1].toLowerCase() });
    done = match.index + match[0].length;
  }
  if (done < text.length) blocks.push({ kind: "prose", text: text.slice(done), language: "" });
  return blocks.filter((block) => block.kind === "code" || block.text.trim() !== "");
}
