// Rows put aside for a step that must have seen all of them before it gives any, on disk, so that a million rows are not in memory:
// only where each begins is.
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { PipelineRow } from "./row.ts";

export interface Spool {
  readonly length: number;
  add(row: PipelineRow): void;
  /** After the last `add`. */
  read(index: number): PipelineRow;
  close(): void;
}

export type OpenSpool = () => Spool;

const bufferBytes = 1 << 20;

/** Spools are files of a folder that the caller made and removes. */
export function fileSpools(folder: string): OpenSpool {
  let made = 0;
  return () => fileSpool(join(folder, `spool-${made++}.jsonl`));
}

function fileSpool(path: string): Spool {
  const file = openSync(path, "w+");
  let ends = new Float64Array(1024);
  let length = 0;
  let written = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const flush = () => {
    const bytes = waiting.length === 1 ? waiting[0] : Buffer.concat(waiting);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, written + at);
    written += bytes.length;
    waiting = [];
    waitingBytes = 0;
  };
  // Rows are mostly read in the order in which they were put: a piece of the file serves many.
  let piece = Buffer.alloc(0);
  let pieceAt = 0;
  const bytesAt = (from: number, to: number): Buffer => {
    if (from < pieceAt || to > pieceAt + piece.length) {
      const size = Math.min(Math.max(to - from, bufferBytes), written - from);
      piece = Buffer.allocUnsafe(size);
      for (let done = 0; done < size; ) done += readSync(file, piece, done, size - done, from + done);
      pieceAt = from;
    }
    return piece.subarray(from - pieceAt, to - pieceAt);
  };
  return {
    get length() {
      return length;
    },
    add(row) {
      const bytes = Buffer.from(JSON.stringify(row));
      if (length === ends.length) {
        const larger = new Float64Array(2 * length);
        larger.set(ends);
        ends = larger;
      }
      ends[length] = (length === 0 ? 0 : ends[length - 1]) + bytes.length;
      length++;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes >= bufferBytes) flush();
    },
    read(index) {
      if (waitingBytes > 0) flush();
      if (!(index >= 0 && index < length)) throw new RangeError(`The spool has no row ${index}.`);
      return JSON.parse(bytesAt(index === 0 ? 0 : ends[index - 1], ends[index]).toString("utf8")) as PipelineRow;
    },
    close() {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

/** For small data, and tests. */
export function memorySpool(): Spool {
  const rows: PipelineRow[] = [];
  return {
    get length() {
      return rows.length;
    },
    add: (row) => void rows.push(row),
    read: (index) => rows[index],
    close: () => {},
  };
}
