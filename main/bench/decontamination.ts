// Rows a second that decontamination takes on one core, against 5,000 test problems: GSM8K's and MATH-500's, and training questions of
// GSM8K in place of the rest. Rows are the other training questions and MATH-500's solutions, as they are, with typographic
// characters, and with each word as a Chinese character. Reading and parsing rows is not in it.
import { readFileSync } from "node:fs";
import { NgramIndex } from "../data/pipeline/ngram-index.ts";
import { wordsOf } from "../data/pipeline/words.ts";
import { type DecontaminationTiming, spreadOf } from "./report.ts";

const n = 9;
const problemCount = 5000;
const turnMilliseconds = 1500;

const rowsOf = (file: string): Record<string, string>[] =>
  readFileSync(new URL(`../../resources/${file}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const han = (word: string) => String.fromCodePoint(0x4e00 + ([...word].reduce((sum, c) => 31 * sum + c.charCodeAt(0), 7) % 20_000));

const typographic = (row: string) =>
  row
    .replace(/'/g, "’")
    .replace(/"([^"]*)"/g, "“$1”")
    .replace(/ - /g, " – ")
    .replace(/\$/g, "€")
    .replace(/ a /g, " à ");

export async function measureDecontamination(rounds: number): Promise<DecontaminationTiming> {
  const train = rowsOf("gsm8k/train.jsonl").map(({ question }) => question);
  const math = rowsOf("math500/test.jsonl");
  const tested = [...rowsOf("gsm8k/test.jsonl").map(({ question }) => question), ...math.map(({ problem }) => problem)];
  const borrowed = problemCount - tested.length;
  const problems = [...tested, ...train.slice(0, borrowed)];
  const rows = [...train.slice(borrowed), ...math.map(({ solution }) => solution)];
  const index = new NgramIndex([{ key: "test", problems: problems.map((text, i) => ({ id: String(i), text })) }], n);
  const texts: [string, string[]][] = [
    ["rows as they are", rows],
    ["with typographic characters", rows.map(typographic)],
    ["in Chinese characters", rows.map((row) => wordsOf(row).map(han).join(""))],
  ];
  return {
    problems: problems.length,
    n,
    bar: 20_000,
    kinds: texts.map(([name, kind]) => ({ name, rowsPerSecond: spreadOf(ratesOf(index, kind, rounds)) })),
  };
}

/** Rows a second of each round; one more, before them, warms up. */
function ratesOf(index: NgramIndex, rows: string[], rounds: number): number[] {
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    let taken = 0;
    for (; performance.now() - started < turnMilliseconds; taken += rows.length) for (const row of rows) index.matches(row);
    rates.push((1000 * taken) / (performance.now() - started));
  }
  return rates.slice(1);
}
