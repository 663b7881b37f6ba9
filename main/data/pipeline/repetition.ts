// Whether a response loops: the same words over and over, as a model writes when it does not come to an end.
import { newWords, scanWords } from "./words.ts";

/** Ours. Tables of numbers and refrains repeat too, but not as long. */
export const loopRule = { longestPeriod: 64, repeats: 5, leastWords: 60 } as const;

export interface Loop {
  /** Code units of the text. */
  from: number;
  to: number;
  /** Words of what is repeated. */
  period: number;
}

const reused = newWords();

/** The first loop found, of the shortest period; null without one. Takes at most 64 comparisons a word. */
export function findLoop(text: string): Loop | null {
  scanWords(text, reused);
  const { hashes, starts, ends, count } = reused;
  for (let period = 1; period <= loopRule.longestPeriod; period++) {
    // So many words equal the one a period before: with the first period, the run is long enough.
    const needed = Math.max(loopRule.leastWords, loopRule.repeats * period) - period;
    if (needed + period > count) break;
    let run = 0;
    for (let i = period; i < count; i++) {
      run = hashes[i] === hashes[i - period] ? run + 1 : 0;
      if (run >= needed) return { from: starts[i - run - period + 1], to: ends[i], period };
    }
  }
  return null;
}
