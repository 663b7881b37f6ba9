// Correlations of short lists: ranks kept from before to after (Kendall), and what of a start goes with what RL gains (Spearman,
// Pearson). Null where one of the lists does not vary.
import { mean } from "./scores.ts";

/** Kendall's τ-b: (concordant − discordant) pairs over √((pairs − ties in a)(pairs − ties in b)). */
export function kendallTauB(a: readonly number[], b: readonly number[]): number | null {
  let [difference, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < i; j++) {
      const [signA, signB] = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])];
      difference += signA * signB;
      untiedA += Math.abs(signA);
      untiedB += Math.abs(signB);
    }
  return untiedA > 0 && untiedB > 0 ? difference / Math.sqrt(untiedA * untiedB) : null;
}

export function pearson(a: readonly number[], b: readonly number[]): number | null {
  const [centerA, centerB] = [mean(a), mean(b)];
  const sum = (of: (i: number) => number) => a.reduce((total, _, i) => total + of(i), 0);
  const scale = Math.sqrt(sum((i) => (a[i] - centerA) ** 2) * sum((i) => (b[i] - centerB) ** 2));
  // What is below a rounding of the values themselves is no variation.
  const size = Math.sqrt(sum((i) => a[i] ** 2) * sum((i) => b[i] ** 2));
  if (!(scale > 1e-14 * size)) return null;
  return Math.min(1, Math.max(-1, sum((i) => (a[i] - centerA) * (b[i] - centerB)) / scale));
}

/** Ranks from 1, ties sharing their mean rank. */
export function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Spearman's ρ: Pearson's correlation of the ranks. */
export const spearman = (a: readonly number[], b: readonly number[]): number | null => pearson(ranks(a), ranks(b));

const normal975 = 1.959963984540054;

/**
 * 95 % interval of a correlation by Fisher's z, tanh(atanh r ± 1.96 · √(factor / (n − 3))). `factor` 1 is Pearson's; for Spearman's
 * ρ 1 + ρ²/2 (Bonett and Wright 2000, https://doi.org/10.1007/BF02294183). Null below four pairs, where it says nothing; at |r| = 1
 * the formula would claim certainty, so there it is null as well.
 */
export function fisherInterval(r: number | null, n: number, of: "pearson" | "spearman"): { low: number; high: number } | null {
  if (r === null || n < 4 || Math.abs(r) > 1 - 1e-12) return null;
  const factor = of === "pearson" ? 1 : 1 + r ** 2 / 2;
  const half = normal975 * Math.sqrt(factor / (n - 3));
  return { low: Math.tanh(Math.atanh(r) - half), high: Math.tanh(Math.atanh(r) + half) };
}
