// Rows of an imported dataset read whole, from the file they are in. A file that changed since it was imported is not read: the
// positions may point anywhere in it, and what is trained on would not be the version that runs record.
import { statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { HeadstartError, type ImportedDataset, type ImportedRow } from "../contract/index.ts";
import { openRows } from "../data/import/file-format.ts";
import { mapRow } from "../data/import/map-row.ts";
import { type Position, RowError, type RowReader } from "../data/import/row-reader.ts";
import { columnsOf } from "../data/import/shapes.ts";

/** Characters of rows that one answer holds at most, but for a single longer row. */
const maxCharacters = 32 << 20;

interface StoredRow extends Position {
  line: number;
  id: string;
}

export interface RowFile {
  row(row: number): ImportedRow;
  /** Of these rows as many of the first ones as fit into one answer, at least one. */
  rows(rows: readonly number[]): ImportedRow[];
  close(): void;
}

/** `dataset` is asked each time: importing the file again unchanged renews where it is and when it was changed. */
export function openRowFile(db: Database, dataset: () => ImportedDataset): RowFile {
  const stored = db.prepare<[number], StoredRow>("SELECT line, at, length, id FROM rows WHERE row = ?");
  const pageBefore = db.prepare<[number, string, number], { row: number; at: number }>(
    "SELECT row, at FROM pages WHERE row_group = ? AND column = ? AND row <= ? ORDER BY row DESC LIMIT 1",
  );
  const pageStarts = { add: () => {}, before: (group: number, column: string, row: number) => pageBefore.get(group, column, row) ?? null };
  let open: { path: string; modified: number; reader: RowReader } | null = null;

  function readerOf({ path, bytes, modifiedMilliseconds, format, delimiter, mapping, id }: ImportedDataset): RowReader {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.size !== bytes || found.mtimeMs !== modifiedMilliseconds)
      throw new HeadstartError({
        code: "file-changed",
        where: `dataset ${id}`,
        message: `The file ${path} ${found ? "has changed since it was imported" : "is gone"}.`,
        hint: found ? "Import it again: it becomes the next version." : "Put it back, or import it from where it is now.",
      });
    if (open?.path === path && open.modified === modifiedMilliseconds) return open.reader;
    open?.reader.close();
    open = null;
    const reader = openRows(path, format, { delimiter, columns: columnsOf(mapping), pageStarts });
    open = { path, modified: modifiedMilliseconds, reader };
    return reader;
  }

  function read(row: number, about: ImportedDataset): ImportedRow {
    const place = stored.get(row);
    if (!place)
      throw new HeadstartError({
        code: "unknown-row",
        where: `dataset ${about.id}`,
        message: `There is no row ${row}.`,
        hint: `It has rows 0 to ${about.rows - 1}.`,
      });
    const reader = readerOf(about);
    try {
      return { ...mapRow(reader.read(place), about.mapping), row, line: place.line, id: place.id };
    } catch (thrown) {
      if (!(thrown instanceof RowError)) throw thrown;
      throw new HeadstartError({
        code: "unreadable-row",
        where: `dataset ${about.id}`,
        message: `Line ${place.line} can no longer be read: ${thrown.message}.`,
        hint: "Import the file again.",
      });
    }
  }

  return {
    row: (row) => read(row, dataset()),
    rows(rows) {
      const about = dataset();
      const found = new Map<number, ImportedRow>();
      let asked = rows;
      // In the file's order, so that a page of a parquet file is decoded once for all rows in it; fewer rows, if that is too much.
      const whole = (): boolean => {
        let characters = 0;
        for (const row of Uint32Array.from(asked).sort()) {
          if (!found.has(row)) found.set(row, read(row, about));
          characters += charactersOf(found.get(row)!);
          if (characters > maxCharacters && asked.length > 1) return false;
        }
        return true;
      };
      while (!whole()) {
        asked = asked.slice(0, Math.ceil(asked.length / 2));
        for (const row of found.keys()) if (!asked.includes(row)) found.delete(row);
      }
      return asked.map((row) => found.get(row)!);
    },
    close: () => open?.reader.close(),
  };
}

function charactersOf({ prompt, messages, responses, tests }: ImportedRow): number {
  const cases = tests?.kind === "stdin" ? tests.cases.map(({ input, output }) => input.length + output.length) : [];
  const calls =
    tests?.kind === "calls" ? tests.cases.map(({ args, expected }) => args.reduce((sum, arg) => sum + arg.length, expected.length)) : [];
  const texts = [prompt, ...responses, ...(messages ?? []).map(({ content }) => content)].map(({ length }) => length);
  return [...texts, ...cases, ...calls].reduce((sum, length) => sum + length, 0);
}
