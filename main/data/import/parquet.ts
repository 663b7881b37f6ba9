// Parquet files of any size: the footer is checked before it is parsed, rows are read in the file's order a page of each wanted
// column at a time, and one row is read again from the nearest page before it. A row group that cannot be read is told as bad rows.
import { type FileMetaData, parquetMetadata, type SchemaTree } from "hyparquet";
import { assembleNested } from "hyparquet/src/assemble.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { parquetSchema } from "hyparquet/src/metadata.js";
import { getTreePath } from "hyparquet/src/schema.js";
import { HeadstartError } from "../../contract/errors.ts";
import { FileReader } from "../../formats/file-reader.ts";
import { ParquetColumn } from "./parquet-column.ts";
import { type Leaf, pageBudget } from "./parquet-page.ts";
import { clip, type FoundRow, type Position, RowError, type RowReader, type RowValue } from "./row-reader.ts";
import { checkThrift } from "./thrift-check.ts";

const maxFooterBytes = 32 << 20;
const footerLimits = { values: 6_000_000, depth: 16 };
const maxColumns = 2000;
const maxDepth = 12;
/** A few bytes may stand for millions of rows of nothing but nulls or one repeated value; a data set has no such rows. */
const alwaysAllowedRows = 100_000;
const batchRows = 256;

/** Where pages begin, as `rows` found it; keeps a row's reading from beginning at its column's first page. */
export interface PageStarts {
  add(group: number, column: string, row: number, at: number): void;
  /** The last one at or before a row. */
  before(group: number, column: string, row: number): { row: number; at: number } | null;
}

export interface ParquetReader extends RowReader {
  columns: string[];
  rowCount: number;
}

interface Group {
  index: number;
  firstRow: number;
  rows: number;
}

const broken = (path: string, message: string) =>
  new HeadstartError({
    code: "broken-parquet",
    where: path,
    message: `The parquet file cannot be read: ${clip(message, 300)}.`,
    hint: "It is damaged, cut short or of an unknown kind: fetch it again, or write it anew with pyarrow.",
  });

function readFooter(file: FileReader): FileMetaData {
  if (file.size < 12) throw broken(file.path, "it is too short");
  const tail = file.bytes(file.size - 8, 8);
  const magic = Buffer.from(tail.subarray(4)).toString("latin1");
  if (magic === "PARE") throw broken(file.path, "it is encrypted");
  if (magic !== "PAR1") throw broken(file.path, "it does not end as a parquet file: it may be cut short");
  const length = new DataView(tail.buffer).getUint32(0, true);
  if (length > file.size - 12) throw broken(file.path, `its footer claims ${length} bytes, more than the file has`);
  if (length > maxFooterBytes) throw broken(file.path, `its footer claims ${length} bytes, the limit is ${maxFooterBytes}`);
  try {
    const bytes = file.bytes(file.size - 8 - length, length + 8);
    checkThrift(bytes.subarray(0, length), 0, footerLimits);
    return parquetMetadata(bytes, { geoparquet: false });
  } catch (thrown) {
    throw broken(file.path, (thrown as Error).message);
  }
}

function readSchema(file: FileReader, metadata: FileMetaData): SchemaTree {
  if (metadata.schema.length > maxColumns) throw broken(file.path, `it has ${metadata.schema.length} columns, the limit is ${maxColumns}`);
  try {
    const tree = parquetSchema(metadata);
    const deepest = (node: SchemaTree): number => 1 + Math.max(0, ...node.children.map(deepest));
    if (deepest(tree) > maxDepth) throw new Error(`its columns are nested deeper than ${maxDepth} levels`);
    return tree;
  } catch (thrown) {
    throw broken(file.path, (thrown as Error).message);
  }
}

const refusedTypes = ["BSON", "GEOMETRY", "GEOGRAPHY", "VARIANT", "INTERVAL"];

function leafOf(
  file: FileReader,
  tree: SchemaTree,
  meta: NonNullable<FileMetaData["row_groups"][number]["columns"][number]["meta_data"]>,
): Leaf {
  const path = getTreePath(tree, meta.path_in_schema);
  const { element, children } = path[path.length - 1];
  const column = meta.path_in_schema.join(".");
  if (children.length > 0) throw new Error(`${column} is no column of values`);
  const kind = path
    .map((node) => node.element.logical_type?.type ?? node.element.converted_type ?? "")
    .find((type) => refusedTypes.includes(type));
  if (kind) throw new Error(`${column} has type ${kind}, which is not supported`);
  const decimal = element.converted_type === "DECIMAL" || element.logical_type?.type === "DECIMAL";
  if (decimal && (element.type === "BYTE_ARRAY" || (element.type_length ?? 0) > 32))
    throw new Error(`${column} has long decimals, which are not supported`);
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 4 && end >= start && end <= file.size)) throw new Error(`${column} claims bytes ${start} to ${end} of ${file.size}`);
  return { meta, path, start, end };
}

