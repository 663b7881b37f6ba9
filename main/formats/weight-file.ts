// What every weight format is read through: tensors by their Hugging Face names, one at a time, as float32.
import { HeadstartError } from "../contract/errors.ts";

export interface WeightFile {
  /** Hugging Face names, in the file's order. */
  names(): string[];
  has(name: string): boolean;
  /** Rows first: a matrix is [out, in]. */
  shape(name: string): number[];
  /** How the file keeps it: F32, BF16, Q4_K, … */
  dtype(name: string): string;
  /** The values, read anew at each call; nothing is kept. */
  read(name: string): Float32Array;
  close(): void;
}

/** The entry of a tensor, or an error that names it. */
export function tensorEntry<T>(tensors: ReadonlyMap<string, T>, name: string, where: string): T {
  const tensor = tensors.get(name);
  if (!tensor)
    throw new HeadstartError({
      code: "missing-tensor",
      where,
      message: `There is no tensor ${name}.`,
      hint: "Use the weights with the config they were written with, and check that no shard is missing.",
    });
  return tensor;
}

/** Number of values of a shape; null past what a number holds exactly. A dimension of 0 makes it 0 whatever the others are. */
export function sizeOf(shape: readonly number[]): number | null {
  if (shape.includes(0)) return 0;
  let size = 1;
  for (const dimension of shape) {
    size *= dimension;
    if (size > Number.MAX_SAFE_INTEGER) return null;
  }
  return size;
}
