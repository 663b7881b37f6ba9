// The columns by which an imported dataset is filtered, sorted and counted: one number a row, kept in the index as pieces of typed
// arrays and read whole into memory when first needed. A million rows of one column are 4 MB and are gone through in a
// millisecond, so that any filter and order is answered without an index for each combination of them.
import type { Database } from "better-sqlite3";
import type { RowOrder } from "../contract/imported-dataset.ts";

const arrays = {
  promptLength: Uint32Array,
  responseLength: Uint32Array,
  responses: Uint32Array,
  tests: Uint32Array,
  /** NaN: none. */
  difficulty: Float64Array,
  /** Days since 1970; noDay: none. */
  date: Int32Array,
  /** Code of a label; 0: none. */
  source: Uint32Array,
  category: Uint32Array,
  /** Rows in the order of their ids. */
  byId: Uint32Array,
} as const;

export type ColumnName = keyof typeof arrays;
export type ColumnArray<Name extends ColumnName> = InstanceType<(typeof arrays)[Name]>;
export type LabelColumn = "source" | "category";

export const columnNames = Object.keys(arrays) as ColumnName[];
export const noDay = -(2 ** 31);
export const dayMilliseconds = 86_400_000;

/** Rows a piece holds, but the last. */
export const pieceRows = 1 << 16;

export const newPiece = <Name extends ColumnName>(name: Name): ColumnArray<Name> => new arrays[name](pieceRows) as ColumnArray<Name>;

/** Rows that have a value, ascending by it and then by row; and those without one. */
export interface Order {
  present: Uint32Array;
  missing: Uint32Array;
}

export interface Columns {
  rows: number;
  column<Name extends ColumnName>(name: Name): ColumnArray<Name>;
  /** Labels by code; code 0 is no label. */
  labels(name: LabelColumn): (string | null)[];
  order(by: Exclude<RowOrder, "row">): Order;
}

export function openColumns(db: Database, rows: number): Columns {
  const pieces = db.prepare<[string], { data: Buffer }>("SELECT data FROM columns WHERE name = ? ORDER BY piece");
  const allLabels = db.prepare<[string], { label: string }>("SELECT label FROM labels WHERE name = ? ORDER BY code");
  const columns = new Map<ColumnName, ArrayLike<number>>();
  const labels = new Map<LabelColumn, (string | null)[]>();
  const orders = new Map<RowOrder, Order>();

  function column<Name extends ColumnName>(name: Name): ColumnArray<Name> {
    const known = columns.get(name);
    if (known) return known as ColumnArray<Name>;
    const whole = new arrays[name](rows);
    const bytes = Buffer.from(whole.buffer);
    let at = 0;
    for (const { data } of pieces.iterate(name)) at += data.copy(bytes, at);
    if (at !== bytes.length)
      throw Object.assign(new Error(`column ${name} has ${at} of ${bytes.length} bytes`), { code: "SQLITE_CORRUPT" });
    columns.set(name, whole);
    return whole as ColumnArray<Name>;
  }

  function labelsOf(name: LabelColumn): (string | null)[] {
    const known = labels.get(name) ?? [null, ...allLabels.all(name).map(({ label }) => label)];
    labels.set(name, known);
    return known;
  }

  function makeOrder(by: Exclude<RowOrder, "row">): Order {
    if (by === "id") return { present: column("byId"), missing: new Uint32Array(0) };
    const absent = new Uint8Array(rows);
    const key = new Uint32Array(rows);
    if (by === "difficulty") {
      // 64-bit floats as two whole numbers in the same order: negative ones have all bits turned, the others the sign alone.
      const values = column("difficulty");
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
      const days = column("date");
      for (let row = 0; row < rows; row++) {
        key[row] = days[row] ^ 0x80000000;
        absent[row] = days[row] === noDay ? 1 : 0;
      }
      return split(absent, [key]);
    }
    if (by === "source" || by === "category") {
      const codes = column(by);
      const ranks = ranksOf(labelsOf(by));
      for (let row = 0; row < rows; row++) {
        key[row] = ranks[codes[row]];
        absent[row] = codes[row] === 0 ? 1 : 0;
      }
      return split(absent, [key]);
    }
    return split(absent, [column(by)]);
  }

  return {
    rows,
    column,
    labels: labelsOf,
    order(by) {
      const order = orders.get(by) ?? makeOrder(by);
      orders.set(by, order);
      return order;
    },
  };
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

/** Sorts by keys, the least significant first. */
function split(absent: Uint8Array, keys: readonly Uint32Array[]): Order {
  const present = new Uint32Array(absent.length);
  const missing = new Uint32Array(absent.length);
  let found = 0;
  for (let row = 0; row < absent.length; row++) {
    if (absent[row] === 0) present[found++] = row;
    else missing[row - found] = row;
  }
  return { present: keys.reduce(sortByKey, present.slice(0, found)), missing: missing.slice(0, absent.length - found) };
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
