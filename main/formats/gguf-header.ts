// The start of a GGUF file (github.com/ggml-org/ggml/blob/master/docs/gguf.md): magic, version, metadata, and where each tensor
// lies. Little-endian, versions 2 and 3. Every count and length is held against the bytes that are left before anything is made
// of it, so a file can claim no more than it has.
import type { FileReader } from "./file-reader.ts";
import { brokenFile, unsupported } from "./format-errors.ts";
import { type GgmlType, ggmlTypeName, ggmlTypes } from "./ggml-types.ts";
import { sizeOf } from "./weight-file.ts";

/** Integers past 2^53 stay bigints; arrays of numbers are typed, those of booleans hold 0 and 1. */
export type GgufValue = number | bigint | boolean | string | GgufNumbers | string[];
export type GgufNumbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

export interface GgufTensor {
  name: string;
  type: GgmlType;
  /** Rows first; the file has the fastest dimension first. */
  shape: number[];
  size: number;
  /** Of its first byte, in the file, and their number. */
  at: number;
  bytes: number;
}

export interface GgufHeader {
  metadata: GgufMetadata;
  tensors: GgufTensor[];
}

/** Far above what any file has (a vocabulary of 260,000 tokens with its merges: 20 MB). */
const maxHeaderBytes = 256 << 20;
/** llama.cpp takes 64 bytes for a tensor; the format allows keys of 65,535. */
const maxNameBytes = 512;
const defaultAlignment = 32;

const broken = (file: FileReader, message: string) => brokenFile("broken-gguf", file.path, message);

export function readGgufHeader(file: FileReader): GgufHeader {
  const cursor = new Cursor(file);
  if (file.size < 24 || Buffer.from(cursor.take(4)).toString("latin1") !== "GGUF")
    throw broken(file, "It does not begin as a GGUF file does.");
  const version = cursor.u32();
  if (version !== 2 && version !== 3) {
    const what = (version & 0xffff) === 0 ? "is big-endian" : `has version ${version}`;
    throw unsupported(
      file.path,
      `The GGUF file ${what}; versions 2 and 3, little-endian, are read.`,
      "Convert the model again with a current llama.cpp.",
    );
  }
  const tensorCount = cursor.count("tensors", 24);
  const metadataCount = cursor.count("metadata entries", 13);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < metadataCount; i++) {
    const key = cursor.text("a metadata key", maxNameBytes);
    if (metadata.has(key)) throw broken(file, `The metadata key ${key} is there twice.`);
    metadata.set(key, cursor.value(key));
  }
  const described = Array.from({ length: tensorCount }, () => tensorEntry(cursor));
  const alignment = metadata.get("general.alignment") ?? defaultAlignment;
  if (typeof alignment !== "number" || alignment < 1 || !Number.isInteger(Math.log2(alignment)))
    throw broken(file, `general.alignment = ${shownValue(alignment)}, not a power of two.`);
  const data = Math.ceil(cursor.at / alignment) * alignment;
  return { metadata, tensors: placed(file, described, data, alignment) };
}

/** A value for a message, however long it is. */
export function shownValue(value: GgufValue): string {
  return typeof value === "object" ? `a list of ${value.length}` : String(value).slice(0, 60);
}

interface TensorEntry {
  name: string;
  shape: number[];
  typeId: number;
  offset: number;
}

function tensorEntry(cursor: Cursor): TensorEntry {
  const name = cursor.text("a tensor's name", maxNameBytes);
  const rank = cursor.u32();
  if (rank > 4) throw broken(cursor.file, `Tensor ${name} has ${rank} dimensions, more than four.`);
  const shape = Array.from({ length: rank }, () => cursor.whole(`a dimension of tensor ${name}`)).reverse();
  return { name, shape, typeId: cursor.u32(), offset: cursor.whole(`the offset of tensor ${name}`) };
}

/** Each tensor with its bytes, checked to lie within the file and apart from the others. */
function placed(file: FileReader, entries: TensorEntry[], data: number, alignment: number): GgufTensor[] {
  const names = new Set<string>();
  const tensors = entries.map(({ name, shape, typeId, offset }): GgufTensor => {
    if (names.has(name)) throw broken(file, `Tensor ${name} is there twice.`);
    names.add(name);
    const type = ggmlTypes.get(typeId);
    if (!type)
      throw unsupported(
        file.path,
        `Tensor ${name} is quantised as ${ggmlTypeName(typeId)}; read are ${[...ggmlTypes.values()].map((each) => each.name).join(", ")}.`,
        "Use the model in one of these, such as Q8_0 or Q4_K_M.",
      );
    const size = sizeOf(shape) ?? Number.POSITIVE_INFINITY;
    const row = shape[shape.length - 1] ?? 1;
    const bytes = (size / type.blockValues) * type.blockBytes;
    if (row % type.blockValues !== 0 || offset % alignment !== 0 || data + offset + bytes > file.size)
      throw broken(
        file,
        `Tensor ${name} (${shape.join("×")}, ${type.name}) at offset ${offset} does not fit the ${file.size - data} bytes of data.`,
      );
    return { name, type, shape, size, at: data + offset, bytes };
  });
  let before: GgufTensor | null = null;
  for (const tensor of [...tensors].sort((a, b) => a.at - b.at || a.bytes - b.bytes)) {
    if (before && tensor.at < before.at + before.bytes)
      throw broken(file, `Tensors ${before.name} and ${tensor.name} overlap at offset ${tensor.at - data}.`);
    before = tensor;
  }
  return tensors;
}

