// How ggml keeps a tensor's values: as floats, or in blocks that share scales (ggml-quants.c; the Python package gguf has the
// same in quants.py). Each decoder turns whole blocks into float32; the products are exact in float64, so the results are bit
// for bit those of the float32 arithmetic there.
import { halfTable, widenBF16, widenF16 } from "./float-types.ts";

export interface GgmlType {
  name: string;
  /** Values and bytes of a block; a row is whole blocks. */
  blockValues: number;
  blockBytes: number;
  /** Decodes the blocks of `bytes` into `out`, filling it. `bytes` begins at a multiple of 4 of its buffer. */
  decode: (bytes: Uint8Array, out: Float32Array) => void;
}

function decodeQ4_0(bytes: Uint8Array, out: Float32Array): void {
  const half = halfTable();
  for (let block = 0, to = 0; block < bytes.length; block += 18, to += 32) {
    const d = half[bytes[block] | (bytes[block + 1] << 8)];
    for (let i = 0; i < 16; i++) {
      const q = bytes[block + 2 + i];
      out[to + i] = d * ((q & 15) - 8);
      out[to + 16 + i] = d * ((q >> 4) - 8);
    }
  }
}

function decodeQ4_1(bytes: Uint8Array, out: Float32Array): void {
  const half = halfTable();
  for (let block = 0, to = 0; block < bytes.length; block += 20, to += 32) {
    const d = half[bytes[block] | (bytes[block + 1] << 8)];
    const m = half[bytes[block + 2] | (bytes[block + 3] << 8)];
    for (let i = 0; i < 16; i++) {
      const q = bytes[block + 4 + i];
      out[to + i] = d * (q & 15) + m;
      out[to + 16 + i] = d * (q >> 4) + m;
    }
  }
}

function decodeQ5_0(bytes: Uint8Array, out: Float32Array): void {
  const half = halfTable();
  for (let block = 0, to = 0; block < bytes.length; block += 22, to += 32) {
    const d = half[bytes[block] | (bytes[block + 1] << 8)];
    const high = word(bytes, block + 2);
    for (let i = 0; i < 16; i++) {
      const q = bytes[block + 6 + i];
      out[to + i] = d * (((q & 15) | (((high >>> i) & 1) << 4)) - 16);
      out[to + 16 + i] = d * (((q >> 4) | (((high >>> (i + 16)) & 1) << 4)) - 16);
    }
  }
}

function decodeQ5_1(bytes: Uint8Array, out: Float32Array): void {
  const half = halfTable();
  for (let block = 0, to = 0; block < bytes.length; block += 24, to += 32) {
    const d = half[bytes[block] | (bytes[block + 1] << 8)];
    const m = half[bytes[block + 2] | (bytes[block + 3] << 8)];
    const high = word(bytes, block + 4);
    for (let i = 0; i < 16; i++) {
      const q = bytes[block + 8 + i];
      out[to + i] = d * ((q & 15) | (((high >>> i) & 1) << 4)) + m;
      out[to + 16 + i] = d * ((q >> 4) | (((high >>> (i + 16)) & 1) << 4)) + m;
    }
  }
}

function decodeQ8_0(bytes: Uint8Array, out: Float32Array): void {
  const half = halfTable();
  for (let block = 0, to = 0; block < bytes.length; block += 34, to += 32) {
    const d = half[bytes[block] | (bytes[block + 1] << 8)];
    for (let i = 0; i < 32; i++) out[to + i] = d * signed(bytes[block + 2 + i]);
  }
}

/** Scale (even) and minimum (odd) of each of the eight groups of a K block, from the 12 bytes that pack them with 6 bits each. */
const groups = new Uint8Array(16);
function unpackGroups(bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 4; i++) {
    const [scale, minimum, rest] = [bytes[at + i], bytes[at + 4 + i], bytes[at + 8 + i]];
    groups[2 * i] = scale & 63;
    groups[2 * i + 1] = minimum & 63;
    groups[2 * i + 8] = (rest & 15) | ((scale >> 2) & 48);
    groups[2 * i + 9] = (rest >> 4) | ((minimum >> 2) & 48);
  }
}

function decodeQ4_K(bytes: Uint8Array, out: Float32Array): void {
  const half = halfTable();
  for (let block = 0, to = 0; block < bytes.length; block += 144, to += 256) {
    const d = half[bytes[block] | (bytes[block + 1] << 8)];
    const m = half[bytes[block + 2] | (bytes[block + 3] << 8)];
    unpackGroups(bytes, block + 4);
    for (let pair = 0; pair < 4; pair++) {
      const d0 = d * groups[4 * pair];
      const m0 = m * groups[4 * pair + 1];
      const d1 = d * groups[4 * pair + 2];
      const m1 = m * groups[4 * pair + 3];
      for (let i = 0; i < 32; i++) {
        const q = bytes[block + 16 + 32 * pair + i];
        out[to + 64 * pair + i] = d0 * (q & 15) - m0;
        out[to + 64 * pair + 32 + i] = d1 * (q >> 4) - m1;
      }
    }
  }
}

