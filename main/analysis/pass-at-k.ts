// pass@k: the chance that at least one of k samples is right, estimated from n ≥ k samples without bias,
// 1 − C(n−c, k)/C(n, k) (Chen et al. 2021, https://arxiv.org/abs/2107.03374, eq. 1). The paper instead draws k of its samples
// 100 times and averages: the same expectation, with noise of its own.
import { randomStream, type SeedPart } from "./random.ts";
import { mean, type Scores } from "./scores.ts";

/** n samples, c of them right; 1 ≤ k ≤ n. */
export function passAtK(n: number, c: number, k: number): number {
  if (!(Number.isInteger(k) && k >= 1 && k <= n && c >= 0 && c <= n)) throw new RangeError(`pass@${k} of ${c} right in ${n} samples.`);
  let allWrong = 1;
  for (let i = 0; i < k; i++) allWrong *= Math.max(0, n - c - i) / (n - i);
  return 1 - allWrong;
}

/** Mean over problems. */
export function meanPassAtK(scores: Scores, k: number): number {
  return mean(scores.problems.map(({ rewards }) => passAtK(rewards.length, rewards.filter((reward) => reward === 1).length, k)));
}

/** The paper's way: k of each problem's samples, drawn without replacement, `repeats` times, averaged. */
export function resampledPassAtK(scores: Scores, k: number, seed: SeedPart[], repeats = 100): number {
  if (!(Number.isInteger(k) && k >= 1 && k <= scores.samplesPerProblem))
    throw new RangeError(`pass@${k} of ${scores.samplesPerProblem} samples.`);
  const random = randomStream(...seed, "resampled-pass-at-k", k);
  let solved = 0;
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const { rewards } of scores.problems) if (random.shuffle(rewards).slice(0, k).includes(1)) solved++;
  return solved / (repeats * scores.problems.length);
}

/** 1, 2, 4, … up to n, n itself included. */
export function defaultKs(n: number): number[] {
  const ks: number[] = [];
  for (let k = 1; k < n; k *= 2) ks.push(k);
  return [...ks, n];
}