/** Reads on through the file, a window of it in memory. */
class Cursor {
  readonly file: FileReader;
  at = 0;
  private window = new Uint8Array(0);
  private windowAt = 0;

  constructor(file: FileReader) {
    this.file = file;
  }

  /** A view of the next bytes, valid until the next call. */
  take(length: number): Uint8Array {
    if (length > this.left())
      throw broken(this.file, `It is cut short: ${length} bytes are needed at byte ${this.at} of ${this.file.size}.`);
    if (this.at + length > maxHeaderBytes) throw broken(this.file, `Its metadata take more than ${maxHeaderBytes} bytes.`);
    if (this.at + length > this.windowAt + this.window.length) {
      this.window = this.file.bytes(this.at, Math.min(Math.max(length, 1 << 18), this.left()));
      this.windowAt = this.at;
    }
    const from = this.at - this.windowAt;
    this.at += length;
    return this.window.subarray(from, from + length);
  }

  u32(): number {
    return this.scalar(4).getUint32(0, true);
  }

  /** A 64-bit integer that a number holds. */
  whole(what: string): number {
    const value = this.scalar(8).getBigUint64(0, true);
    if (value > Number.MAX_SAFE_INTEGER) throw broken(this.file, `It claims ${value} as ${what} (byte ${this.at - 8}).`);
    return Number(value);
  }

  /** A number of things of which each takes at least so many bytes. */
  count(what: string, leastBytes: number): number {
    const count = this.whole(`the number of ${what}`);
    if (count * leastBytes > this.left())
      throw broken(this.file, `It claims ${count} ${what} (byte ${this.at - 8}), more than fit the ${this.left()} bytes that follow.`);
    return count;
  }

  /** A string, refused past `most` bytes. */
  text(what: string, most = maxHeaderBytes): string {
    const length = this.count(`bytes of ${what}`, 1);
    if (length > most) throw broken(this.file, `It has ${what} of ${length} bytes (byte ${this.at - 8}), more than ${most}.`);
    const bytes = this.take(length);
    // Tokens of a vocabulary need not be UTF-8 in old files; a replacement character is then what is known of them.
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  }

  value(key: string): GgufValue {
    const type = this.u32();
    if (type === stringType) return this.text(key);
    if (type === arrayType) return this.array(key);
    const { bytes, read } = this.scalarType(type, key);
    const value = read(this.scalar(bytes));
    return typeof value === "bigint" && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }

  private array(key: string): GgufNumbers | string[] {
    const type = this.u32();
    // The format allows them; no key that is known has one.
    if (type === arrayType)
      throw unsupported(this.file.path, `The metadata key ${key} is an array of arrays.`, "Write the file without it.");
    if (type === stringType) return Array.from({ length: this.count(`strings of ${key}`, 8) }, () => this.text(key));
    const { bytes, array } = this.scalarType(type, key);
    // Copied before it is viewed: a typed array asks for aligned memory.
    return new array(this.take(this.count(`numbers of ${key}`, bytes) * bytes).slice().buffer);
  }

  private scalarType(type: number, key: string): Scalar {
    const scalar = scalars.get(type);
    if (!scalar) throw broken(this.file, `The metadata key ${key} has a value of type ${type}, which the format does not know.`);
    return scalar;
  }

  private left(): number {
    return this.file.size - this.at;
  }

  private scalar(bytes: number): DataView {
    const view = this.take(bytes);
    return new DataView(view.buffer, view.byteOffset, bytes);
  }
}

interface Scalar {
  bytes: number;
  read: (view: DataView) => number | bigint | boolean;
  array: new (buffer: ArrayBuffer) => GgufNumbers;
}

/** By the format's type ids. */
const scalars = new Map<number, Scalar>([
  [0, { bytes: 1, read: (view) => view.getUint8(0), array: Uint8Array }],
  [1, { bytes: 1, read: (view) => view.getInt8(0), array: Int8Array }],
  [2, { bytes: 2, read: (view) => view.getUint16(0, true), array: Uint16Array }],
  [3, { bytes: 2, read: (view) => view.getInt16(0, true), array: Int16Array }],
  [4, { bytes: 4, read: (view) => view.getUint32(0, true), array: Uint32Array }],
  [5, { bytes: 4, read: (view) => view.getInt32(0, true), array: Int32Array }],
  [6, { bytes: 4, read: (view) => view.getFloat32(0, true), array: Float32Array }],
  [7, { bytes: 1, read: (view) => view.getUint8(0) !== 0, array: Uint8Array }],
  [10, { bytes: 8, read: (view) => view.getBigUint64(0, true), array: BigUint64Array }],
  [11, { bytes: 8, read: (view) => view.getBigInt64(0, true), array: BigInt64Array }],
  [12, { bytes: 8, read: (view) => view.getFloat64(0, true), array: Float64Array }],
]);
const stringType = 8;
const arrayType = 9;
