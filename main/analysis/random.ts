// Seeded streams of random numbers. A stream is named by what it is for (seed, stage, step, problem, sample), so the same
// name gives the same numbers whatever ran before it, and a resumed run needs no saved generator state.
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in [low, high]. */
  integer(low: number, high: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** One element, uniformly. */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

export type SeedPart = string | number;

export function randomStream(...name: SeedPart[]): RandomStream {
  const generator = xoroshiro128plusFromState(hash128(name.join("\u0000")));
  const uniform = () => uniformFloat64(generator);
  const integer = (low: number, high: number) => uniformInt(generator, low, high);
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    pick: (items) => items[integer(0, items.length - 1)],
    shuffle: (items) => {
      const copy = items.slice();
      for (let i = copy.length - 1; i > 0; i--) {
        const j = integer(0, i);
        [copy[i], copy[j]] = [copy[j], copy[i]];
      }
      return copy;
    },
  };
}

/** Four 32-bit words from a name: four FNV-1a passes with different offsets, each finished by MurmurHash3's mixer. */
function hash128(text: string): [number, number, number, number] {
  const words = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((offset) => {
    let h = offset;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) | 0;
  });
  if (!words.some(Boolean)) words[0] = 1; // the all-zero state is the generator's one fixed point
  return words as [number, number, number, number];
}
