// What kind of file it is, by its first bytes and then by its name, and the reader for it.
import { basename } from "node:path";
import { gunzipSync, constants as zlib } from "node:zlib";
import { HeadstartError } from "../../contract/errors.ts";
import type { FileFormat } from "../../contract/imported-dataset.ts";
import { FileReader } from "../../formats/file-reader.ts";
import { openCsv } from "./csv.ts";
import { openJsonArray } from "./json-array.ts";
import { openJsonl } from "./jsonl.ts";
import { openParquet, type PageStarts } from "./parquet.ts";
import type { RowReader } from "./row-reader.ts";

export interface FileKind {
  format: FileFormat;
  /** gzip. */
  compressed: boolean;
}

const headBytes = 1 << 16;
const maxHeadBytes = 16 << 20;

/** Compressed and packed files that are refused by name. */
const refused: [magic: number[], name: string][] = [
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd"],
  [[0x50, 0x4b, 0x03, 0x04], "zip"],
  [[0xfd, 0x37, 0x7a, 0x58], "xz"],
  [[0x42, 0x5a, 0x68], "bzip2"],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], "Arrow"],
];

function refuse(path: string, message: string, hint: string): HeadstartError {
  return new HeadstartError({ code: "unsupported-file", where: path, message, hint });
}

const starts = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

export function fileKind(path: string): FileKind {
  const file = new FileReader(path);
  try {
    const head = file.bytes(0, Math.min(headBytes, file.size));
    if (file.size === 0) throw refuse(path, "The file is empty.", "Choose a JSONL, JSON, CSV or parquet file.");
    if (!starts(head, [0x1f, 0x8b])) return { format: formatOf(head, path), compressed: false };
    const inner = gunzipHead(Buffer.from(head), path);
    const format = formatOf(inner, path.replace(/\.gz$/i, ""));
    if (format === "parquet") throw refuse(path, "A parquet file inside gzip is not read.", "Decompress it first: gunzip -k FILE.");
    return { format, compressed: true };
  } finally {
    file.close();
  }
}

/** What the beginning of a gzip file holds, as far as it goes. */
export function gunzipHead(head: Buffer, path: string): Buffer {
  try {
    return gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: maxHeadBytes });
  } catch (thrown) {
    throw refuse(
      path,
      `The gzip file cannot be read: ${(thrown as Error).message}.`,
      "Fetch it again, or decompress it first: gunzip -k FILE.",
    );
  }
}

function formatOf(head: Uint8Array, path: string): FileFormat {
  if (starts(head, [0x50, 0x41, 0x52, 0x31])) return "parquet";
  const known = refused.find(([magic]) => starts(head, magic));
  if (known)
    throw refuse(path, `A ${known[1]} file is not read.`, "Unpack it first, and choose the JSONL, JSON, CSV or parquet file inside.");
  const extension = /\.([a-z0-9]+)$/i.exec(basename(path))?.[1].toLowerCase();
  if (extension === "csv" || extension === "tsv") return "csv";
  const first = Buffer.from(head).toString("latin1").replace(/^ï»¿/, "").trimStart()[0];
  // A name says less than the text: .json files often hold one object a line.
  if (first === "[") return "json";
  if (first === "{") return "jsonl";
  if (extension === "jsonl" || extension === "ndjson") return "jsonl";
  if (extension === "json") return "json";
  throw refuse(path, "It is not known what kind of file this is.", "Choose a JSONL, JSON, CSV or parquet file, named so.");
}

export interface OpenOptions {
  /** Of a CSV file, as detected before. */
  delimiter?: string | null;
  /** Columns to read, of a parquet file; empty: all. */
  columns?: readonly string[];
  pageStarts?: PageStarts;
}

export function openRows(path: string, format: FileFormat, { delimiter, columns, pageStarts }: OpenOptions = {}): RowReader {
  if (format === "parquet") return openParquet(path, columns, pageStarts);
  if (format === "csv") return openCsv(path, delimiter ?? undefined);
  return format === "json" ? openJsonArray(path) : openJsonl(path);
}
