// Drops every row whose prompt shares n words in a row with a test problem (the paper, §2.1: 9 for SFT; 14 for code RL), and shows
// where, in both texts. Of a conversation every turn is looked at; spans do not go from one turn into the next. What a word is: see
// words.ts. Blind to what only means the same (a translation, other numbers), as any n-gram match is.
import type { MatchedSpan, StepOf } from "../../contract/pipeline.ts";
import { type Benchmark, type Match, NgramIndex } from "./ngram-index.ts";
import type { PipelineRow, Rows } from "./row.ts";
import type { Step, StepContext } from "./step.ts";

export interface LoadedBenchmark extends Benchmark {
  /** Dataset version or shipped file, and its hash. */
  from: string;
  hash: string;
}

const spansShown = 200;
/** Code units shown on each side of a span. */
const around = 240;

/** `benchmarks` are the step's, in its order. */
export const decontaminate =
  (config: StepOf<"decontaminate">, benchmarks: readonly LoadedBenchmark[]): Step =>
  (rows, context) =>
    clean(rows, new NgramIndex(benchmarks, config.n), benchmarks, context);

async function* clean(rows: Rows, index: NgramIndex, benchmarks: readonly LoadedBenchmark[], { record, onSpan }: StepContext): Rows {
  const shown: MatchedSpan[] = [];
  let total = 0;
  const rowsOf = benchmarks.map(() => 0);
  record.describe(() => ({
    benchmarks: benchmarks.map(({ key, from, hash, problems }, i) => ({
      benchmark: key,
      from,
      hash,
      problems: problems.length,
      shortProblems: index.shortProblems[i],
      rows: rowsOf[i],
    })),
    spans: { total, shown },
  }));
  for await (const row of rows) {
    const spans = spansOf(row, index);
    if (spans.length === 0) {
      yield row;
      continue;
    }
    for (const span of spans) {
      total++;
      if (shown.length < spansShown) shown.push(span);
      onSpan(span);
    }
    const hit = new Set(spans.map(({ benchmark }) => benchmark));
    benchmarks.forEach(({ key }, i) => {
      if (hit.has(key)) rowsOf[i]++;
    });
    record.dropRow(row, `shares words with ${[...hit].join(" and ")}`);
  }
}

/** The longest span of each benchmark that the row shares words with, of each of its turns. */
function spansOf(row: PipelineRow, index: NgramIndex): MatchedSpan[] {
  if (row.messages === null) return index.matches(row.prompt).map((match) => spanOf(row, null, row.prompt, match, index));
  return row.messages.flatMap(({ content }, turn) => index.matches(content).map((match) => spanOf(row, turn, content, match, index)));
}

function spanOf({ dataset, row, id }: PipelineRow, turn: number | null, text: string, match: Match, index: NgramIndex): MatchedSpan {
  const { key, problems } = index.benchmarks[match.benchmark];
  const problem = problems[match.problem];
  const own = excerpt(text, match.from, match.to);
  const theirs = excerpt(problem.text, match.problemFrom, match.problemTo);
  return {
    dataset,
    row,
    id,
    turn,
    from: match.from,
    to: match.to,
    text: own.text,
    textFrom: own.from,
    benchmark: key,
    problem: problem.id,
    problemRow: match.problem,
    problemFrom: match.problemFrom,
    problemTo: match.problemTo,
    problemText: theirs.text,
    problemTextFrom: theirs.from,
    words: match.words,
    whole: match.whole,
  };
}

const isLowSurrogate = (text: string, at: number): boolean => /[\uDC00-\uDFFF]/.test(text[at] ?? "");

/** The text around a span; never from or to the middle of a surrogate pair. */
function excerpt(text: string, from: number, to: number): { text: string; from: number } {
  let start = Math.max(0, from - around);
  let end = Math.min(text.length, to + around);
  if (isLowSurrogate(text, start)) start--;
  if (isLowSurrogate(text, end)) end++;
  return { text: text.slice(start, end), from: start };
}
