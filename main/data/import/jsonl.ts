// JSONL: one JSON object a line. Lines are cut at the byte level, so that positions are bytes and no line is held longer than it
// takes to parse it.
import { maxRowBytes, type RowReader } from "./row-reader.ts";
import { openJsonRows, type RowBytes } from "./text-file.ts";

const newline = 10;
const isBlank = (bytes: Buffer): boolean => bytes.length < 64 && bytes.toString("latin1").trim() === "";

function* linesOf(pieces: Iterable<Buffer>, from: number, limit: number): Generator<RowBytes> {
  let line = 1;
  let at = from; // of the line that is being put together
  let length = 0;
  let kept: Buffer[] = [];
  const add = (bytes: Buffer) => {
    length += bytes.length;
    if (length > limit) kept = [];
    else kept.push(bytes);
  };
  const whole = (): RowBytes[] => {
    if (length === 0) return [];
    const bytes = length > limit ? null : kept.length === 1 ? kept[0] : Buffer.concat(kept);
    return bytes !== null && isBlank(bytes) ? [] : [{ line, at, bytes }];
  };
  for (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      add(piece.subarray(start, end));
      yield* whole();
      at += length + 1;
      line++;
      length = 0;
      kept = [];
      start = end + 1;
    }
    if (start < piece.length) add(piece.subarray(start));
  }
  yield* whole();
}

export const openJsonl = (path: string, limit = maxRowBytes): RowReader => openJsonRows(path, limit, linesOf);
