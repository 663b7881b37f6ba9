// The columns by which an imported dataset is filtered, sorted and counted: one number a row, kept in the index as pieces of typed
// arrays and read whole into memory when first needed. A million rows of one column are 4 MB and are gone through in a
// millisecond, so that any filter, order and histogram is answered without an index for each combination of them.
import type { Database } from "better-sqlite3";
import type { RowOrder } from "../contract/imported-dataset.ts";

export type LabelColumn = "source" | "category";
export type BinnedColumn = "promptLength" | "responseLength" | "difficulty" | "date";
/** What rows are sorted by, but their own order. */
export type SortColumn = Exclude<RowOrder, "row">;

/** One value a row. */
const values = {
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
} as const;

export type ValueColumn = keyof typeof values;
export type Values<Name extends ValueColumn> = InstanceType<(typeof values)[Name]>;

export const valueColumns = Object.keys(values) as ValueColumn[];
export const noDay = -(2 ** 31);
export const dayMilliseconds = 86_400_000;

/** Rows of one piece, but the last. */
export const pieceRows = 1 << 16;

export const newPiece = <Name extends ValueColumn>(name: Name): Values<Name> => new values[name](pieceRows) as Values<Name>;

/** All rows, ascending by a value and then by row; the ones from `present` on have no value. */
export interface Order {
  rows: Uint32Array;
  present: number;
}

/** The bin of each row; rows without a value are in the one past the last. Bin i is from edges[i] to edges[i + 1]. */
export interface Bins {
  edges: number[];
  ofRow: Uint8Array;
}

export const columnTables = `
  CREATE TABLE columns (name TEXT NOT NULL, piece INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (name, piece));
  CREATE TABLE labels (name TEXT NOT NULL, code INTEGER NOT NULL, label TEXT NOT NULL, PRIMARY KEY (name, code)) WITHOUT ROWID;
  CREATE TABLE orders (name TEXT PRIMARY KEY, present INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE bins (name TEXT PRIMARY KEY, edges TEXT NOT NULL) WITHOUT ROWID;
`;

export interface Columns {
  rows: number;
  values<Name extends ValueColumn>(name: Name): Values<Name>;
  /** Labels by code; code 0 is no label. */
  labels(name: LabelColumn): (string | null)[];
  order(by: SortColumn): Order;
  bins(name: BinnedColumn): Bins;
}

const orderName = (by: SortColumn) => `by ${by}`;
const binsName = (name: BinnedColumn) => `bin of ${name}`;

export function openColumns(db: Database, rows: number): Columns {
  const pieces = db.prepare<[string], { data: Buffer }>("SELECT data FROM columns WHERE name = ? ORDER BY piece");
  const allLabels = db.prepare<[string], { label: string }>("SELECT label FROM labels WHERE name = ? ORDER BY code");
  const presentIn = db.prepare<[string], { present: number }>("SELECT present FROM orders WHERE name = ?");
  const edgesOf = db.prepare<[string], { edges: string }>("SELECT edges FROM bins WHERE name = ?");
  const kept = new Map<string, unknown>();

  function once<Value>(key: string, read: () => Value): Value {
    if (!kept.has(key)) kept.set(key, read());
    return kept.get(key) as Value;
  }
  function fill<Values extends Uint8Array | Uint32Array | Int32Array | Float64Array>(name: string, whole: Values): Values {
    const bytes = Buffer.from(whole.buffer);
    let at = 0;
    for (const { data } of pieces.iterate(name)) at += data.copy(bytes, at);
    if (at !== bytes.length)
      throw Object.assign(new Error(`column ${name} has ${at} of ${bytes.length} bytes`), { code: "SQLITE_CORRUPT" });
    return whole;
  }

  return {
    rows,
    values: (name) => once(name, () => fill(name, new values[name](rows))) as Values<typeof name>,
    labels: (name) => once(`labels of ${name}`, () => [null, ...allLabels.all(name).map(({ label }) => label)]),
    order: (by) => once(orderName(by), () => ({ rows: fill(orderName(by), new Uint32Array(rows)), present: presentIn.get(by)!.present })),
    bins: (name) =>
      once(binsName(name), () => ({ edges: JSON.parse(edgesOf.get(name)!.edges), ofRow: fill(binsName(name), new Uint8Array(rows)) })),
  };
}

/** For the writer: a column, an order or bins, each stored once. */
export function columnStore(db: Database) {
  const insertPiece = db.prepare("INSERT INTO columns (name, piece, data) VALUES (?, ?, ?)");
  const insertOrder = db.prepare("INSERT INTO orders (name, present) VALUES (?, ?)");
  const insertBins = db.prepare("INSERT INTO bins (name, edges) VALUES (?, ?)");
  const put = (name: string, piece: number, part: Uint8Array | Uint32Array | Int32Array | Float64Array) =>
    void insertPiece.run(name, piece, Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  const putWhole = (name: string, whole: Uint8Array | Uint32Array) => {
    for (let at = 0; at < whole.length; at += pieceRows) put(name, at / pieceRows, whole.subarray(at, at + pieceRows));
  };
  return {
    putPiece: (name: ValueColumn, piece: number, part: Values<ValueColumn>) => put(name, piece, part),
    putOrder(by: SortColumn, { rows, present }: Order): void {
      insertOrder.run(by, present);
      putWhole(orderName(by), rows);
    },
    putBins(name: BinnedColumn, { edges, ofRow }: Bins): void {
      insertBins.run(name, JSON.stringify(edges));
      putWhole(binsName(name), ofRow);
    },
  };
}