/** `wanted`: the columns to read, empty for all. */
export function openParquet(path: string, wanted: readonly string[] = [], pageStarts?: PageStarts): ParquetReader {
  const file = new FileReader(path);
  try {
    return reader(file, wanted, pageStarts);
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

function reader(file: FileReader, wanted: readonly string[], pageStarts: PageStarts | undefined): ParquetReader {
  const metadata = readFooter(file);
  const tree = readSchema(file, metadata);
  const names = tree.children.map(({ element }) => element.name);
  const chosen = tree.children.filter(({ element }) => wanted.length === 0 || wanted.includes(element.name));
  const groups: Group[] = [];
  let rowCount = 0;
  metadata.row_groups.forEach(({ num_rows }, index) => {
    const rows = Number(num_rows);
    if (!(rows >= 0)) throw broken(file.path, `row group ${index + 1} claims ${rows} rows`);
    groups.push({ index, firstRow: rowCount, rows });
    rowCount += rows;
  });
  if (rowCount > Math.max(file.size, alwaysAllowedRows)) throw broken(file.path, `it claims ${rowCount} rows in ${file.size} bytes`);
  let done = 0; // rows

  function columnsOf({ index }: Group): ParquetColumn[] {
    const { columns } = metadata.row_groups[index];
    return columns.flatMap(({ meta_data: meta, file_path }) => {
      if (!meta) throw new Error("a column has no description");
      if (!chosen.some(({ element }) => element.name === meta.path_in_schema[0])) return [];
      if (file_path) throw new Error(`${meta.path_in_schema.join(".")} is in another file`);
      const column = meta.path_in_schema.join(".");
      return [new ParquetColumn(file, leafOf(file, tree, meta), (row, at) => pageStarts?.add(index, column, row, at))];
    });
  }

  /** Rows from `row` of a group, as many as are at hand and at most `most`. */
  function batch(columns: readonly ParquetColumn[], row: number, most: number): RowValue[] {
    let count = most;
    for (const column of columns) {
      count = Math.min(count, column.available(row));
      const held = columns.reduce((sum, { held }) => ({ values: sum.values + held.values, bytes: sum.bytes + held.bytes }), {
        values: 0,
        bytes: 0,
      });
      if (held.values > pageBudget.values || held.bytes > pageBudget.bytes)
        throw new Error("its columns need too much memory at once: write the file with smaller row groups");
    }
    const taken = new Map(columns.map((column) => [column.leaf.meta.path_in_schema.join("."), column.take(row, count)]));
    const values = chosen.map((child) => {
      if (child.children.length > 0) assembleNested(taken, child, DEFAULT_PARSERS);
      const found = taken.get(child.path.join("."));
      if (found?.length !== count) throw new Error(`${child.element.name} has no values`);
      return found;
    });
    return Array.from({ length: count }, (_, i) =>
      Object.fromEntries(chosen.map(({ element }, c) => [element.name, plain(values[c][i], 0)])),
    );
  }

  function* rowsOf(group: Group): Generator<FoundRow> {
    let row = 0;
    try {
      const columns = columnsOf(group);
      while (row < group.rows) {
        const values = batch(columns, row, Math.min(batchRows, group.rows - row));
        for (const value of values) {
          yield { line: group.firstRow + row + 1, position: { at: group.index, length: row }, value };
          row++;
        }
        done = group.firstRow + row;
      }
    } catch (thrown) {
      const rest = group.rows - row;
      yield { line: group.firstRow + row + 1, reason: `row group ${group.index + 1}: ${clip((thrown as Error).message, 300)}`, rows: rest };
    }
  }

  let open: { group: number; columns: ParquetColumn[] } | null = null;
  return {
    columns: names,
    rowCount,
    *rows() {
      for (const group of groups) {
        yield* rowsOf(group);
        done = group.firstRow + group.rows;
      }
    },
    read({ at: index, length: row }: Position): RowValue {
      const group = groups[index];
      if (!group || row >= group.rows) throw new RowError("no such row");
      try {
        if (open?.group !== index || !open.columns.every((column) => column.reaches(row)))
          open = { group: index, columns: columnsOf(group) };
        for (const column of open.columns) {
          const start = pageStarts?.before(index, column.leaf.meta.path_in_schema.join("."), row);
          if (start) column.skipTo(start.row, start.at);
        }
        return batch(open.columns, row, 1)[0];
      } catch (thrown) {
        open = null;
        throw new RowError(clip((thrown as Error).message, 300));
      }
    },
    progress: () => (rowCount === 0 ? file.size : (file.size * done) / rowCount),
    close: () => file.close(),
  };
}

/** What JSON would hold: whole numbers beyond 2^53 as text, dates as ISO text, bytes one character each. */
function plain(value: unknown, depth: number): unknown {
  if (value === undefined) return null;
  if (typeof value === "bigint")
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, depth + 1)]));
}
