// Rows a second that decontamination takes on one core, against 5,000 test problems: GSM8K's and MATH-500's, and training questions of
// GSM8K in place of the rest. Rows are the other training questions and MATH-500's solutions, as they are, with typographic
// characters, and with each word as a Chinese character.
//     node main/bench/decontaminate.ts [N]     prints a table; ends with 1 where fewer than 20,000 rows a second were taken
// Reading and parsing rows is not in it; `headstart data pipeline` says what all of it takes.
import { readFileSync } from "node:fs";
import { NgramIndex } from "../data/pipeline/ngram-index.ts";
import { wordsOf } from "../data/pipeline/words.ts";
import { busyShare } from "./busy-share.ts";

const n = Number(process.argv[2] ?? 9);
const limit = 20_000;
const problemCount = 5000;
const turns = 5;
const turnMilliseconds = 1500;

const rowsOf = (file: string): Record<string, string>[] =>
  readFileSync(new URL(`../../resources/${file}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const train = rowsOf("gsm8k/train.jsonl").map(({ question }) => question);
const math = rowsOf("math500/test.jsonl");
const tested = [...rowsOf("gsm8k/test.jsonl").map(({ question }) => question), ...math.map(({ problem }) => problem)];
const borrowed = problemCount - tested.length;
const problems = [...tested, ...train.slice(0, borrowed)];
const rows = [...train.slice(borrowed), ...math.map(({ solution }) => solution)];

const han = (word: string) => String.fromCodePoint(0x4e00 + ([...word].reduce((sum, c) => 31 * sum + c.charCodeAt(0), 7) % 20_000));
const kinds: [string, string[]][] = [
  ["as they are", rows],
  ["typographic", rows.map((row) => row.replace(/'/g, "’").replace(/"([^"]*)"/g, "“$1”").replace(/ - /g, " – ").replace(/\$/g, "€").replace(/ a /g, " à "))], // biome-ignore format: one thought
  ["Chinese", rows.map((row) => wordsOf(row).map(han).join(""))],
];

const started = performance.now();
const index = new NgramIndex([{ key: "test", problems: problems.map((text, i) => ({ id: String(i), text })) }], n);
const built = performance.now() - started;
process.stdout.write(
  `${problems.length} test problems, ${index.grams} different ${n}-grams, indexed in ${Math.round(built)} ms; others use ${Math.round(100 * (await busyShare(500)))} % of the machine\n`,
);

let slowest = Number.POSITIVE_INFINITY;
for (const [kind, texts] of kinds) {
  const rates: number[] = [];
  let dropped = 0;
  for (let turn = 0; turn <= turns; turn++) {
    const before = performance.now();
    let taken = 0;
    while (performance.now() - before < turnMilliseconds) {
      dropped = 0;
      for (const text of texts) if (index.matches(text).length > 0) dropped++;
      taken += texts.length;
    }
    if (turn > 0) rates.push((1000 * taken) / (performance.now() - before)); // the first warms up
  }
  const median = rates.sort((a, b) => a - b)[turns >> 1];
  slowest = Math.min(slowest, median);
  const characters = texts.reduce((sum, { length }) => sum + length, 0) / texts.length;
  process.stdout.write(
    `${kind.padEnd(12)} ${String(Math.round(median)).padStart(7)} rows/s (${Math.round(rates[0])} to ${Math.round(rates[turns - 1])}), ${Math.round(characters)} characters a row, ${dropped} of ${texts.length} dropped\n`,
  );
}
process.stdout.write(`slowest: ${Math.round(slowest)} rows/s (at least ${limit})\n`);
process.exitCode = slowest < limit ? 1 : 0;
