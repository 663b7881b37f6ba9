// How the writers keep a tensor's values: as floats, or ggml's blocks of 8-bit integers with a scale. Encoded piece by piece, so that
// beside a tensor only a piece is in memory.
import { HeadstartError } from "../contract/errors.ts";
import type { ParameterShape } from "../contract/parameter-shapes.ts";
import { narrowBF16, narrowF16 } from "./float-types.ts";
import { sizeOf } from "./weight-file.ts";

export type FloatType = "F32" | "F16" | "BF16";
export type Encoding = FloatType | "Q8_0";

/** Values encoded at once; a multiple of every block. */
const pieceValues = 1 << 20;

export function encodedBytes(shape: readonly number[], encoding: Encoding): number {
  const size = sizeOf(shape)!;
  return encoding === "Q8_0" ? (size / 32) * 34 : size * (encoding === "F32" ? 4 : 2);
}

/** Encodes a tensor and appends it. Throws "not-in-f16" for values that the encoding cannot hold. */
export function appendTensor(
  append: (bytes: Uint8Array) => void,
  { name, shape }: ParameterShape,
  values: Float32Array,
  encoding: Encoding,
): void {
  if (values.length !== sizeOf(shape)) throw new RangeError(`tensor ${name} has ${values.length} values, not ${shape.join("×")}`);
  for (let at = 0; at < values.length; at += pieceValues) append(encode(values.subarray(at, at + pieceValues), encoding, name));
}

function encode(values: Float32Array, encoding: Encoding, name: string): Uint8Array {
  if (encoding === "Q8_0") return encodeQ8_0(values, name);
  const encoded = encoding === "F32" ? values : encoding === "BF16" ? narrowBF16(values) : heldHalves(values, name);
  return new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

/** Halves, none of which has become infinite. */
function heldHalves(values: Float32Array, name: string): Uint16Array {
  const halves = narrowF16(values);
  for (let i = 0; i < values.length; i++)
    if ((halves[i] & 0x7fff) === 0x7c00 && Number.isFinite(values[i]))
      throw new HeadstartError({
        code: "not-in-f16",
        where: `tensor ${name}`,
        message: `The value ${values[i]} is past 65,504, the largest that F16 holds.`,
        hint: "Write BF16 or F32 instead.",
      });
  return halves;
}

/** As ggml's quantize_row_q8_0_ref, bit for bit: 32 values share the scale max|x| / 127, kept as a half. */
function encodeQ8_0(values: Float32Array, name: string): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 34);
  const scales = new Float32Array(values.length / 32);
  for (let block = 0; block < scales.length; block++) {
    let largest = 0;
    for (let i = 0; i < 32; i++) largest = Math.max(largest, Math.abs(values[32 * block + i]));
    scales[block] = largest / 127;
    const inverse = scales[block] ? Math.fround(1 / scales[block]) : 0;
    for (let i = 0; i < 32; i++) {
      const scaled = Math.fround(values[32 * block + i] * inverse);
      bytes[34 * block + 2 + i] = scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(0.5 + scaled); // halves away from zero
    }
  }
  const halves = heldHalves(scales, name);
  for (let block = 0; block < halves.length; block++) {
    bytes[34 * block] = halves[block];
    bytes[34 * block + 1] = halves[block] >> 8;
  }
  return bytes;
}
