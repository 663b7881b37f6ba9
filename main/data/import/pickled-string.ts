// Reads one form of Python pickle: a single text, as LiveCodeBench's private tests are packed. A pickle is a program; the few
// instructions that make a text are read here and nothing is ever executed. Any other instruction is refused by its number.
import { RowError } from "./row-reader.ts";
import { decodeUtf8 } from "./text-file.ts";

const [PROTO, FRAME, STOP, MEMOIZE, BINPUT, LONG_BINPUT] = [0x80, 0x95, 0x2e, 0x94, 0x71, 0x72];
const [SHORT_BINUNICODE, BINUNICODE, BINUNICODE8] = [0x8c, 0x58, 0x8d];

export function readPickledString(bytes: Buffer): string {
  let at = 0;
  let text: string | null = null;
  const number = (length: 1 | 4 | 8): number => {
    if (at + length > bytes.length) throw new RowError("the packed tests end early");
    const value = length === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, length);
    at += length;
    return value;
  };
  const unicode = (lengthBytes: 1 | 4 | 8): string => {
    const length = number(lengthBytes);
    if (length > bytes.length - at) throw new RowError("the packed tests end early");
    const decoded = decodeUtf8(bytes.subarray(at, at + length));
    if (decoded === null) throw new RowError("the packed tests are not UTF-8");
    at += length;
    return decoded;
  };
  for (;;) {
    const instruction = number(1);
    if (instruction === PROTO) {
      if (number(1) > 5) throw new RowError("the packed tests use an unknown version of pickle");
    } else if (instruction === FRAME) number(8);
    else if (instruction === MEMOIZE) continue;
    else if (instruction === BINPUT) number(1);
    else if (instruction === LONG_BINPUT) number(4);
    else if (text === null && instruction === SHORT_BINUNICODE) text = unicode(1);
    else if (text === null && instruction === BINUNICODE) text = unicode(4);
    else if (text === null && instruction === BINUNICODE8) text = unicode(8);
    else if (text !== null && instruction === STOP && at === bytes.length) return text;
    else throw new RowError(`the packed tests are no plain text: pickle instruction 0x${instruction.toString(16)} is refused`);
  }
}
