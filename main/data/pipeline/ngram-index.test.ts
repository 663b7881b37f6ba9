import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NgramIndex } from "./ngram-index.ts";
import reference from "./reference/decontamination.json" with { type: "json" };
import { newWords, scanWords, wordsOf } from "./words.ts";

const column = (file: string, name: string): string[] =>
  readFileSync(new URL(`../../../resources/${file}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line)[name]);
const math500 = column("math500/test.jsonl", "problem");
const texts: Record<string, string[]> = {
  "gsm8k-train": column("gsm8k/train.jsonl", "question"),
  gsm8k: column("gsm8k/test.jsonl", "question"),
  math500,
  "math500-odd": math500.filter((_, i) => i % 2 === 1),
  "math500-even": math500.filter((_, i) => i % 2 === 0),
};
const benchmark = (key: string, problems: readonly string[]) => ({ key, problems: problems.map((text, i) => ({ id: String(i), text })) });

test.each(reference.cases)("$rows against $benchmark at n = $n: the rows that plain sets of n-grams drop", (each) => {
  const index = new NgramIndex([benchmark(each.benchmark, texts[each.benchmark])], each.n);
  const rows = texts[each.rows];
  const dropped = rows.flatMap((row, i) => (index.matches(row).length > 0 ? [i] : []));
  expect(dropped).toEqual(each.dropped);
  for (const i of dropped) {
    const [match] = index.matches(rows[i]);
    const ours = wordsOf(rows[i].slice(match.from, match.to));
    // The span says the same in both texts, word by word.
    expect(ours).toEqual(wordsOf(texts[each.benchmark][match.problem].slice(match.problemFrom, match.problemTo)));
    expect(ours).toHaveLength(match.words);
  }
});

test("the span is as long as it can be on both sides, in the benchmark's longest match; each benchmark has its own", () => {
  const index = new NgramIndex(
    [
      benchmark("a", ["Say one two three four.", "x: two THREE four five six!"]),
      benchmark("b", ["two three four"]),
      benchmark("c", ["no"]),
    ],
    3,
  );
  const text = "zero One, two-three (four) five seven";
  const matches = index.matches(text);
  expect(matches.map(({ benchmark, problem, words }) => [benchmark, problem, words])).toEqual([
    [0, 0, 4],
    [1, 0, 3],
  ]);
  expect(matches.map(({ from, to }) => text.slice(from, to))).toEqual(["One, two-three (four", "two-three (four"]);
});

test("a problem of fewer than n words is matched by the whole prompt alone", () => {
  const index = new NgramIndex([benchmark("a", ["Compute $\\sin 60^\\circ$.", "", "?!"])], 9);
  expect(index.shortProblems).toEqual([3]);
  const text = "  compute \\sin{60}^\\circ";
  expect(index.matches(text)).toMatchObject([
    { problem: 0, words: 4, whole: true, from: 2, to: text.length, problemFrom: 0, problemTo: 22 },
  ]);
  expect(index.matches("Compute $\\sin 60^\\circ$ please.")).toEqual([]);
  expect(index.matches("...")).toEqual([]);
});

test("words with one hash are told apart", () => {
  // A known collision of FNV-1a in 32 bits.
  const words = newWords();
  scanWords("costarring liquid", words);
  expect(words.hashes[0]).toBe(words.hashes[1]);
  const index = new NgramIndex([benchmark("a", ["the liquid was in the jar"])], 5);
  expect(index.matches("the costarring was in the jar")).toEqual([]);
  expect(index.matches("the liquid was in the bottle")).toMatchObject([{ words: 5 }]);
});

test("no hash decides: whatever few words texts are made of, matches are those of sets of n-grams", () => {
  const text = fc.array(fc.constantFrom("a", "b", "ab", "ba", "é", "求"), { maxLength: 14 }).map((words) => words.join(" "));
  const problems = fc.array(text, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(problems, text, fc.integer({ min: 2, max: 5 }), (tested, row, n) => {
      const grams = (words: string[]) => words.slice(0, Math.max(0, words.length - n + 1)).map((_, i) => words.slice(i, i + n).join(" "));
      const words = wordsOf(row);
      const inside = new Set(tested.flatMap((problem) => grams(wordsOf(problem))));
      const short = tested.map(wordsOf).filter((found) => found.length > 0 && found.length < n);
      const expected = grams(words).some((gram) => inside.has(gram)) || short.some((found) => found.join(" ") === words.join(" "));
      const found = new NgramIndex([benchmark("a", tested)], n).matches(row);
      expect(found.length > 0).toBe(expected);
      // As long as any common run of words that begins with an n-gram's first place in the benchmark.
      for (const { words: length, from, to } of found) expect(wordsOf(row.slice(from, to))).toHaveLength(length);
    }),
    { numRuns: 2000, seed: 3 },
  );
});
