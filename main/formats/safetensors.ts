// safetensors (huggingface.co/docs/safetensors) of F32, F16 and BF16: eight bytes of header length, a JSON header, then the tensors' bytes.
// A file is opened by its header alone, checked whole against the file's size; tensors are read one at a time.
import { FileReader } from "./file-reader.ts";
import { widenBF16, widenF16 } from "./float-types.ts";
import { brokenFile, unsupported } from "./format-errors.ts";
import { type JsonLimits, parseStrictJson } from "./strict-json.ts";
import { sizeOf, tensorEntry, type WeightFile } from "./weight-file.ts";

/** The format allows headers of 100 MB; that of a dense model's shard has less than one. */
const headerLimits: JsonLimits = { bytes: 32 << 20, values: 2_000_000 };

/** Far above what any model has. */
const maxNameLength = 512;
const maxRank = 32;

const bytesOf = { F32: 4, F16: 2, BF16: 2 };
const wideners = { F16: widenF16, BF16: widenBF16 };

/** Values converted at once: a read's only memory beside its result. */
const chunkValues = 1 << 20;

interface StoredTensor {
  name: string;
  file: FileReader;
  dtype: keyof typeof bytesOf;
  shape: number[];
  size: number;
  /** Of its first byte, and past its last, in the file. */
  from: number;
  to: number;
}

/** A file, or the shards of one model; `where` names them all in errors. */
export function openSafetensors(paths: readonly string[], where = paths[0]): Safetensors {
  const files: FileReader[] = [];
  try {
    const tensors = new Map<string, StoredTensor>();
    for (const path of paths) {
      const file = new FileReader(path);
      files.push(file);
      for (const tensor of readHeader(file)) {
        if (tensors.has(tensor.name)) throw broken(path, `Tensor ${tensor.name} is in another shard too.`);
        tensors.set(tensor.name, tensor);
      }
    }
    return new Safetensors(where, files, tensors);
  } catch (thrown) {
    for (const file of files) file.close();
    throw thrown;
  }
}

const broken = (where: string, message: string) => brokenFile("broken-safetensors", where, message);

/** The tensors of one file, each checked to lie within it and apart from the others. */
function readHeader(file: FileReader): StoredTensor[] {
  if (file.size < 8) throw broken(file.path, `The file has ${file.size} bytes, too few for a header.`);
  const length = Number(new DataView(file.bytes(0, 8).buffer).getBigUint64(0, true));
  if (8 + length > file.size) throw broken(file.path, `The header claims ${length} bytes, the file has ${file.size}.`);
  if (length > headerLimits.bytes)
    throw broken(file.path, `The header has ${length} bytes, more than the ${headerLimits.bytes} that are read.`);
  const header = parseStrictJson(file.bytes(8, length), `${file.path} header`, headerLimits);
  if (typeof header !== "object" || header === null || Array.isArray(header)) throw broken(file.path, "The header is not a JSON object.");
  const tensors = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => storedTensor(file, 8 + length, name, entry));
  let before: StoredTensor | null = null;
  for (const tensor of [...tensors].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (before && tensor.from < before.to)
      throw broken(file.path, `Tensors ${before.name} and ${tensor.name} overlap at byte ${tensor.from}.`);
    before = tensor;
  }
  return tensors;
}

function storedTensor(file: FileReader, data: number, name: string, entry: unknown): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (name.length > maxNameLength) throw broken(file.path, `A tensor's name has ${name.length} characters, more than ${maxNameLength}.`);
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length <= maxRank && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole(shape) || !whole(offsets) || offsets.length !== 2) throw broken(file.path, `Tensor ${name} has no valid shape and offsets.`);
  if (!isRead(dtype))
    throw unsupported(
      file.path,
      `Tensor ${name} is ${JSON.stringify(dtype)?.slice(0, 40)}; F32, F16 and BF16 are read.`,
      "Convert the checkpoint to one of them.",
    );
  const [from, to] = offsets;
  const size = sizeOf(shape) ?? Number.POSITIVE_INFINITY;
  if (to - from !== size * bytesOf[dtype] || data + to > file.size)
    throw broken(
      file.path,
      `Tensor ${name} (${shape.join("×")}, ${dtype}) does not fit its bytes ${from} to ${to} of ${file.size - data}.`,
    );
  return { name, file, dtype, shape, size, from: data + from, to: data + to };
}

export class Safetensors implements WeightFile {
  private readonly where: string;
  private readonly files: FileReader[];
  private readonly tensors: ReadonlyMap<string, StoredTensor>;

  constructor(where: string, files: FileReader[], tensors: ReadonlyMap<string, StoredTensor>) {
    this.where = where;
    this.files = files;
    this.tensors = tensors;
  }

  names(): string[] {
    return [...this.tensors.keys()];
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  shape(name: string): number[] {
    return tensorEntry(this.tensors, name, this.where).shape;
  }

  dtype(name: string): string {
    return tensorEntry(this.tensors, name, this.where).dtype;
  }

  read(name: string): Float32Array {
    const { file, dtype, size, from } = tensorEntry(this.tensors, name, this.where);
    const values = new Float32Array(size);
    if (dtype === "F32") file.fill(new Uint8Array(values.buffer), from);
    else
      for (let at = 0; at < size; at += chunkValues) {
        const chunk = new Uint16Array(Math.min(chunkValues, size - at));
        file.fill(new Uint8Array(chunk.buffer), from + 2 * at);
        wideners[dtype](chunk, values, at);
      }
    return values;
  }

  /** Whether two tensors are the same bytes. */
  same(a: string, b: string): boolean {
    const [one, two] = [a, b].map((name) => tensorEntry(this.tensors, name, this.where));
    const length = one.to - one.from;
    if (one.dtype !== two.dtype || two.to - two.from !== length) return false;
    for (let at = 0; at < length; at += chunkValues) {
      const [left, right] = [one, two].map(({ file, from }) => file.bytes(from + at, Math.min(chunkValues, length - at)));
      if (Buffer.compare(left, right) !== 0) return false;
    }
    return true;
  }

  close(): void {
    for (const file of this.files) file.close();
  }
}

function isRead(dtype: unknown): dtype is keyof typeof bytesOf {
  return typeof dtype === "string" && Object.keys(bytesOf).includes(dtype);
}