function decodeQ5_K(bytes: Uint8Array, out: Float32Array): void {
  const half = halfTable();
  for (let block = 0, to = 0; block < bytes.length; block += 176, to += 256) {
    const d = half[bytes[block] | (bytes[block + 1] << 8)];
    const m = half[bytes[block + 2] | (bytes[block + 3] << 8)];
    unpackGroups(bytes, block + 4);
    for (let pair = 0; pair < 4; pair++) {
      const d0 = d * groups[4 * pair];
      const m0 = m * groups[4 * pair + 1];
      const d1 = d * groups[4 * pair + 2];
      const m1 = m * groups[4 * pair + 3];
      for (let i = 0; i < 32; i++) {
        const q = bytes[block + 48 + 32 * pair + i];
        const high = bytes[block + 16 + i] >> (2 * pair);
        out[to + 64 * pair + i] = d0 * ((q & 15) | ((high & 1) << 4)) - m0;
        out[to + 64 * pair + 32 + i] = d1 * ((q >> 4) | ((high & 2) << 3)) - m1;
      }
    }
  }
}

function decodeQ6_K(bytes: Uint8Array, out: Float32Array): void {
  const half = halfTable();
  for (let block = 0, to = 0; block < bytes.length; block += 210, to += 256) {
    const d = half[bytes[block + 208] | (bytes[block + 209] << 8)];
    for (let part = 0; part < 2; part++) {
      const at = to + 128 * part;
      for (let i = 0; i < 32; i++) {
        const left = bytes[block + 64 * part + i];
        const right = bytes[block + 64 * part + 32 + i];
        const h = bytes[block + 128 + 32 * part + i];
        const scale = block + 192 + 8 * part + (i >> 4);
        out[at + i] = d * signed(bytes[scale]) * (((left & 15) | ((h & 3) << 4)) - 32);
        out[at + 32 + i] = d * signed(bytes[scale + 2]) * (((right & 15) | ((h & 12) << 2)) - 32);
        out[at + 64 + i] = d * signed(bytes[scale + 4]) * (((left >> 4) | (h & 48)) - 32);
        out[at + 96 + i] = d * signed(bytes[scale + 6]) * (((right >> 4) | ((h & 192) >> 2)) - 32);
      }
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

const halvesOf = (bytes: Uint8Array) => new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);

/** The types that are read, by ggml's ids. */
export const ggmlTypes = new Map<number, GgmlType>([
  [
    0,
    {
      name: "F32",
      blockValues: 1,
      blockBytes: 4,
      decode: (bytes, out) => new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes),
    },
  ],
  [1, { name: "F16", blockValues: 1, blockBytes: 2, decode: (bytes, out) => widenF16(halvesOf(bytes), out, 0) }],
  [2, { name: "Q4_0", blockValues: 32, blockBytes: 18, decode: decodeQ4_0 }],
  [3, { name: "Q4_1", blockValues: 32, blockBytes: 20, decode: decodeQ4_1 }],
  [6, { name: "Q5_0", blockValues: 32, blockBytes: 22, decode: decodeQ5_0 }],
  [7, { name: "Q5_1", blockValues: 32, blockBytes: 24, decode: decodeQ5_1 }],
  [8, { name: "Q8_0", blockValues: 32, blockBytes: 34, decode: decodeQ8_0 }],
  [12, { name: "Q4_K", blockValues: 256, blockBytes: 144, decode: decodeQ4_K }],
  [13, { name: "Q5_K", blockValues: 256, blockBytes: 176, decode: decodeQ5_K }],
  [14, { name: "Q6_K", blockValues: 256, blockBytes: 210, decode: decodeQ6_K }],
  [30, { name: "BF16", blockValues: 1, blockBytes: 2, decode: (bytes, out) => widenBF16(halvesOf(bytes), out, 0) }],
]);

/** Of the types that are not read, the names of those that files are known to hold. */
const otherTypes = new Map(
  Object.entries({
    Q8_1: 9, Q2_K: 10, Q3_K: 11, Q8_K: 15, IQ2_XXS: 16, IQ2_XS: 17, IQ3_XXS: 18, IQ1_S: 19, IQ4_NL: 20, IQ3_S: 21, IQ2_S: 22, IQ4_XS: 23,
    I8: 24, I16: 25, I32: 26, I64: 27, F64: 28, IQ1_M: 29, TQ1_0: 34, TQ2_0: 35, MXFP4: 39, NVFP4: 40, Q1_0: 41,
  }).map(([name, id]) => [id, name]),
); // biome-ignore format: a table

export function ggmlTypeName(id: number): string {
  return ggmlTypes.get(id)?.name ?? otherTypes.get(id) ?? `type ${id}`;
}
