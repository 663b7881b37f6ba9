// One page of a parquet column: found, decompressed, checked and decoded. hyparquet decodes; what it takes on trust is checked
// before: sizes against the file and a limit, the number of values against the budget, and the runs of the levels and dictionary
// indexes, because one run of a few bytes may claim a thousand million values.
//
// Encodings: PLAIN, dictionary, and RLE for booleans, which is what pyarrow, Hugging Face's datasets, DuckDB and polars write
// unless told otherwise. The delta encodings are refused by name.
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { ColumnMetaData, CompressionCodec, DecodedArray, PageHeader, SchemaTree } from "hyparquet";
import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { convert, DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from "hyparquet/src/schema.js";
import { compressors, decompressZstd } from "hyparquet-compressors";
import type { FileReader } from "../../formats/file-reader.ts";
import { decodeUtf8 } from "./text-file.ts";
import { checkThrift } from "./thrift-check.ts";

/** A value of a text column that is not UTF-8. */
export const notText = Symbol("not UTF-8");

const maxHeaderBytes = 8 << 20;
const maxPageBytes = 256 << 20;
const headerLimits = { values: 10_000, depth: 8 };

/** Values and bytes that the pages of a row group may hold at one time. V8 ends the whole process when one array is too large. */
export const pageBudget = { values: 8 << 20, bytes: 512 << 20 };

export interface Leaf {
  meta: ColumnMetaData;
  path: SchemaTree[];
  /** First byte and end of the column in the file. */
  start: number;
  end: number;
}

export interface Page {
  kind: "dictionary" | "data";
  header: PageHeader;
  /** Of the page after this one. */
  next: number;
  /** Decompressed, in memory of its own: hyparquet reads past views. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Of a data page, nulls included; what a page costs in memory goes by it. */
  values: number;
  /** Its first values belong to the last row of the page before. */
  continues: boolean;
}

const name = ({ meta }: Leaf): string => meta.path_in_schema.join(".");

/** The page at a byte of the column. Throws an Error with the reason when it cannot be had. */
export function loadPage(file: FileReader, leaf: Leaf, at: number): Page {
  const { header, begin } = readHeader(file, leaf, at);
  const { compressed_page_size: compressed, uncompressed_page_size: size } = header;
  if (!(compressed >= 0 && begin + compressed <= leaf.end))
    throw new Error(`a page of ${name(leaf)} claims ${compressed} bytes, past its column`);
  if (!(size >= 0 && size <= maxPageBytes))
    throw new Error(`a page of ${name(leaf)} claims ${size} bytes decompressed, the limit is ${maxPageBytes}`);
  const next = begin + compressed;
  const raw = () => file.bytes(begin, compressed);

  if (header.dictionary_page_header) {
    const values = header.dictionary_page_header.num_values;
    checkValues(leaf, values);
    return { kind: "dictionary", header, next, bytes: decompress(raw(), size, leaf), values, continues: false };
  }
  const v2 = header.data_page_header_v2;
  const values = (header.data_page_header ?? v2)?.num_values ?? -1;
  if (header.type === "INDEX_PAGE" || (!header.data_page_header && !v2)) throw new Error(`${name(leaf)} has a page of unknown kind`);
  checkValues(leaf, values);
  const bytes = v2 ? decompressV2(raw(), size, v2, leaf) : decompress(raw(), size, leaf);
  return { kind: "data", header, next, bytes, values, continues: checkRuns(bytes, header, leaf) };
}

function readHeader(file: FileReader, leaf: Leaf, at: number): { header: PageHeader; begin: number } {
  // Headers take some tens of bytes; one with long statistics takes more.
  for (const length of [1 << 12, maxHeaderBytes]) {
    const bytes = file.bytes(at, Math.min(length, leaf.end - at));
    try {
      const end = checkThrift(bytes, 0, headerLimits);
      return { header: parquetHeader({ view: new DataView(bytes.buffer, 0, end), offset: 0 }), begin: at + end };
    } catch (thrown) {
      if (length === maxHeaderBytes || at + length >= leaf.end)
        throw new Error(`a page of ${name(leaf)} cannot be read: ${(thrown as Error).message}`);
    }
  }
  throw new Error("unreachable");
}

function checkValues(leaf: Leaf, values: number): void {
  if (!(values >= 0 && values <= pageBudget.values))
    throw new Error(`a page of ${name(leaf)} claims ${values} values, the limit is ${pageBudget.values}`);
}

/** Values in memory for each value of the column: nested ones are lists in lists. */
export const valueWeight = (leaf: Leaf): number => 1 + getMaxDefinitionLevel(leaf.path);

function exact(bytes: Uint8Array, size: number, leaf: Leaf): Uint8Array<ArrayBuffer> {
  if (bytes.length !== size) throw new Error(`a page of ${name(leaf)} has ${bytes.length} bytes decompressed, its header says ${size}`);
  return bytes.byteLength === bytes.buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

function decompress(bytes: Uint8Array, size: number, leaf: Leaf): Uint8Array<ArrayBuffer> {
  return exact(decompressor(leaf.meta.codec)(bytes, size), size, leaf);
}

/** zlib is asked to stop at the size that the header names; the others get the memory they may fill. */
function decompressor(codec: CompressionCodec): (bytes: Uint8Array, size: number) => Uint8Array {
  if (codec === "UNCOMPRESSED") return (bytes) => bytes;
  if (codec === "GZIP") return (bytes, size) => gunzipSync(bytes, { maxOutputLength: Math.max(size, 1) });
  if (codec === "BROTLI") return (bytes, size) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(size, 1) });
  if (codec === "ZSTD") return (bytes, size) => decompressZstd(bytes, new Uint8Array(size));
  const found = compressors[codec];
  if (!found) throw new Error(`compression ${codec} is not supported`);
  return found;
}

