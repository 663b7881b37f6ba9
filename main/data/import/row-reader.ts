// What all readers of imported files have in common. A reader goes once through a file of any size with a bounded part of it in
// memory, says where each row lies, and reads one row again from there. Whatever is wrong with a row is told as a bad row with its
// line and the reason; only what makes the whole file unreadable is thrown.

/** Text files: byte offset and length. Parquet: row group and row in it. */
export interface Position {
  at: number;
  length: number;
}

export type RowValue = Record<string, unknown>;

export interface GoodRow {
  line: number;
  position: Position;
  value: RowValue;
}

/** `rows` is how many rows are lost with it. */
export interface UnreadRow {
  line: number;
  reason: string;
  rows?: number;
}

export type FoundRow = GoodRow | UnreadRow;

export interface RowReader {
  /** All rows in the file's order; text readers hand each piece of the file to `onBytes`, in order and whole. */
  rows(onBytes?: (bytes: Uint8Array) => void): Iterable<FoundRow>;
  /** The row at a position that `rows` gave. Throws a RowError when there is no longer one. */
  read(position: Position): RowValue;
  /** How far `rows` has come, in bytes of the file. */
  progress(): number;
  close(): void;
}

/** Why a row cannot be used, in a few words. */
export class RowError extends Error {}

/** LiveCodeBench's longest rows, with their encoded tests, are some tens of MiB. */
export const maxRowBytes = 128 << 20;

export const tooLong = (limit: number): string => `longer than ${limit >= 1 << 20 ? `${limit >> 20} MiB` : `${limit} bytes`}`;

/** Values in one row: each costs memory whatever it is, and V8 ends the whole process when too much is asked for at once. */
const maxValues = 2 << 20;

/** JSON of a row or of text inside one. Throws a RowError with the reason. */
export function parseJson(text: string): unknown {
  if (text.length > maxValues && valuesIn(text) > maxValues) throw new RowError(`more than ${maxValues} values in one row`);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new RowError(`not JSON: ${clip((thrown as Error).message, 160)}`);
  }
}

/** At least as many as JSON.parse would make: commas and opening brackets outside of strings. */
function valuesIn(text: string): number {
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 44 || character === 91 || character === 123) values++;
    else if (character === 34) {
      for (at++; at < text.length && text.charCodeAt(at) !== 34; at++) if (text.charCodeAt(at) === 92) at++;
    }
  }
  return values;
}

/** A row's JSON object. Throws a RowError with the reason. */
export function parseRow(text: string): RowValue {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RowError(`not an object but ${value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`}`);
  return value as RowValue;
}

/** Cut to so many characters, the cut marked; never through the middle of a surrogate pair. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\uD800-\uDBFF]/.test(text[length - 1]) ? length - 1 : length;
  return `${text.slice(0, end)}…`;
}
