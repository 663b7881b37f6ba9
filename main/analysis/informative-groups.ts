// How many groups of rollouts would teach something, before RL: those that hold right and wrong ones. Where their expected share is
// highest over several temperatures, within a standard error, is the model's own band of entropy, where RL has most to learn from. The
// band is ours; the paper has its line at 0.3 nats.
import type { Sample } from "../contract/rollout.ts";
import type { TemperatureResult } from "../contract/run.ts";
import { sampleVariance } from "./intervals.ts";
import { passAtK } from "./pass-at-k.ts";
import { mean } from "./scores.ts";

export function byProblem<One extends Pick<Sample, "problemId">>(samples: readonly One[]): One[][] {
  const groups = new Map<string, One[]>();
  for (const sample of samples) {
    const group = groups.get(sample.problemId);
    if (group) group.push(sample);
    else groups.set(sample.problemId, [sample]);
  }
  return [...groups.values()];
}

/**
 * Expected share of groups of G that hold right and wrong rollouts, with its standard error over problems. From n ≥ G samples of a
 * problem, c of them right, without bias: 1 − C(c, G)/C(n, G) − C(n − c, G)/C(n, G) (pass@k twice). With fewer samples no unbiased
 * estimate exists; then the problems' chances are taken to follow a beta distribution with the samples' mean and variance (ours), whose
 * share is 1 − Π (a + i)/(a + b + i) − Π (b + i)/(a + b + i) over i < G, and the error is the jackknife's.
 */
export function informativeGroups(
  samples: readonly Pick<Sample, "problemId" | "reward">[],
  groupSize: number,
): { informative: number; informativeError: number | undefined } {
  const counts = byProblem(samples).map((group) => ({ n: group.length, right: group.filter(({ reward }) => reward === 1).length }));
  if (counts.every(({ n }) => n >= groupSize)) {
    const shares = counts.map(({ n, right }) => passAtK(n, right, groupSize) + passAtK(n, n - right, groupSize) - 1);
    const informativeError = shares.length > 1 ? Math.sqrt(sampleVariance(shares) / shares.length) : undefined;
    return { informative: mean(shares), informativeError };
  }
  const informative = betaShare(counts, groupSize);
  if (counts.length < 3) return { informative, informativeError: undefined };
  const without = counts.map((_, i) => betaShare(counts.filter((_, j) => j !== i), groupSize)); // biome-ignore format: one thought
  const center = mean(without);
  const spread = without.reduce((sum, share) => sum + (share - center) ** 2, 0);
  return { informative, informativeError: Math.sqrt(((counts.length - 1) / counts.length) * spread) };
}

/** Expected share of groups of G with both right and wrong rollouts, from rates of right samples that are taken to be beta-distributed. */
export function betaShare(counts: readonly { n: number; right: number }[], groupSize: number): number {
  const m = mean(counts.map(({ n, right }) => right / n));
  const v = mean(counts.map(({ n, right }) => (n > 1 ? (right * (right - 1)) / (n * (n - 1)) : (right / n) ** 2))) - m * m;
  if (m <= 0 || m >= 1 || v >= m * (1 - m)) return 0; // all alike, or each problem solved always or never
  if (v <= 0) return 1 - m ** groupSize - (1 - m) ** groupSize; // one chance for all
  const k = (m * (1 - m)) / v - 1;
  const all = (a: number) => Array.from({ length: groupSize }, (_, i) => (a + i) / (k + i)).reduce((product, each) => product * each, 1);
  return 1 - all(m * k) - all((1 - m) * k);
}

/** Entropies of the candidates whose informative share is within a standard error of the best; null where it was not estimated. */
export function bandOf(candidates: TemperatureResult["candidates"]): { low: number; high: number } | null {
  const known = candidates.flatMap(({ entropy, informative, informativeError }) => (informative === undefined ? [] : [{ entropy, informative, error: informativeError ?? 0 }])); // biome-ignore format: one thought
  if (known.length < 2) return null; // one temperature is no band
  const best = known.reduce((a, b) => (b.informative > a.informative ? b : a));
  const within = known.filter(({ informative }) => informative >= best.informative - best.error).map(({ entropy }) => entropy);
  return { low: Math.min(...within), high: Math.max(...within) };
}
