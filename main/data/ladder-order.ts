// Orders for nested sets: whatever prefix is taken, it is like the whole.
import type { Random } from "./random.ts";

/**
 * A random order of `items` (ascending by what is to be spread) whose every prefix is spread over them evenly: it takes from the lower
 * and the upper half in turns, from each in the order of its own halves, and so on (a scrambled van der Corput sequence). Each item is
 * first with the same probability, but for halves of odd counts.
 */
export function spreadOrder<T>(items: readonly T[], random: Random): T[] {
  if (items.length < 2) return items.slice();
  const odd = items.length % 2 === 1 && random.uniform() < 0.5 ? 1 : 0;
  const middle = (items.length >> 1) + odd;
  const halves = [spreadOrder(items.slice(0, middle), random), spreadOrder(items.slice(middle), random)];
  return interleave(random.uniform() < 0.5 ? halves : halves.reverse());
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

/**
 * Random orders of 0 … count-1, one after another, for items whose prefixes are taken: in each block of `count` orders every number comes
 * once at every place (a Latin square), so that the first of each order are as evenly spread as all. Each order by itself is a
 * uniformly random permutation.
 */
export function latinOrders(count: number, random: Random): () => number[] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  let block: number[][] = [];
  return () => {
    if (block.length === 0) {
      const places = random.shuffle(numbers);
      block = random.shuffle(numbers).map((offset) => places.map((place) => (place + offset) % count));
    }
    return block.pop()!;
  };
}
