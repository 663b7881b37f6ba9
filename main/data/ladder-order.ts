// Orders for nested sets: whatever prefix is taken, its lengths are distributed like the whole's. Items are taken one after another, each
// the best of a few drawn at random, where best means that the taken ones' cumulative distribution stays nearest to the whole's (kernel
// herding over a random window; discrepancy grows hardly with the number taken, that of a plain random order with its root).
import type { Random } from "./random.ts";

/** Where cumulative distributions are compared, ascending, and how much each place counts. */
export interface LengthScale {
  edges: Float64Array;
  weights: Float64Array;
}

/** Choices at each step; more bring little. */
const window = 24;

/**
 * Edges at 31 quantiles, and in the upper tail ever finer. Each counts in equal parts (for Kolmogorov–Smirnov) and by the length up to
 * the next (for Wasserstein-1). `lengths` ascending, not empty.
 */
export function lengthScale(lengths: Float64Array): LengthScale {
  const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))];
  const shares = Array.from({ length: 31 }, (_, i) => (i + 1) / 32);
  for (let rest = 1 / 64; rest * lengths.length >= 1; rest /= 2) shares.push(1 - rest);
  const longest = lengths[lengths.length - 1];
  // At the longest every distribution is 1.
  const edges = Float64Array.from(new Set(shares.map(at))).filter((edge) => edge < longest);
  const range = longest - lengths[0];
  const weights = edges.map((edge, k) => 1 / edges.length + ((edges[k + 1] ?? longest) - edge) / range);
  return { edges, weights };
}

/** How many of the lengths are at each edge or below. */
export function countsBelow(lengths: readonly number[], { edges }: LengthScale): Float64Array {
  return edges.map((edge) => lengths.reduce((sum, length) => sum + Number(length <= edge), 0));
}

/** Indexes of items that each bring such counts. */
export function balancedOrder(counts: readonly Float64Array[], { weights }: LengthScale, random: Random): number[] {
  const mean = weights.map((_, k) => counts.reduce((sum, own) => sum + own[k], 0) / counts.length);
  const waiting = random.shuffle(counts.map((_, i) => i));
  const open = waiting.splice(0, window);
  waiting.reverse();
  const apart = new Float64Array(weights.length); // taken less expected
  return counts.map(() => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [place, item] of open.entries()) {
      let cost = 0;
      for (let k = 0; k < weights.length; k++) cost += weights[k] * (apart[k] + counts[item][k] - mean[k]) ** 2;
      if (cost < least) [best, least] = [place, cost];
    }
    const item = open[best];
    for (let k = 0; k < weights.length; k++) apart[k] += counts[item][k] - mean[k];
    const next = waiting.pop();
    if (next === undefined) open.splice(best, 1);
    else open[best] = next;
    return item;
  });
}

/**
 * For one item after another the order of its `size` lengths (place → index), so that over the items the first r of each are
 * distributed like all of each, for every r. Each time the choice is between a random order and its mirror (where that has the shortest
 * this has the longest): of many orders the best would have the middle lengths first too often, of these two no rank is preferred.
 */
export function balancedInnerOrders(size: number, scale: LengthScale, random: Random): (lengths: readonly number[]) => number[] {
  const { weights } = scale;
  const ranks = Array.from({ length: size }, (_, i) => i);
  const apart = Array.from({ length: size - 1 }, () => new Float64Array(weights.length)); // of the first r, r = 1 … size − 1
  return (lengths) => {
    const byLength = lengths.map((_, i) => i).sort((a, b) => lengths[a] - lengths[b] || a - b);
    const own = lengths.map((length) => countsBelow([length], scale));
    const all = countsBelow(lengths, scale);
    const visit = (order: readonly number[], use: (r: number, k: number, difference: number) => void) => {
      const first = new Float64Array(weights.length);
      for (const [r, index] of order.slice(0, -1).entries())
        for (let k = 0; k < weights.length; k++) {
          first[k] += own[index][k];
          use(r, k, first[k] - ((r + 1) / size) * all[k]);
        }
    };
    const cost = (order: readonly number[]) => {
      let sum = 0;
      visit(order, (r, k, difference) => {
        sum += weights[k] * ((apart[r][k] + difference) / (r + 1)) ** 2;
      });
      return sum;
    };
    const drawn = random.shuffle(ranks);
    const [one, mirror] = [drawn, drawn.map((rank) => size - 1 - rank)].map((order) => order.map((rank) => byLength[rank]));
    const order = cost(one) <= cost(mirror) ? one : mirror;
    visit(order, (r, k, difference) => {
      apart[r][k] += difference;
    });
    return order;
  };
}

/** Lists as one, each in its order, every prefix with its share of each list to within one item. */
export function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const total = lists.reduce((sum, { length }) => sum + length, 0);
  const taken = lists.map(() => 0);
  return Array.from({ length: total }, () => {
    // The one whose next item is due first: its middle of the stretch that belongs to it.
    let next = -1;
    let due = Number.POSITIVE_INFINITY;
    lists.forEach(({ length }, l) => {
      const when = taken[l] < length ? (taken[l] + 0.5) / length : Number.POSITIVE_INFINITY;
      if (when < due) [next, due] = [l, when];
    });
    return lists[next][taken[next]++];
  });
}
