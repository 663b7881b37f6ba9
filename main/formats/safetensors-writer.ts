// Writes safetensors tensor by tensor: the header follows from the shapes alone, so no more than one tensor is in memory.
import type { ParameterShape } from "../contract/parameter-shapes.ts";
import { appendTensor, encodedBytes, type FloatType } from "./encode-values.ts";
import { type WrittenFile, writeAside } from "./write-aside.ts";

/** Writes `tensors` in their order; `read` gives each one's values when its turn comes. Throws for what F16 cannot hold. */
export function writeSafetensors(
  path: string,
  tensors: readonly ParameterShape[],
  read: (name: string) => Float32Array,
  dtype: FloatType = "F32",
): WrittenFile {
  let offset = 0;
  const entries = tensors.map(({ name, shape }) => {
    const from = offset;
    offset += encodedBytes(shape, dtype);
    return [name, { dtype, shape, data_offsets: [from, offset] }];
  });
  // transformers refuses files that do not say whose layout they have.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([["__metadata__", { format: "pt" }], ...entries])));
  const start = new Uint8Array(Math.ceil((8 + json.length) / 8) * 8).fill(0x20); // tensors begin at a multiple of 8, filled up with spaces
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);
  return writeAside(path, (append) => {
    append(start);
    for (const tensor of tensors) appendTensor(append, tensor, read(tensor.name), dtype);
  });
}
