// Writes the index of one imported dataset: a SQLite file made in a folder aside, without journal, and put in its place when whole.
// A crash leaves a folder that the next opening removes; nothing ever reads half an index.
import Database from "better-sqlite3";
import type { BadRow, ImportedDataset, ImportedRow } from "../contract/index.ts";
import {
  columnStore,
  columnTables,
  dayMilliseconds,
  type LabelColumn,
  newPiece,
  noDay,
  openColumns,
  pieceRows,
  type ValueColumn,
  type Values,
  valueColumns,
} from "./dataset-index-columns.ts";
import { makeBins, makeOrder } from "./dataset-index-orders.ts";
import { indexedText, searchTable } from "./dataset-index-search.ts";

export const indexVersion = 1;

/** Bad rows that are kept with line and reason; all are counted. */
const keptBadRows = 1000;
/** Different sources, or categories; the others are told as one. */
const maxLabels = 50_000;
const labelLength = 200;
const previewLength = 160;
export const otherLabel = "(other)";

const schema = `
  CREATE TABLE meta (version INTEGER NOT NULL, json TEXT NOT NULL);
  CREATE TABLE rows (row INTEGER PRIMARY KEY, line INTEGER NOT NULL, at INTEGER NOT NULL, length INTEGER NOT NULL, id TEXT NOT NULL,
    source INTEGER NOT NULL, category INTEGER NOT NULL, difficulty REAL, date TEXT, preview TEXT NOT NULL, prompt_length INTEGER NOT NULL,
    response_length INTEGER NOT NULL, responses INTEGER NOT NULL, tests INTEGER NOT NULL, has_answer INTEGER NOT NULL);
  ${columnTables}
  CREATE TABLE bad_rows (line INTEGER NOT NULL, reason TEXT NOT NULL);
  CREATE TABLE pages (row_group INTEGER NOT NULL, column TEXT NOT NULL, row INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (row_group, column, row)) WITHOUT ROWID;
  ${searchTable};
`;

export interface IndexedRow extends Omit<ImportedRow, "row"> {
  position: { at: number; length: number };
}

export interface IndexWriter {
  add(row: IndexedRow): void;
  addBad(bad: BadRow, count: number): void;
  addPage(group: number, column: string, row: number, at: number): void;
  readonly rows: number;
  readonly badRows: number;
  /** Makes the orders and bins. How many rows have an id that an earlier one has, and what a person should know. */
  finish(): { repeatedIds: number; notices: string[] };
  /** After `finish`: what the index is of. Closes the file. */
  describe(dataset: ImportedDataset): void;
  close(): void;
}

