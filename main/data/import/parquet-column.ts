// One column of one row group, page by page: at most a page and what is left of the one before are in memory. Rows of a nested
// column may go on from one page into the next, so its last row is complete only when another begins or the column ends.
import type { DecodedArray } from "hyparquet";
import { getMaxRepetitionLevel } from "hyparquet/src/schema.js";
import type { FileReader } from "../../formats/file-reader.ts";
import { decodeData, decodeDictionary, type Leaf, loadPage, pageBudget, valueWeight } from "./parquet-page.ts";

/** What the pages in memory hold. */
export interface Held {
  values: number;
  bytes: number;
}

export class ParquetColumn {
  readonly leaf: Leaf;
  readonly held: Held = { values: 0, bytes: 0 };
  private readonly file: FileReader;
  private readonly nested: boolean;
  private dictionary: DecodedArray | undefined;
  private dictionaryHeld: Held = { values: 0, bytes: 0 };
  /** Row in the group of rows[0]. */
  private first = 0;
  private rows: DecodedArray = [];
  private at: number;
  private readonly onPage: ((row: number, at: number) => void) | undefined;

  /** `onPage` is told where pages begin that a later reader may begin with: its first row, its byte. */
  constructor(file: FileReader, leaf: Leaf, onPage?: (row: number, at: number) => void) {
    this.file = file;
    this.leaf = leaf;
    this.nested = getMaxRepetitionLevel(leaf.path) > 0;
    this.at = leaf.start;
    this.onPage = onPage;
  }

  /** Rows from `row` that are in memory and complete; more are read if there are none. */
  available(row: number): number {
    if (row < this.first) throw new Error("rows are taken in order");
    while (this.end() <= row) {
      if (this.at >= this.leaf.end)
        throw new Error(`${this.leaf.meta.path_in_schema.join(".")} ends at row ${this.end() + 1} of its group`);
      this.readPage(row);
    }
    return this.end() - row;
  }

  /** Of rows that are available. */
  take(row: number, count: number): unknown[] {
    return Array.from(this.rows.slice(row - this.first, row - this.first + count) as ArrayLike<unknown>);
  }

  /** Whether `row` is in memory or ahead: else a reader has to begin again. */
  reaches(row: number): boolean {
    return row >= this.first;
  }

  /** Goes to a page that `onPage` told of, if that is nearer than where the column is now. */
  skipTo(row: number, at: number): void {
    if (row < this.end()) return;
    if (this.at === this.leaf.start && at > this.at) this.readDictionary();
    this.rows = [];
    this.first = row;
    this.at = at;
  }

  private end(): number {
    return this.first + this.rows.length - (this.nested && this.at < this.leaf.end && this.rows.length > 0 ? 1 : 0);
  }

  private readDictionary(): void {
    const page = loadPage(this.file, this.leaf, this.at);
    if (page.kind !== "dictionary") return;
    this.dictionaryHeld = { values: page.values, bytes: page.bytes.length };
    this.hold(0, 0);
    this.dictionary = decodeDictionary(this.leaf, page);
    this.at = page.next;
  }

  private hold(values: number, bytes: number): void {
    this.held.values = values + this.dictionaryHeld.values;
    this.held.bytes = bytes + this.dictionaryHeld.bytes;
    if (this.held.values > pageBudget.values || this.held.bytes > pageBudget.bytes)
      throw new Error(`${this.leaf.meta.path_in_schema.join(".")} needs too much memory at once: write the file with smaller row groups`);
  }

  private readPage(wanted: number): void {
    if (this.at === this.leaf.start) this.readDictionary();
    if (this.at >= this.leaf.end) return;
    const begin = this.at;
    const page = loadPage(this.file, this.leaf, begin);
    if (page.kind === "dictionary") throw new Error(`${this.leaf.meta.path_in_schema.join(".")} has a second dictionary`);
    // Of a nested column the last row may go on; of a flat one nothing is left over.
    const kept = this.nested ? this.rows.slice(Math.min(wanted - this.first, Math.max(this.rows.length - 1, 0))) : [];
    this.first += this.rows.length - kept.length;
    const before = kept.length;
    this.hold((page.values + before) * valueWeight(this.leaf), page.bytes.length);
    const continues = this.nested && page.continues;
    if (!continues) this.onPage?.(this.first + before, begin);
    else if (before === 0) throw new Error(`${this.leaf.meta.path_in_schema.join(".")} begins in the middle of a row`);
    this.rows = decodeData(this.leaf, page, this.dictionary, before > 0 ? kept : undefined);
    this.at = page.next;
  }
}