/** Levels are not compressed in the second version of data pages: they are put before the values as in an uncompressed page. */
function decompressV2(
  bytes: Uint8Array,
  size: number,
  v2: NonNullable<PageHeader["data_page_header_v2"]>,
  leaf: Leaf,
): Uint8Array<ArrayBuffer> {
  const levels = v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
  if (!(v2.repetition_levels_byte_length >= 0 && v2.definition_levels_byte_length >= 0 && levels <= bytes.length && levels <= size))
    throw new Error(`a page of ${name(leaf)} claims levels of ${levels} bytes, past its end`);
  if (v2.is_compressed === false || leaf.meta.codec === "UNCOMPRESSED") return exact(bytes, size, leaf);
  const values = levels === bytes.length ? new Uint8Array(0) : decompress(bytes.subarray(levels), size - levels, leaf);
  const whole = new Uint8Array(size);
  whole.set(bytes.subarray(0, levels));
  whole.set(values, levels);
  return whole;
}

const width = (max: number): number => 32 - Math.clz32(max);

/** All runs of a data page: repetition levels, definition levels, then indexes or booleans. Whether its first row began before it. */
function checkRuns(bytes: Uint8Array, header: PageHeader, leaf: Leaf): boolean {
  const v2 = header.data_page_header_v2;
  const { num_values: count, encoding } = (header.data_page_header ?? v2)!;
  let at = 0;
  /** Runs of one kind of levels, for 0..max; the second version of pages has their length in its header. */
  const levels = (max: number, lengthV2: number | undefined): RunValues => {
    if (max === 0 && lengthV2 === undefined) return { first: 0, found: count };
    const start = lengthV2 === undefined ? at + 4 : at;
    at = start + (lengthV2 ?? lengthAt(bytes, at, name(leaf)));
    return max === 0
      ? { first: 0, found: count }
      : checkedRuns(bytes, { start, end: at, bits: width(max), count, wanted: max }, name(leaf));
  };
  const repetition = levels(getMaxRepetitionLevel(leaf.path), v2?.repetition_levels_byte_length);
  const definition = levels(getMaxDefinitionLevel(leaf.path), v2?.definition_levels_byte_length);
  if (v2 && !(v2.num_nulls >= 0 && v2.num_nulls <= count))
    throw new Error(`a page of ${name(leaf)} claims ${v2.num_nulls} nulls of ${count} values`);
  const present = v2 ? count - v2.num_nulls : definition.found;
  if (present > 0) checkValueRuns(bytes, at, encoding, present, leaf, v2 !== undefined);
  return repetition.first > 0;
}

