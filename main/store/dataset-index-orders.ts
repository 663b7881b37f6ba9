// Made once, when all rows are in the index: their order by each column, and the bins that histograms count them in.
import {
  type BinnedColumn,
  type Bins,
  type Columns,
  noDay,
  type Order,
  type SortColumn,
  type ValueColumn,
} from "./dataset-index-columns.ts";

const binCount = 40;

/** By a column of values; ids are ordered by SQLite. */
export function makeOrder(columns: Columns, by: Exclude<SortColumn, "id">): Order {
  const { rows } = columns;
  const absent = new Uint8Array(rows);
  const key = new Uint32Array(rows);
  if (by === "difficulty") {
    // 64-bit floats as two whole numbers in the same order: negative ones have all bits turned, the others the sign alone.
    const values = columns.values("difficulty");
    const words = new Uint32Array(values.buffer); // little-endian, as all machines we run on
    const low = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) {
      const top = words[2 * row + 1];
      const turned = top >>> 31 === 1 ? 0xffffffff : 0;
      low[row] = words[2 * row] ^ turned;
      key[row] = top ^ (turned === 0 ? 0x80000000 : turned);
      absent[row] = Number.isNaN(values[row]) ? 1 : 0;
    }
    return split(absent, [low, key]);
  }
  if (by === "date") {
    const days = columns.values("date");
    for (let row = 0; row < rows; row++) {
      key[row] = days[row] ^ 0x80000000;
      absent[row] = days[row] === noDay ? 1 : 0;
    }
    return split(absent, [key]);
  }
  if (by === "source" || by === "category") {
    const codes = columns.values(by);
    const ranks = ranksOf(columns.labels(by));
    for (let row = 0; row < rows; row++) {
      key[row] = ranks[codes[row]];
      absent[row] = codes[row] === 0 ? 1 : 0;
    }
    return split(absent, [key]);
  }
  return split(absent, [columns.values(by)]);
}

/** Place of each code's label in alphabetical order. */
function ranksOf(labels: readonly (string | null)[]): Uint32Array {
  const codes = labels.map((_, code) => code).slice(1);
  codes.sort((a, b) => (labels[a]! < labels[b]! ? -1 : labels[a]! > labels[b]! ? 1 : 0));
  const ranks = new Uint32Array(labels.length);
  codes.forEach((code, rank) => {
    ranks[code] = rank;
  });
  return ranks;
}

/** Sorts by keys, the least significant first; rows without a value stay in their own order behind the others. */
function split(absent: Uint8Array, keys: readonly Uint32Array[]): Order {
  const rows = new Uint32Array(absent.length);
  let present = 0;
  for (let row = 0; row < rows.length; row++) if (absent[row] === 0) rows[present++] = row;
  for (let row = 0, next = present; row < rows.length; row++) if (absent[row] === 1) rows[next++] = row;
  rows.set(keys.reduce(sortByKey, rows.slice(0, present)));
  return { rows, present };
}

/** Radix sort, 16 bits at a time: rows of equal keys keep their order. */
export function sortByKey(order: Uint32Array, key: Uint32Array): Uint32Array {
  let from = order;
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(1 << 16);
    for (let i = 0; i < from.length; i++) starts[(key[from[i]] >>> shift) & 0xffff]++;
    if (from.length > 0 && starts[(key[from[0]] >>> shift) & 0xffff] === from.length) continue; // all the same
    let sum = 0;
    for (let digit = 0; digit < starts.length; digit++) {
      const count = starts[digit];
      starts[digit] = sum;
      sum += count;
    }
    const to = new Uint32Array(from.length);
    for (let i = 0; i < from.length; i++) to[starts[(key[from[i]] >>> shift) & 0xffff]++] = from[i];
    from = to;
  }
  return from;
}

export function makeBins(columns: Columns, name: BinnedColumn): Bins {
  const { rows, present } = columns.order(name);
  const values = columns.values(name);
  const edges = binEdges(name, rows.subarray(0, present), values);
  const last = Math.max(edges.length - 2, 0);
  const ofRow = new Uint8Array(rows.length).fill(Math.max(edges.length - 1, 0));
  // Rows ascend by value, so that each bin begins where the last one ended.
  let bin = 0;
  for (let place = 0; place < present; place++) {
    const row = rows[place];
    while (bin < last && values[row] >= edges[bin + 1]) bin++;
    ofRow[row] = bin;
  }
  return { edges, ofRow };
}

/** n + 1 edges of n bins over all rows: a bin for each value of a difficulty that has few, else bins of one width. */
function binEdges(name: ValueColumn, present: Uint32Array, values: ArrayLike<number>): number[] {
  if (present.length === 0) return [];
  const at = (share: number) => values[present[Math.floor(share * (present.length - 1))]];
  const [first, last] = [at(0), at(1)];
  if (name === "difficulty") {
    const distinct: number[] = [];
    for (const row of present) {
      if (values[row] !== distinct[distinct.length - 1]) distinct.push(values[row]);
      if (distinct.length > binCount) break;
    }
    if (distinct.length <= binCount) return [...distinct, last];
    return Array.from({ length: binCount + 1 }, (_, i) => first + ((last - first) * i) / binCount);
  }
  // The longest hundredth goes into the last bin: it would squeeze the others into one.
  const top = name === "date" ? last : at(0.99);
  const width = niceWidth((top - first + 1) / binCount);
  const start = Math.floor(first / width) * width;
  const bins = Math.max(1, Math.ceil((top + 1 - start) / width));
  return [...Array.from({ length: bins }, (_, i) => start + i * width), Math.max(start + bins * width, last + 1)];
}

/** 1, 2 or 5 times a power of ten. */
function niceWidth(width: number): number {
  if (width <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(width));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= width)!;
}
