// Histograms of lengths, filled one value at a time, whose bins are the same for whatever is put in: before and after can be laid over
// one another.
import type { LengthHistogram } from "../../contract/pipeline.ts";

/** 0, 1, 2, 3, 4, 6, 8, 11, 16 …: powers of √2, rounded, up to 2^40. */
const edges: readonly number[] = [0, 1, ...Array.from({ length: 79 }, (_, k) => Math.round(2 ** ((k + 2) / 2)))];

/** The bin that holds a length: the last whose edge is not above it. */
export function binOf(length: number): number {
  let bin = length < 1 ? 0 : Math.min(edges.length - 1, Math.max(1, Math.floor(2 * Math.log2(length))));
  while (bin + 1 < edges.length && edges[bin + 1] <= length) bin++;
  while (bin > 0 && edges[bin] > length) bin--;
  return bin;
}

export class LengthCounter {
  readonly #unit: LengthHistogram["unit"];
  readonly #counts = new Float64Array(edges.length);
  #count = 0;
  #sum = 0;
  #max = 0;

  constructor(unit: LengthHistogram["unit"]) {
    this.#unit = unit;
  }

  add(length: number): void {
    this.#counts[binOf(length)]++;
    this.#count++;
    this.#sum += length;
    this.#max = Math.max(this.#max, length);
  }

  histogram(): LengthHistogram {
    const filled = [...this.#counts.keys()].filter((bin) => this.#counts[bin] > 0);
    const first = filled[0] ?? 0;
    const last = filled[filled.length - 1] ?? -1;
    const bins = Array.from({ length: last - first + 1 }, (_, i) => {
      const bin = first + i;
      return { from: edges[bin], to: edges[bin + 1] ?? Number.MAX_SAFE_INTEGER, count: this.#counts[bin] };
    });
    const none = this.#count === 0;
    return { unit: this.#unit, count: this.#count, mean: none ? null : this.#sum / this.#count, max: none ? null : this.#max, bins };
  }
}
