// Which texts share n words in a row with a test problem, and where. The problems' n-grams are in one table by a 32-bit rolling hash;
// what the hash finds is compared word by word, so nothing is taken for a match that is none, and nothing is missed.
//
// A problem of fewer than n words has no n-gram: a text matches it where it is the whole problem (ours: the paper does not say).
import { newWords, scanWords, type Words, wordAt } from "./words.ts";

export interface TestProblem {
  id: string;
  text: string;
}

export interface Benchmark {
  key: string;
  problems: readonly TestProblem[];
}

/** The longest span that a text shares with a benchmark. */
export interface Match {
  /** Index of the benchmark, and of the problem in it: the first that has the span's first n words found. */
  benchmark: number;
  problem: number;
  words: number;
  whole: boolean;
  /** Code units of the text, and of the problem's. */
  from: number;
  to: number;
  problemFrom: number;
  problemTo: number;
}

/** Odd, so that no word is lost by multiplying. */
const base = 0x9e3779b1 | 0;

interface IndexedProblem {
  benchmark: number;
  problem: number;
  /** Each word's number in `vocabulary`. */
  words: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
}

export class NgramIndex {
  readonly n: number;
  readonly benchmarks: readonly Benchmark[];
  /** By benchmark: problems of fewer than n words. */
  readonly shortProblems: number[];
  readonly #problems: IndexedProblem[] = [];
  readonly #vocabulary: string[] = [];
  /** By benchmark: the short problems' words, joined. */
  readonly #short: Map<string, number>[];
  /** base^(n-1): what the word that leaves was multiplied by. */
  readonly #leaving: number;
  /** Slots of the hash table, a power of 2: hash, and number of the n-gram + 1 (0: free). */
  #keys = new Int32Array(1 << 10);
  #slots = new Int32Array(1 << 10);
  #gramProblem = new Int32Array(1 << 9);
  #gramAt = new Int32Array(1 << 9);
  #grams = 0;
  readonly #words: Words = newWords();

  constructor(benchmarks: readonly Benchmark[], n: number) {
    this.n = n;
    this.benchmarks = benchmarks;
    this.shortProblems = benchmarks.map(() => 0);
    this.#short = benchmarks.map(() => new Map());
    let leaving = 1;
    for (let i = 1; i < n; i++) leaving = Math.imul(leaving, base);
    this.#leaving = leaving;
    const numbers = new Map<string, number>();
    benchmarks.forEach(({ problems }, benchmark) => {
      problems.forEach(({ text }, problem) => {
        this.#add(benchmark, problem, text, numbers);
      });
    });
  }

  /** Different n-grams of each benchmark, added up. */
  get grams(): number {
    return this.#grams;
  }

  /** One match a benchmark at most: its longest span, the first of equal ones. Empty where the text shares nothing. */
  matches(text: string): Match[] {
    const words = this.#words;
    scanWords(text, words);
    return words.count < this.n ? this.#wholeMatches(text, words) : this.#spans(text, words);
  }

