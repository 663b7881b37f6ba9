// Walks a Thrift struct in the compact protocol, as parquet's footer and page headers are written, before hyparquet parses it.
// hyparquet allocates a list by the length that the file claims, follows nested structs without end and reads integers of any
// number of bytes; so lengths, depth, integers and the number of values are checked here first, and nothing is allocated.

export interface ThriftLimits {
  /** Fields and list elements together. */
  values: number;
  depth: number;
}

const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

/** Where the struct that begins at `start` ends. Throws an Error that says what is wrong with it. */
export function checkThrift(bytes: Uint8Array, start: number, limits: ThriftLimits): number {
  let at = start;
  let values = 0;

  function byte(): number {
    if (at >= bytes.length) throw new Error("it ends in the middle of its description");
    return bytes[at++];
  }
  function integer(maxBytes: number): number {
    let result = 0;
    for (let i = 0; i < maxBytes; i++) {
      const part = byte();
      result += (part & 0x7f) * 2 ** (7 * i);
      if (part < 0x80) return result;
    }
    throw new Error("an integer in its description has no end");
  }
  function skip(length: number): void {
    if (length > bytes.length - at) throw new Error(`a value in its description claims ${length} bytes, past the end`);
    at += length;
  }
  function count(number: number): void {
    values += number;
    if (values > limits.values) throw new Error(`its description has more than ${limits.values} values`);
  }
  function value(type: number, depth: number): void {
    if (depth > limits.depth) throw new Error("its description is nested too deep");
    if (type === BYTE) skip(1);
    else if (type === DOUBLE) skip(8);
    else if (type === I16 || type === I32) integer(5);
    else if (type === I64) integer(10);
    else if (type === BINARY) skip(integer(5));
    else if (type === LIST) list(depth);
    else if (type === STRUCT) struct(depth + 1);
    else if (type !== TRUE && type !== FALSE) throw new Error(`its description has a value of unknown type ${type}`);
  }
  function list(depth: number): void {
    const head = byte();
    const length = head >> 4 === 15 ? integer(5) : head >> 4;
    const elements = head & 0x0f;
    // Each element takes a byte at least, true and false too.
    if (length > bytes.length - at) throw new Error(`a list in its description claims ${length} elements, past the end`);
    count(length);
    for (let i = 0; i < length; i++) value(elements === TRUE || elements === FALSE ? BYTE : elements, depth + 1);
  }
  function struct(depth: number): void {
    for (;;) {
      const head = byte();
      const type = head & 0x0f;
      if (type === STOP) return;
      if (head >> 4 === 0) integer(3); // the field's number in full
      count(1);
      value(type, depth);
    }
  }

  struct(0);
  return at;
}
