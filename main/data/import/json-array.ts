// A JSON file that is one array of objects, of any length. Brackets and quotes are followed byte by byte to find where each
// element begins and ends; each is parsed on its own, so that one broken element does not take the rest with it.
import { HeadstartError } from "../../contract/errors.ts";
import { maxRowBytes, type RowReader, type UnreadRow } from "./row-reader.ts";
import { openJsonRows, type RowBytes } from "./text-file.ts";

const [quote, comma, backslash, newline] = [34, 44, 92, 10];
const opens = (byte: number) => byte === 0x5b || byte === 0x7b; // [ {
const closes = (byte: number) => byte === 0x5d || byte === 0x7d; // ] }
const isSpace = (byte: number) => byte === 32 || byte === newline || byte === 13 || byte === 9;

function* elementsOf(pieces: Iterable<Buffer>, from: number, limit: number, path: string): Generator<RowBytes | UnreadRow> {
  let state: "before" | "between" | "value" | "string" | "escape" | "after" | "ignored" = "before";
  let depth = 0; // of open brackets in the element
  let line = 1;
  let element = { line: 1, at: 0, length: 0 };
  let kept: Buffer[] = [];
  const add = (bytes: Buffer) => {
    element.length += bytes.length;
    if (element.length > limit) kept = [];
    else kept.push(bytes);
  };
  const whole = (): RowBytes => {
    const bytes = element.length > limit ? null : Buffer.concat(kept);
    kept = [];
    return { line: element.line, at: element.at, bytes };
  };

  let base = from;
  for (const piece of pieces) {
    let start = 0; // of the element's part in this piece
    for (let i = 0; i < piece.length && state !== "ignored"; i++) {
      const byte = piece[i];
      if (byte === newline) line++;
      if (state === "string") {
        if (byte === quote) state = "value";
        else if (byte === backslash) state = "escape";
      } else if (state === "escape") state = "string";
      else if (state === "value") {
        // A list or object ends with its own last bracket, anything else before the comma or bracket that follows it.
        if (byte === quote) state = "string";
        else if (opens(byte)) depth++;
        else if (depth > 0 && closes(byte)) {
          if (--depth > 0) continue;
          add(piece.subarray(start, i + 1));
          yield whole();
          state = "between";
        } else if (depth === 0 && (byte === comma || closes(byte))) {
          add(piece.subarray(start, i));
          yield whole();
          state = closes(byte) ? "after" : "between";
        }
      } else if (isSpace(byte)) continue;
      else if (state === "before") {
        if (byte !== 0x5b) throw notAnArray(path);
        state = "between";
      } else if (state === "between") {
        if (byte === 0x5d) state = "after";
        else if (byte !== comma) {
          element = { line, at: base + i, length: 0 };
          start = i;
          depth = opens(byte) ? 1 : 0;
          state = byte === quote ? "string" : "value";
        }
      } else {
        yield { line, reason: "text after the end of the array; the rest of the file is not read" };
        state = "ignored";
      }
    }
    if (state === "value" || state === "string" || state === "escape") add(piece.subarray(start));
    base += piece.length;
  }
  if (state === "before") throw notAnArray(path);
  if (state === "between") yield { line, reason: "the array is not closed: the file is cut" };
  else if (state !== "after" && state !== "ignored") yield { line: element.line, reason: "the file ends inside this row" };
}

const notAnArray = (path: string) =>
  new HeadstartError({
    code: "not-a-json-array",
    where: path,
    message: "The JSON file is not an array of objects.",
    hint: "Save the list of rows as a file of its own, or one object a line as .jsonl.",
  });

export const openJsonArray = (path: string, limit = maxRowBytes): RowReader => openJsonRows(path, limit, elementsOf);
