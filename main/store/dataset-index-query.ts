// Questions to an index: which rows match a filter, a page of them in an order, how they are spread, a selection to train on.
import type { Database } from "better-sqlite3";
import type {
  DatasetHistogram,
  DatasetHistogramQuery,
  DatasetPageQuery,
  ImportedRowSummary,
  Page,
  RowFilter,
  RowOrder,
  RowSelectionQuery,
} from "../contract/index.ts";
import { type BinnedColumn, type Columns, dayMilliseconds, type LabelColumn, noDay } from "./dataset-index-columns.ts";
import { sortByKey } from "./dataset-index-orders.ts";
import { searchRows } from "./dataset-index-search.ts";

/** 1 for each row that matches. */
type Mask = Uint8Array;

const keptMasks = 6;
const shownLabels = 200;

interface StoredSummary {
  id: string;
  source: number;
  category: number;
  difficulty: number | null;
  date: string | null;
  preview: string;
  promptLength: number;
  responseLength: number;
  responses: number;
  tests: number;
  hasAnswer: number;
}

export function openQueries(db: Database, columns: Columns) {
  const stored = db.prepare<[number], StoredSummary>(
    `SELECT id, source, category, difficulty, date, preview, prompt_length AS promptLength, response_length AS responseLength, responses,
       tests, has_answer AS hasAnswer
     FROM rows WHERE row = ?`,
  );
  const masks = new Map<string, Mask>();
  let lastPage: { key: string; rows: Uint32Array } | null = null;

  /** What was asked last is kept: a search alone, and whole filters. */
  function kept(key: string, make: () => Mask): Mask {
    const mask = masks.get(key) ?? make();
    masks.delete(key);
    masks.set(key, mask);
    if (masks.size > keptMasks) masks.delete(masks.keys().next().value!);
    return mask;
  }

  const searched = (text: string): Mask =>
    kept(`search ${text}`, () => {
      const mask = new Uint8Array(columns.rows);
      for (const row of searchRows(db, text) ?? []) mask[row] = 1;
      return mask;
    });

  /** Null: all rows. */
  function matches(filter: RowFilter): Mask | null {
    const restrictions = restrictionsOf(columns, filter);
    const search = filter.search.trim();
    if (restrictions.length === 0) return search === "" ? null : searched(search);
    return kept(JSON.stringify(filter), () => {
      const mask = search === "" ? new Uint8Array(columns.rows).fill(1) : searched(search).slice();
      for (const restrict of restrictions) restrict(mask);
      return mask;
    });
  }

  /** Row at a place of an order; those without a value come last. */
  function sequence(sort: RowOrder, descending: boolean): (place: number) => number {
    if (sort === "row") return (place) => (descending ? columns.rows - 1 - place : place);
    const { rows, present } = columns.order(sort);
    return (place) => rows[descending && place < present ? present - 1 - place : place];
  }

  function summary(row: number): ImportedRowSummary {
    const { source, category, hasAnswer, ...rest } = stored.get(row)!;
    return {
      row,
      ...rest,
      source: columns.labels("source")[source],
      category: columns.labels("category")[category],
      hasAnswer: hasAnswer === 1,
    };
  }

  function page({ filter, sort, descending, offset, limit }: DatasetPageQuery): Page<ImportedRowSummary> {
    const mask = matches(filter);
    const at = sequence(sort, descending);
    if (!mask) {
      const count = Math.max(0, Math.min(limit, columns.rows - offset));
      return { total: columns.rows, rows: Array.from({ length: count }, (_, i) => summary(at(offset + i))) };
    }
    const key = JSON.stringify([filter, sort, descending]);
    if (lastPage?.key !== key) {
      const rows = new Uint32Array(count(mask));
      for (let place = 0, next = 0; next < rows.length; place++) {
        const row = at(place);
        if (mask[row] === 1) rows[next++] = row;
      }
      lastPage = { key, rows };
    }
    return { total: lastPage.rows.length, rows: Array.from(lastPage.rows.subarray(offset, offset + limit), summary) };
  }

  function histogram({ column, filter }: DatasetHistogramQuery): DatasetHistogram {
    const mask = matches(filter);
    return column === "source" || column === "category" ? labelHistogram(column, mask) : numberHistogram(column, mask);
  }

  function labelHistogram(name: LabelColumn, mask: Mask | null): DatasetHistogram {
    const labels = columns.labels(name);
    const codes = columns.values(name);
    const whole = counted(codes, null, labels.length); // decides which labels are shown, whatever the filter
    const counts = mask ? counted(codes, mask, labels.length) : whole;
    const shown = labels.map((_, code) => code).slice(1);
    shown.sort((a, b) => whole[b] - whole[a] || a - b);
    const others = shown.splice(shownLabels).reduce((sum, code) => sum + counts[code], 0);
    return { kind: "label", bins: shown.map((code) => ({ label: labels[code]!, count: counts[code] })), others, missing: counts[0] };
  }

  function numberHistogram(name: BinnedColumn, mask: Mask | null): DatasetHistogram {
    const { edges, ofRow } = columns.bins(name);
    const binned = Math.max(edges.length - 1, 0);
    const counts = counted(ofRow, mask, binned + 1);
    const scale = name === "date" ? dayMilliseconds : 1;
    const shown = Array.from({ length: binned }, (_, i) => ({ from: edges[i] * scale, to: edges[i + 1] * scale, count: counts[i] }));
    return { kind: name === "date" ? "date" : "number", bins: shown, missing: counts[binned] };
  }

  /** Rows in the file's order or in one drawn with the seed: the rows with the smallest hashes, so that more begin with fewer. */
  function select({ filter, order, seed, limit }: RowSelectionQuery): Uint32Array {
    const mask = matches(filter);
    let rows = new Uint32Array(mask ? count(mask) : columns.rows);
    for (let row = 0, next = 0; row < columns.rows; row++) if (mask === null || mask[row] === 1) rows[next++] = row;
    if (order === "random") {
      const hashes = new Uint32Array(columns.rows);
      for (const row of rows) hashes[row] = hash(row, seed);
      rows = sortByKey(rows, hashes) as typeof rows;
    }
    return limit === null ? rows : rows.slice(0, limit);
  }

  return { page, histogram, select };
}

