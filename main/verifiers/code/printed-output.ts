// Whether what a program printed is what was expected, by LiveCodeBench's rule: line by line without the space around, as text, else
// as equal decimal numbers, word by word and exactly (1.0 is 1, and 0.1 is not 0.10000000000000001).

const decimal = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;

/** One text for all ways to write a decimal number; null for anything else. */
function canonical(word: string): string | null {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = decimal.exec(word) ?? [];
  if (whole === "" && fraction === "") return null;
  const digits = (whole + fraction).replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  if (trimmed === "") return "0";
  return `${sign === "-" ? "-" : ""}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

function equalNumbers(a: string, b: string): boolean {
  const [left, right] = [a, b].map((line) => line.split(/\s+/).map(canonical));
  return left.length === right.length && left.every((number, i) => number !== null && number === right[i]);
}

const linesOf = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => line.trim());
const brief = (line: string) => JSON.stringify(line.length > 100 ? `${line.slice(0, 99)}…` : line);

/** Null when it is; else how it differs, in a few words. */
export function outputFault(printed: string, expected: string): string | null {
  const [got, wanted] = [linesOf(printed), linesOf(expected)];
  const at = wanted.findIndex((line, i) => got[i] !== line && !(got[i] !== undefined && equalNumbers(got[i], line)));
  if (at >= 0 && at < got.length) return `line ${at + 1} is ${brief(got[at])}, not ${brief(wanted[at])}`;
  if (got.length !== wanted.length) return `${got.length} lines printed, not ${wanted.length}`;
  return null;
}