export function writeIndex(path: string): IndexWriter {
  const db = new Database(path);
  db.pragma("journal_mode = OFF");
  db.pragma("synchronous = OFF");
  db.pragma("cache_size = -65536");
  db.exec(schema);
  const insertRow = db.prepare("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const insertText = db.prepare("INSERT INTO search (rowid, text) VALUES (?, ?)");
  const insertLabel = db.prepare("INSERT INTO labels (name, code, label) VALUES (?, ?, ?)");
  const insertBad = db.prepare("INSERT INTO bad_rows (line, reason) VALUES (?, ?)");
  const insertPage = db.prepare("INSERT OR IGNORE INTO pages (row_group, column, row, at) VALUES (?, ?, ?, ?)");
  const store = columnStore(db);
  const pieces = Object.fromEntries(valueColumns.map((name) => [name, newPiece(name)])) as { [Name in ValueColumn]: Values<Name> };
  const codes: Record<LabelColumn, Map<string, number>> = { source: new Map(), category: new Map() };
  const notices = new Set<string>();
  let rows = 0;
  let badRows = 0;
  let keptBad = 0;
  db.exec("BEGIN");

  const putPieces = (count: number) => {
    for (const name of valueColumns) store.putPiece(name, Math.ceil(rows / pieceRows) - 1, pieces[name].subarray(0, count));
    db.exec("COMMIT; BEGIN");
  };

  function codeOf(column: LabelColumn, text: string | null): number {
    if (text === null) return 0;
    const known = codes[column];
    const short = text.slice(0, labelLength);
    const label = known.size < maxLabels || known.has(short) ? short : otherLabel;
    if (label !== short) notices.add(`There are more than ${maxLabels} values of ${column}: those past it are told as ${otherLabel}.`);
    let code = known.get(label);
    if (code === undefined) {
      code = known.size + 1;
      known.set(label, code);
      insertLabel.run(column, code, label);
    }
    return code;
  }

  return {
    get rows() {
      return rows;
    },
    get badRows() {
      return badRows;
    },
    add(row) {
      const { line, position, id, difficulty, date, prompt, messages, responses, answer, tests } = row;
      const text = messages ? messages.map(({ content }) => content).join("\n") : prompt;
      const numbers = {
        source: codeOf("source", row.source),
        category: codeOf("category", row.category),
        promptLength: messages ? messages.reduce((sum, { content }) => sum + content.length, 0) : prompt.length,
        responseLength: responses.reduce((longest, response) => Math.max(longest, response.length), 0),
        responses: responses.length,
        tests: tests === null ? 0 : tests.kind === "check" ? 1 : tests.kind === "asserts" ? tests.asserts.length : tests.cases.length,
        difficulty: difficulty ?? Number.NaN,
        date: date === null ? noDay : Date.parse(date) / dayMilliseconds,
      };
      insertRow.run(
        rows,
        line,
        position.at,
        position.length,
        id,
        numbers.source,
        numbers.category,
        difficulty,
        date,
        preview(prompt),
        numbers.promptLength,
        numbers.responseLength,
        numbers.responses,
        numbers.tests,
        answer === null ? 0 : 1,
      );
      insertText.run(rows, indexedText(`${id}\n${answer ?? ""}\n${text}`));
      for (const name of valueColumns) pieces[name][rows % pieceRows] = numbers[name];
      rows++;
      if (rows % pieceRows === 0) putPieces(pieceRows);
    },
    addBad({ line, reason }, count) {
      badRows += count;
      if (keptBad++ < keptBadRows) insertBad.run(line, reason);
    },
    addPage: (group, column, row, at) => void insertPage.run(group, column, row, at),
    finish() {
      if (rows % pieceRows > 0) putPieces(rows % pieceRows);
      const repeatedIds = orderIds();
      // Opened anew for each, so that one column after the other is in memory.
      for (const by of ["source", "category", "difficulty", "date", "promptLength", "responseLength", "responses", "tests"] as const)
        store.putOrder(by, makeOrder(openColumns(db, rows), by));
      for (const name of ["promptLength", "responseLength", "difficulty", "date"] as const)
        store.putBins(name, makeBins(openColumns(db, rows), name));
      db.exec("INSERT INTO search (search) VALUES ('optimize')");
      return { repeatedIds, notices: [...notices] };
    },
    describe(dataset) {
      db.prepare("INSERT INTO meta (version, json) VALUES (?, ?)").run(indexVersion, JSON.stringify(dataset));
      db.exec("COMMIT");
      db.close();
    },
    close: () => db.close(),
  };

  /** Ids that are all whole numbers are ordered as numbers. */
  function orderIds(): number {
    const text = db.prepare("SELECT 1 FROM rows WHERE id GLOB '*[^0-9]*' OR length(id) > 15 LIMIT 1").get() !== undefined;
    const ordered = db.prepare<[], [row: number, id: string]>(
      `SELECT row, id FROM rows ORDER BY ${text ? "id" : "CAST(id AS INTEGER)"}, row`,
    );
    const order = new Uint32Array(rows);
    let repeated = 0;
    let before: string | null = null;
    let count = 0;
    for (const [row, id] of ordered.raw().iterate() as Iterable<[number, string]>) {
      order[count++] = row;
      if (id === before) repeated++;
      before = id;
    }
    store.putOrder("id", { rows: order, present: rows });
    return repeated;
  }
}

const preview = (prompt: string): string =>
  prompt
    .slice(0, previewLength * 2)
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, previewLength);