export type Queries = ReturnType<typeof openQueries>;

// Plain loops over typed arrays: each row costs a nanosecond, where a function a row costs ten.

function count(mask: Mask): number {
  let total = 0;
  for (let row = 0; row < mask.length; row++) total += mask[row];
  return total;
}

function counted(codes: Uint32Array | Uint8Array, mask: Mask | null, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  if (mask) for (let row = 0; row < codes.length; row++) counts[codes[row]] += mask[row];
  else for (let row = 0; row < codes.length; row++) counts[codes[row]]++;
  return counts;
}

function keepLabels(mask: Mask, codes: Uint32Array, wanted: Uint8Array): void {
  for (let row = 0; row < mask.length; row++) mask[row] &= wanted[codes[row]];
}

/** NaN is in no range. */
function keepRange(mask: Mask, values: Uint32Array | Float64Array | Int32Array, min: number, max: number): void {
  for (let row = 0; row < mask.length; row++) if (!(values[row] >= min && values[row] <= max)) mask[row] = 0;
}

function restrictionsOf(columns: Columns, filter: RowFilter): ((mask: Mask) => void)[] {
  const restrictions: ((mask: Mask) => void)[] = [];
  for (const [name, labels] of [
    ["source", filter.sources],
    ["category", filter.categories],
  ] as const) {
    if (labels.length === 0) continue;
    const wanted = Uint8Array.from(columns.labels(name), (label) => (labels.includes(label) ? 1 : 0));
    restrictions.push((mask) => keepLabels(mask, columns.values(name), wanted));
  }
  for (const name of ["difficulty", "promptLength", "responseLength"] as const) {
    const { min = null, max = null } = filter[name] ?? {};
    if (min === null && max === null) continue;
    restrictions.push((mask) => keepRange(mask, columns.values(name), min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY));
  }
  if (filter.dates) {
    const [from, to] = [filter.dates.from, filter.dates.to].map((day) => Date.parse(day) / dayMilliseconds);
    restrictions.push((mask) => keepRange(mask, columns.values("date"), Math.max(from, noDay + 1), Math.ceil(to) - 1));
  }
  if (filter.tests !== null) {
    const [min, max] = filter.tests ? [1, Number.POSITIVE_INFINITY] : [0, 0];
    restrictions.push((mask) => keepRange(mask, columns.values("tests"), min, max));
  }
  return restrictions;
}

/** Two rounds of MurmurHash3's finaliser over row and seed. */
function hash(row: number, seed: number): number {
  let mixed = finalise(row ^ Math.imul(seed, 0x9e3779b1));
  mixed = finalise(mixed ^ seed);
  return mixed >>> 0;
}

function finalise(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
