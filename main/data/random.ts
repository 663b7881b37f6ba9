// Draws that data needs beyond the shared streams (analysis/random.ts). Streams are named by purpose and problem, so that
// what is drawn for one problem does not move when another is added.
import { type RandomStream, randomStream } from "../analysis/random.ts";

export type Random = RandomStream;
export const randomFrom = randomStream;

export const chance = (random: Random, probability: number): boolean => random.uniform() < probability;

/** One of the keys, with probability proportional to its weight; a key of weight 0 never. */
export function weighted<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const entries = (Object.entries(weights) as [K, number][]).filter(([, weight]) => weight > 0);
  let left = random.uniform() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  return entries[entries.length - 1][0];
}
