// Writes safetensors tensor by tensor: the header follows from the shapes alone, so no more than one tensor is in memory.
import { HeadstartError } from "../contract/errors.ts";
import type { ParameterShape } from "../contract/parameter-shapes.ts";
import { narrowBF16, narrowF16 } from "./float-types.ts";
import { sizeOf } from "./weight-file.ts";
import { type WrittenFile, writeAside } from "./write-aside.ts";

export type FloatType = "F32" | "F16" | "BF16";

/** Values converted and written at once. */
const chunkValues = 1 << 20;

/** Writes `tensors` in their order; `read` gives each one's values when its turn comes. Throws for what F16 cannot hold. */
export function writeSafetensors(
  path: string,
  tensors: readonly ParameterShape[],
  read: (name: string) => Float32Array,
  dtype: FloatType = "F32",
): WrittenFile {
  const bytesEach = dtype === "F32" ? 4 : 2;
  let offset = 0;
  const entries = tensors.map(({ name, shape }) => {
    const from = offset;
    offset += sizeOf(shape)! * bytesEach;
    return [name, { dtype, shape, data_offsets: [from, offset] }];
  });
  // transformers refuses files that do not say whose layout they have.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([["__metadata__", { format: "pt" }], ...entries])));
  const start = new Uint8Array(Math.ceil((8 + json.length) / 8) * 8).fill(0x20); // tensors begin at a multiple of 8, filled up with spaces
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);
  return writeAside(path, (append) => {
    append(start);
    for (const { name, shape } of tensors) {
      const values = read(name);
      if (values.length !== sizeOf(shape)) throw new RangeError(`tensor ${name} has ${values.length} values, not ${shape.join("×")}`);
      for (let at = 0; at < values.length; at += chunkValues) append(encodeFloats(values.subarray(at, at + chunkValues), dtype, name));
    }
  });
}

/** Values as a file keeps them, rounded to nearest even. */
export function encodeFloats(values: Float32Array, dtype: FloatType, name: string): Uint8Array {
  const encoded = dtype === "F32" ? values : dtype === "BF16" ? narrowBF16(values) : narrowF16(values);
  if (dtype === "F16")
    for (let i = 0; i < values.length; i++)
      if ((encoded[i] & 0x7fff) === 0x7c00 && Number.isFinite(values[i])) throw notInF16(values[i], name);
  return new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

function notInF16(value: number, name: string): HeadstartError {
  return new HeadstartError({
    code: "not-in-f16",
    where: `tensor ${name}`,
    message: `The value ${value} is past 65,504, the largest that F16 holds.`,
    hint: "Write BF16 or F32 instead.",
  });
}