function checkValueRuns(bytes: Uint8Array, at: number, encoding: string, count: number, leaf: Leaf, v2: boolean): void {
  if (encoding === "RLE" && leaf.meta.type === "BOOLEAN") {
    const start = at + 4;
    checkedRuns(bytes, { start, end: start + lengthAt(bytes, at, name(leaf)), bits: 1, count, wanted: 1 }, name(leaf));
  } else if (encoding === "RLE_DICTIONARY" || encoding === "PLAIN_DICTIONARY") {
    const bits = bytes[at];
    if (!(bits <= 32)) throw new Error(`a page of ${name(leaf)} has indexes of ${bits} bits`);
    // Without bits every index is 0; hyparquet reads the runs in the second version of pages alone.
    if (bits > 0 || v2) checkedRuns(bytes, { start: at + 1, end: bytes.length, bits, count, wanted: 0 }, name(leaf));
  } else if (encoding !== "PLAIN")
    throw new Error(`${name(leaf)} is encoded as ${encoding}, which is not supported: write the file with plain or dictionary encoding`);
}

function lengthAt(bytes: Uint8Array, at: number, column: string): number {
  if (at + 4 > bytes.length) throw new Error(`a page of ${column} ends in its levels`);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

interface Runs {
  start: number;
  end: number;
  bits: number;
  /** Values that they must have; the last bit-packed run is padded. */
  count: number;
  wanted: number;
}

interface RunValues {
  first: number;
  /** How many are the wanted value. */
  found: number;
}

/** Throws where the runs claim more or fewer values than there are. Looks at values of up to 8 bits. */
function checkedRuns(bytes: Uint8Array, { start, end, bits, count, wanted }: Runs, column: string): RunValues {
  if (end > bytes.length) throw new Error(`a page of ${column} ends in its levels or indexes`);
  let seen = 0;
  let found = 0;
  let first = 0;
  let at = start;
  while (seen < count) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new Error(`a page of ${column} has runs for ${seen} of ${count} values`);
      const byte = bytes[at++];
      head += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const packed = head % 2 === 1;
    const claimed = packed ? Math.floor(head / 2) * 8 : Math.floor(head / 2);
    if (claimed > count - seen + (packed ? 7 : 0))
      throw new Error(`a run in a page of ${column} claims ${claimed} values of ${count - seen}`);
    const values = Math.min(claimed, count - seen);
    const length = packed ? (claimed / 8) * bits : Math.ceil(bits / 8);
    // The last run's padding may be left out.
    if (at + (packed ? Math.ceil((values * bits) / 8) : length) > end) throw new Error(`a page of ${column} ends in a run`);
    if (seen === 0 && values > 0) first = packed ? unpack(bytes, at, 0, Math.min(bits, 8)) : bytes[at];
    if (!packed) found += bytes[at] === wanted ? values : 0;
    else if (bits <= 8) for (let i = 0; i < values; i++) if (unpack(bytes, at, i * bits, bits) === wanted) found++;
    at += length;
    seen += values;
  }
  return { first, found };
}

function unpack(bytes: Uint8Array, at: number, bit: number, bits: number): number {
  const first = at + (bit >> 3);
  return ((bytes[first] | ((bytes[first + 1] ?? 0) << 8)) >> (bit & 7)) & ((1 << bits) - 1);
}

const parsers = {
  ...DEFAULT_PARSERS,
  stringFromBytes: (bytes: Uint8Array) => bytes && (decodeUtf8(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) ?? notText),
};

const decoder = ({ meta, path }: Leaf) => ({
  ...meta,
  pathInSchema: meta.path_in_schema,
  element: path[path.length - 1].element,
  schemaPath: path,
  codec: "UNCOMPRESSED" as const, // as it is by now
  parsers,
});

const plainHeader = ({ header, bytes }: Page): PageHeader => ({
  ...header,
  compressed_page_size: bytes.length,
  uncompressed_page_size: bytes.length,
  ...(header.data_page_header_v2 ? { data_page_header_v2: { ...header.data_page_header_v2, is_compressed: false } } : {}),
});

export function decodeDictionary(leaf: Leaf, page: Page): DecodedArray {
  const { data } = readPage(
    { view: new DataView(page.bytes.buffer), offset: 0 },
    plainHeader(page),
    decoder(leaf),
    undefined,
    undefined,
    0,
  );
  return convert(data ?? [], decoder(leaf));
}

/** The page's rows. Of a nested column `before` holds the rows so far, of which the last may go on here; they are in what is returned. */
export function decodeData(leaf: Leaf, page: Page, dictionary: DecodedArray | undefined, before: DecodedArray | undefined): DecodedArray {
  if (page.values === 0) return before ?? []; // hyparquet makes a row of it
  const { data } = readPage({ view: new DataView(page.bytes.buffer), offset: 0 }, plainHeader(page), decoder(leaf), dictionary, before, 0);
  return data ?? [];
}
