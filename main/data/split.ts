// The one split: a problem's pool follows from a hash of its prompt, so it does not move when others are added or removed, and
// no prompt can be in two pools. GSM8K's test file goes to test only, and its train file never does.
import { createHash } from "node:crypto";
import type { DataConfig, Pool, Problem } from "../contract/dataset.ts";

/** A problem before it has an id and a pool. */
export type Draft = Omit<Problem, "id" | "pool"> & { id?: string; pool?: Pool };

/** In [0, 1), from the prompt alone and the split's seed. */
export function promptFraction(prompt: string, seed: number): number {
  return createHash("sha256").update(`split\u0000${seed}\u0000${prompt}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** The pool a prompt falls into, among those with a share. */
export function poolOf(prompt: string, shares: Partial<DataConfig["split"]>, seed: number): Pool {
  const entries = (Object.entries(shares) as [Pool, number][]).filter(([, share]) => share > 0);
  const total = entries.reduce((sum, [, share]) => sum + share, 0);
  if (entries.length === 0) throw new RangeError("No pool has a share above 0.");
  let left = promptFraction(prompt, seed) * total;
  for (const [pool, share] of entries) {
    left -= share;
    if (left < 0) return pool;
  }
  return entries[entries.length - 1][0];
}
