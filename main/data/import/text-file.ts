// Text files, byte by byte: pieces in order, the byte order mark, and UTF-8 that is checked. Buffer's own decoding puts U+FFFD in
// for what is no UTF-8, without a word; a row changed like that would be trained on as if it were the file's.
import { HeadstartError } from "../../contract/errors.ts";
import { FileReader } from "../../formats/file-reader.ts";
import { type FoundRow, type Position, parseRow, RowError, type RowReader, type RowValue, tooLong, type UnreadRow } from "./row-reader.ts";

/** The bytes of one row; null where they are more than the limit. */
export interface RowBytes {
  line: number;
  at: number;
  bytes: Buffer | null;
}

/** Cuts a file, from its first byte after the byte order mark, into its rows' bytes. Must take every piece to the end. */
export type Cutter = (pieces: Iterable<Buffer>, from: number, limit: number, path: string) => Iterable<RowBytes | UnreadRow>;

const pieceBytes = 1 << 20;

/** The file from `from` in pieces of fresh memory; `size` is asked before each, so that a reader may grow them. */
export function* pieces(file: FileReader, from: number, size: () => number = () => pieceBytes): Generator<Buffer> {
  for (let at = from; at < file.size; ) {
    const length = Math.min(size(), file.size - at);
    yield readBytes(file, { at, length });
    at += length;
  }
}

export const readBytes = (file: FileReader, { at, length }: Position): Buffer => Buffer.from(file.bytes(at, length).buffer);

/** Null where the bytes are no UTF-8. */
export function decodeUtf8(bytes: Buffer): string | null {
  const text = bytes.toString("utf8");
  return text.includes("\uFFFD") && !Buffer.from(text, "utf8").equals(bytes) ? null : text;
}

export const notUtf8 = "not UTF-8";

/** Bytes of the byte order mark, 0 or 3. Refuses UTF-16 and UTF-32, with or without their mark. */
export function markLength(file: FileReader): number {
  const head = readBytes(file, { at: 0, length: Math.min(4, file.size) });
  if (head.length >= 3 && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 3;
  const marked = head.length >= 2 && ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff));
  if (marked || head.includes(0))
    throw new HeadstartError({
      code: "unsupported-encoding",
      where: file.path,
      message: "The file is not UTF-8 text: it begins like UTF-16 or like a binary file.",
      hint: "Save it as UTF-8, or choose a JSONL, JSON, CSV or parquet file.",
    });
  return 0;
}

/** A reader of rows that are JSON objects. */
export function openJsonRows(path: string, limit: number, cut: Cutter): RowReader {
  const file = new FileReader(path);
  let done = 0;
  const parse = (bytes: Buffer): RowValue => {
    const text = decodeUtf8(bytes);
    if (text === null) throw new RowError(notUtf8);
    return parseRow(text);
  };
  const found = ({ line, at, bytes }: RowBytes): FoundRow => {
    if (bytes === null) return { line, reason: tooLong(limit) };
    try {
      return { line, position: { at, length: bytes.length }, value: parse(bytes) };
    } catch (thrown) {
      if (thrown instanceof RowError) return { line, reason: thrown.message };
      throw thrown;
    }
  };
  return {
    *rows(onBytes): Generator<FoundRow> {
      const mark = markLength(file);
      if (mark > 0) onBytes?.(file.bytes(0, mark));
      const visited = function* () {
        for (const piece of pieces(file, mark)) {
          onBytes?.(piece);
          done += piece.length;
          yield piece;
        }
      };
      for (const row of cut(visited(), mark, limit, path)) yield "reason" in row ? row : found(row);
    },
    read: (position) => parse(readBytes(file, position)),
    progress: () => done,
    close: () => file.close(),
  };
}
