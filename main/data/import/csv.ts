// CSV. papaparse takes text and says where each row ends in characters; so it is given the bytes as Latin-1, one character a byte:
// its positions are bytes then, quotes, delimiters and line ends are found all the same, and each field is turned to UTF-8 after.
import Papa from "papaparse";
import { HeadstartError } from "../../contract/errors.ts";
import { FileReader } from "../../formats/file-reader.ts";
import { type FoundRow, RowError, type RowReader, type RowValue, tooLong } from "./row-reader.ts";
import { decodeUtf8, markLength, notUtf8, pieces, readBytes } from "./text-file.ts";

export interface CsvReader extends RowReader {
  columns: string[];
  delimiter: string;
}

/** Less than in other formats: papaparse makes a field of each delimiter and a record of each odd quote. */
const maxCsvRowBytes = 4 << 20;
const headBytes = 1 << 18;
const delimiters = [",", "\t", ";", "|"];
const firstPiece = 1 << 20;

interface RawRow {
  fields: string[];
  /** Bytes from the beginning of the text to the end of the row, its line end included. */
  end: number;
  problem: string | null;
}

interface Parser {
  parse(text: string, base: number, ignoreLastRow: boolean): void;
  abort(): void;
}
const Machine = Papa.Parser as unknown as new (config: unknown) => Parser;
const rowsAtOnce = 20_000;

/** The first rows of Latin-1 text, at most 20,000; without its last one where more text follows. */
function parseRows(text: string, delimiter: string, newline: string, last: boolean): RawRow[] {
  const rows: RawRow[] = [];
  const step = ({ data, errors, meta }: { data: string[][]; errors: { code: string }[]; meta: { cursor: number } }) => {
    rows.push({ fields: data[0], end: meta.cursor, problem: errors.length === 0 ? null : quoteProblem(errors[0].code) });
    if (rows.length === rowsAtOnce) parser.abort();
  };
  // The fast mode, which splits the whole text at once, could not be ended after some rows.
  const parser = new Machine({ delimiter, newline, step, fastMode: false });
  parser.parse(text, 0, !last);
  return rows;
}

const quoteProblem = (code: string): string =>
  code === "MissingQuotes"
    ? 'a quote " that opens here is never closed; the rows after it cannot be told apart'
    : 'a quote " inside a quoted field is not doubled';

/** The line end's first byte belongs to the last field when papaparse looks for \n alone; not where a quote closed the field. */
function withoutReturn(fields: string[], row: string): string[] {
  if (!row.endsWith("\r\n") || row.endsWith('"\r\n')) return fields;
  const last = fields.length - 1;
  return fields.map((field, i) => (i === last && field.endsWith("\r") ? field.slice(0, -1) : field));
}

function fieldText(field: string): string {
  const text = decodeUtf8(Buffer.from(field, "latin1"));
  if (text === null) throw new RowError(notUtf8);
  return text;
}

/** Names are made unique by a number: answer, answer (2). */
function columnNames(fields: string[], path: string): string[] {
  const taken = new Set<string>();
  const names = fields.map((field, i) => {
    const base = decodeUtf8(Buffer.from(field, "latin1"))?.trim() || `column ${i + 1}`;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base} (${count})`;
    taken.add(name);
    return name;
  });
  if (names.length < 2 && fields[0].trim() === "")
    throw new HeadstartError({
      code: "no-header",
      where: path,
      message: "The CSV file has no header line.",
      hint: "Put the columns' names in its first line.",
    });
  return names;
}

function guessDelimiter(head: string): string {
  const { meta } = Papa.parse<string[]>(head, { preview: 20, delimitersToGuess: delimiters, skipEmptyLines: true });
  return meta.delimiter;
}

/** `delimiter`: as an earlier opening of the file found it. */
export function openCsv(path: string, delimiter?: string, limit = maxCsvRowBytes): CsvReader {
  const file = new FileReader(path);
  try {
    return reader(file, delimiter, limit);
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

function reader(file: FileReader, given: string | undefined, limit: number): CsvReader {
  const mark = markLength(file);
  const head = readBytes(file, { at: mark, length: Math.min(headBytes, file.size - mark) }).toString("latin1");
  const newline = head.includes("\n") || !head.includes("\r") ? "\n" : "\r";
  const delimiter = given ?? guessDelimiter(head);
  const [header] = parseRows(head, delimiter, newline, mark + head.length === file.size);
  if (!header || header.problem)
    throw new HeadstartError({
      code: "no-header",
      where: file.path,
      message: `The first line of the CSV file cannot be read as its header${header?.problem ? `: ${header.problem}` : ""}.`,
      hint: "Put the columns' names in its first line.",
    });
  const columns = columnNames(withoutReturn(header.fields, head.slice(0, header.end)), file.path);
  let done = 0;

  const rowValue = (fields: string[]): RowValue => {
    if (fields.length !== columns.length) throw new RowError(`${fields.length} fields where the header has ${columns.length}`);
    // Object.fromEntries makes own properties of all names, __proto__ too.
    return Object.fromEntries(columns.map((name, i) => [name, fieldText(fields[i])]));
  };

  function* rows(onBytes?: (bytes: Uint8Array) => void): Generator<FoundRow> {
    if (mark > 0) onBytes?.(file.bytes(0, mark));
    let at = mark; // of `text`
    let text = "";
    let line = 1;
    let seenHeader = false;
    // While no row ends, twice as much is read before the next try: a field without end costs no more than its length.
    let size = firstPiece;
    for (const piece of pieces(file, mark, () => size)) {
      onBytes?.(piece);
      done += piece.length;
      text += piece.toString("latin1");
      const last = at + text.length === file.size;
      let start = 0;
      for (let parsed = parseRows(text, delimiter, newline, last); parsed.length > 0; ) {
        const from = start;
        for (const { fields, end, problem } of parsed) {
          const row = text.slice(start, from + end);
          const position = { at: at + start, length: row.length };
          const first = line;
          line += count(row, newline);
          start += row.length;
          if (!seenHeader) seenHeader = true;
          else if (row.length > limit) yield { line: first, reason: tooLong(limit) };
          else if (problem) yield { line: first, reason: problem };
          else if (row.trim() !== "") {
            try {
              yield { line: first, position, value: rowValue(withoutReturn(fields, row)) };
            } catch (thrown) {
              if (!(thrown instanceof RowError)) throw thrown;
              yield { line: first, reason: thrown.message };
            }
          }
        }
        parsed = parsed.length < rowsAtOnce ? [] : parseRows(text.slice(start), delimiter, newline, last);
      }
      if (start === 0 && text.length > limit) {
        // No row ends within the limit: give it up, and go on after the next line end.
        yield { line, reason: text.includes('"') ? `${tooLong(limit)}: ${quoteProblem("MissingQuotes")}` : tooLong(limit) };
        line += count(text, newline);
        start = text.lastIndexOf(newline) + 1 || text.length;
      }
      size = start === 0 ? Math.max(firstPiece, text.length) : firstPiece;
      at += start;
      text = text.slice(start);
    }
  }

  return {
    columns,
    delimiter,
    rows,
    read(position) {
      const text = readBytes(file, position).toString("latin1");
      const parsed = parseRows(text, delimiter, newline, true)[0];
      if (!parsed || parsed.problem) throw new RowError(parsed?.problem ?? "empty");
      return rowValue(withoutReturn(parsed.fields, text));
    },
    progress: () => done,
    close: () => file.close(),
  };
}

function count(text: string, newline: string): number {
  let found = 0;
  for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, at + 1)) found++;
  return found;
}