  #add(benchmark: number, problem: number, text: string, numbers: Map<string, number>): void {
    const words = this.#words;
    scanWords(text, words);
    const { count } = words;
    if (count < this.n) {
      this.shortProblems[benchmark]++;
      const key = joined(text, words);
      if (count > 0 && !this.#short[benchmark].has(key)) this.#short[benchmark].set(key, problem);
      return;
    }
    const index = this.#problems.length;
    const numbered = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const word = wordAt(text, words, i);
      let number = numbers.get(word);
      if (number === undefined) {
        number = this.#vocabulary.push(word) - 1;
        numbers.set(word, number);
      }
      numbered[i] = number;
    }
    const indexed = { benchmark, problem, words: numbered, starts: words.starts.slice(0, count), ends: words.ends.slice(0, count) };
    this.#problems.push(indexed);
    let hash = this.#first(words.hashes);
    for (let at = 0; ; at++) {
      this.#insert(finished(hash), index, at);
      if (at + this.n === count) break;
      hash = this.#next(hash, words.hashes, at);
    }
  }

  #first(hashes: Int32Array): number {
    let hash = 0;
    for (let i = 0; i < this.n; i++) hash = (Math.imul(hash, base) + hashes[i]) | 0;
    return hash;
  }

  /** The hash of the n words after `at`, from the one of the n words at `at`. */
  #next(hash: number, hashes: Int32Array, at: number): number {
    return (Math.imul(hash - Math.imul(hashes[at], this.#leaving), base) + hashes[at + this.n]) | 0;
  }

  /** An n-gram is in the table once a benchmark. */
  #insert(hash: number, problem: number, at: number): void {
    if (2 * (this.#grams + 1) > this.#slots.length) this.#grow();
    const mask = this.#slots.length - 1;
    const own = this.#problems[problem];
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#keys[slot] !== hash) continue;
      const gram = this.#slots[slot] - 1;
      const other = this.#problems[this.#gramProblem[gram]];
      if (other.benchmark === own.benchmark && sameWords(own.words, at, other.words, this.#gramAt[gram], this.n)) return;
    }
    if (this.#grams === this.#gramAt.length) {
      this.#gramProblem = doubled(this.#gramProblem);
      this.#gramAt = doubled(this.#gramAt);
    }
    this.#gramProblem[this.#grams] = problem;
    this.#gramAt[this.#grams] = at;
    this.#keys[slot] = hash;
    this.#slots[slot] = ++this.#grams;
  }

  #grow(): void {
    const [keys, slots] = [this.#keys, this.#slots];
    this.#keys = new Int32Array(2 * keys.length);
    this.#slots = new Int32Array(2 * slots.length);
    const mask = this.#slots.length - 1;
    for (let old = 0; old < slots.length; old++) {
      if (slots[old] === 0) continue;
      let slot = keys[old] & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#keys[slot] = keys[old];
      this.#slots[slot] = slots[old];
    }
  }

  #wholeMatches(text: string, words: Words): Match[] {
    if (words.count === 0 || this.shortProblems.every((count) => count === 0)) return [];
    const key = joined(text, words);
    return this.#short.flatMap((short, benchmark) => {
      const problem = short.get(key);
      if (problem === undefined) return [];
      const theirs = newWords();
      scanWords(this.benchmarks[benchmark].problems[problem].text, theirs);
      const last = words.count - 1;
      const places = { from: words.starts[0], to: words.ends[last], problemFrom: theirs.starts[0], problemTo: theirs.ends[last] };
      return [{ benchmark, problem, words: words.count, whole: true, ...places }];
    });
  }

  #spans(text: string, words: Words): Match[] {
    const { hashes, count } = words;
    const [keys, slots, mask] = [this.#keys, this.#slots, this.#slots.length - 1];
    let found: Map<number, Span> | null = null;
    let hash = this.#first(hashes);
    for (let at = 0; ; at++) {
      const key = finished(hash);
      for (let slot = key & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
        if (keys[slot] !== key) continue;
        const gram = slots[slot] - 1;
        const problem = this.#problems[this.#gramProblem[gram]];
        const start = this.#gramAt[gram];
        if (!this.#equal(text, words, at, problem, start)) continue;
        found ??= new Map();
        const best = found.get(problem.benchmark);
        // Within the span that was found last there is nothing longer of the same problem in step with it.
        if (best && problem === best.lastProblem && start - at === best.lastShift && at < best.lastEnd) continue;
        let length = this.n;
        while (
          at + length < count &&
          start + length < problem.words.length &&
          this.#sameWord(text, words, at + length, problem, start + length)
        )
          length++;
        const last = { lastProblem: problem, lastShift: start - at, lastEnd: at + length };
        if (best && best.length >= length) Object.assign(best, last);
        else found.set(problem.benchmark, { at, start, length, problem, ...last });
      }
      if (at + this.n === count) break;
      hash = this.#next(hash, hashes, at);
    }
    if (found === null) return [];
    return [...found.values()]
      .sort((a, b) => a.problem.benchmark - b.problem.benchmark)
      .map(({ at, start, length, problem }) => ({
        benchmark: problem.benchmark,
        problem: problem.problem,
        words: length,
        whole: false,
        from: words.starts[at],
        to: words.ends[at + length - 1],
        problemFrom: problem.starts[start],
        problemTo: problem.ends[start + length - 1],
      }));
  }

  #equal(text: string, words: Words, at: number, problem: IndexedProblem, start: number): boolean {
    for (let i = 0; i < this.n; i++) if (!this.#sameWord(text, words, at + i, problem, start + i)) return false;
    return true;
  }

  #sameWord(text: string, words: Words, i: number, problem: IndexedProblem, j: number): boolean {
    return wordAt(text, words, i) === this.#vocabulary[problem.words[j]];
  }
}

interface Span {
  at: number;
  start: number;
  length: number;
  problem: IndexedProblem;
  lastProblem: IndexedProblem;
  lastShift: number;
  lastEnd: number;
}

/** MurmurHash3's mixer: the rolling hash's low bits depend on low bits alone. */
function finished(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function sameWords(a: Int32Array, i: number, b: Int32Array, j: number, n: number): boolean {
  for (let k = 0; k < n; k++) if (a[i + k] !== b[j + k]) return false;
  return true;
}

const joined = (text: string, words: Words): string => Array.from({ length: words.count }, (_, i) => wordAt(text, words, i)).join(" ");

function doubled(old: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * old.length);
  larger.set(old);
  return larger;
}
