// JSON of files from elsewhere. JSON.parse takes the last of two equal keys without a word, and makes a value of a hundred
// bytes from each `{}`; so the text is walked first: no key twice in an object, no nesting without end, a bounded number of
// values.
import { FileReader } from "./file-reader.ts";
import { brokenFile } from "./format-errors.ts";

const maxDepth = 64;
const broken = (where: string, message: string) => brokenFile("broken-json", where, message);

export interface JsonLimits {
  bytes: number;
  values: number;
}

/** For the descriptions that come with a checkpoint: config.json and the like. */
const descriptionLimits: JsonLimits = { bytes: 16 << 20, values: 1_000_000 };

/** Throws "broken-json" for what is not JSON or exceeds a limit. */
export function parseStrictJson(bytes: Uint8Array, where: string, limits: JsonLimits = descriptionLimits): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw broken(where, "It is not UTF-8.");
  }
  const problem = problemOf(text, limits.values);
  if (problem) throw broken(where, problem);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw broken(where, `It is not JSON: ${(thrown as Error).message}.`);
  }
}

export function readStrictJson(path: string, limits: JsonLimits = descriptionLimits): unknown {
  const file = new FileReader(path);
  try {
    if (file.size > limits.bytes) throw broken(path, `It has ${file.size} bytes, more than the ${limits.bytes} that are read.`);
    return parseStrictJson(file.bytes(0, file.size), path, limits);
  } finally {
    file.close();
  }
}

/** What is wrong with a text that may be JSON; what JSON.parse will see for itself is left to it. */
function problemOf(text: string, maxValues: number): string | null {
  const open: (Set<string> | null)[] = []; // the keys of each open object; null for an array
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") {
      if (open.push(character === "{" ? new Set() : null) > maxDepth) return `It is nested deeper than ${maxDepth} levels.`;
      values++;
    } else if (character === "}" || character === "]") open.pop();
    else if (character === ",") values++;
    else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open[open.length - 1];
      if (keys && isKey(text, end)) {
        const key = unescaped(text.slice(at, end));
        if (keys.has(key)) return `The key ${key.slice(0, 200)} is there twice.`;
        keys.add(key);
      }
      at = end - 1;
    }
    if (values > maxValues) return `It has more than ${maxValues} values.`;
  }
  return null;
}

/** Just past the closing quote; the text's end where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text[at] ?? "")) at++;
  return text[at] === ":";
}

function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}
