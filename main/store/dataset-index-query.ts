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
import { type Columns, dayMilliseconds, type LabelColumn, noDay, sortByKey } from "./dataset-index-columns.ts";
import { searchRows } from "./dataset-index-search.ts";

/** 1 for each row that matches. */
interface Matches {
  mask: Uint8Array;
  total: number;
}

const keptMatches = 4;
const shownLabels = 200;
const binCount = 40;

export function openQueries(db: Database, columns: Columns) {
  const stored = db.prepare<[number], { id: string; preview: string }>("SELECT id, preview FROM rows WHERE row = ?");
  const recent = new Map<string, Matches>();
  let lastPage: { key: string; rows: Uint32Array } | null = null;
  const edges = new Map<string, number[]>();

  /** Null: all rows. */
  function matches(filter: RowFilter): Matches | null {
    const conditions = conditionsOf(filter);
    if (conditions.length === 0 && filter.search.trim() === "") return null;
    const key = JSON.stringify(filter);
    const known = recent.get(key);
    if (known) return known;
    const mask = new Uint8Array(columns.rows);
    if (filter.search.trim() === "") mask.fill(1);
    else for (const row of searchRows(db, filter.search) ?? []) mask[row] = 1;
    for (const passes of conditions) for (let row = 0; row < mask.length; row++) if (mask[row] === 1 && !passes(row)) mask[row] = 0;
    let total = 0;
    for (let row = 0; row < mask.length; row++) total += mask[row];
    recent.set(key, { mask, total });
    if (recent.size > keptMatches) recent.delete(recent.keys().next().value!);
    return { mask, total };
  }

  function conditionsOf(filter: RowFilter): ((row: number) => boolean)[] {
    const conditions: ((row: number) => boolean)[] = [];
    for (const [name, wanted] of [
      ["source", filter.sources],
      ["category", filter.categories],
    ] as const) {
      if (wanted.length === 0) continue;
      const codes = columns.column(name);
      const passes = Uint8Array.from(columns.labels(name), (label) => (wanted.includes(label) ? 1 : 0));
      conditions.push((row) => passes[codes[row]] === 1);
    }
    for (const name of ["difficulty", "promptLength", "responseLength"] as const) {
      const range = filter[name];
      if (range === null || (range.min === null && range.max === null)) continue;
      const values = columns.column(name);
      const [min, max] = [range.min ?? Number.NEGATIVE_INFINITY, range.max ?? Number.POSITIVE_INFINITY];
      conditions.push((row) => values[row] >= min && values[row] <= max);
    }
    if (filter.dates) {
      const days = columns.column("date");
      const [from, to] = [filter.dates.from, filter.dates.to].map((day) => Date.parse(day) / dayMilliseconds);
      conditions.push((row) => days[row] !== noDay && days[row] >= from && days[row] < to);
    }
    if (filter.tests !== null) {
      const tests = columns.column("tests");
      const wanted = filter.tests;
      conditions.push((row) => tests[row] > 0 === wanted);
    }
    return conditions;
  }

  /** Row at a place of an order; those without a value come last. */
  function sequence(sort: RowOrder, descending: boolean): (place: number) => number {
    if (sort === "row") return (place) => (descending ? columns.rows - 1 - place : place);
    const { present, missing } = columns.order(sort);
    return (place) =>
      place >= present.length ? missing[place - present.length] : present[descending ? present.length - 1 - place : place];
  }

  function summary(row: number): ImportedRowSummary {
    const { id, preview } = stored.get(row)!;
    const difficulty = columns.column("difficulty")[row];
    const day = columns.column("date")[row];
    return {
      row,
      id,
      source: columns.labels("source")[columns.column("source")[row]],
      category: columns.labels("category")[columns.column("category")[row]],
      difficulty: Number.isNaN(difficulty) ? null : difficulty,
      date: day === noDay ? null : isoDay(day),
      preview,
      promptLength: columns.column("promptLength")[row],
      responseLength: columns.column("responseLength")[row],
      responses: columns.column("responses")[row],
      tests: columns.column("tests")[row],
      hasAnswer: columns.column("hasAnswer")[row] === 1,
    };
  }

  function page({ filter, sort, descending, offset, limit }: DatasetPageQuery): Page<ImportedRowSummary> {
    const found = matches(filter);
    const at = sequence(sort, descending);
    const total = found ? found.total : columns.rows;
    const count = Math.max(0, Math.min(limit, total - offset));
    if (!found) return { total, rows: Array.from({ length: count }, (_, i) => summary(at(offset + i))) };
    const key = JSON.stringify([filter, sort, descending]);
    if (lastPage?.key !== key) {
      const rows = new Uint32Array(total);
      for (let place = 0, next = 0; next < total; place++) {
        const row = at(place);
        if (found.mask[row] === 1) rows[next++] = row;
      }
      lastPage = { key, rows };
    }
    return { total, rows: Array.from(lastPage.rows.subarray(offset, offset + count), summary) };
  }

  function histogram({ column, filter }: DatasetHistogramQuery): DatasetHistogram {
    const mask = matches(filter)?.mask ?? null;
    return column === "source" || column === "category" ? labelHistogram(column, mask) : numberHistogram(column, mask);
  }

  function labelHistogram(name: LabelColumn, mask: Uint8Array | null): DatasetHistogram {
    const labels = columns.labels(name);
    const codes = columns.column(name);
    const counts = new Uint32Array(labels.length);
    const whole = new Uint32Array(labels.length); // decides which labels are shown, whatever the filter
    for (let row = 0; row < codes.length; row++) {
      whole[codes[row]]++;
      if (mask === null || mask[row] === 1) counts[codes[row]]++;
    }
    const shown = labels.map((_, code) => code).slice(1);
    shown.sort((a, b) => whole[b] - whole[a] || a - b);
    const others = shown.splice(shownLabels).reduce((sum, code) => sum + counts[code], 0);
    return { kind: "label", bins: shown.map((code) => ({ label: labels[code]!, count: counts[code] })), others, missing: counts[0] };
  }

  function numberHistogram(name: "promptLength" | "responseLength" | "difficulty" | "date", mask: Uint8Array | null): DatasetHistogram {
    const { present, missing } = columns.order(name);
    const values = columns.column(name);
    const from = edges.get(name) ?? binEdges(name, present, values);
    edges.set(name, from);
    const counts = new Uint32Array(Math.max(from.length - 1, 0));
    // Rows ascend by value, so that each bin begins where the last one ended.
    let bin = 0;
    for (const row of present) {
      while (bin < counts.length - 1 && values[row] >= from[bin + 1]) bin++;
      if (mask === null || mask[row] === 1) counts[bin]++;
    }
    let without = 0;
    for (const row of missing) if (mask === null || mask[row] === 1) without++;
    const scale = name === "date" ? dayMilliseconds : 1;
    const bins = Array.from(counts, (count, i) => ({ from: from[i] * scale, to: from[i + 1] * scale, count }));
    return { kind: name === "date" ? "date" : "number", bins, missing: without };
  }

  /** Rows in the file's order or in one drawn with the seed: the rows with the smallest hashes, so that more begin with fewer. */
  function select({ filter, order, seed, limit }: RowSelectionQuery): Uint32Array {
    const found = matches(filter);
    let rows = Uint32Array.from({ length: columns.rows }, (_, row) => row);
    if (found) rows = rows.filter((row) => found.mask[row] === 1);
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

export const isoDay = (day: number): string => new Date(day * dayMilliseconds).toISOString().slice(0, 10);

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

/** n + 1 edges of n bins over all rows: a bin for each value where there are few, else of one width. */
function binEdges(name: string, present: Uint32Array, values: ArrayLike<number>): number[] {
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
