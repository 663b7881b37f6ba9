// safetensors (huggingface.co/docs/safetensors): eight bytes of header length, a JSON header, then the tensors' bytes. F32
// for now; the header is checked before anything is allocated.
import { HeadstartError } from "../contract/errors.ts";

export interface NamedTensor {
  shape: number[];
  values: Float32Array;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Longest header that is read, safetensors' own limit. */
const maxHeaderBytes = 100_000_000;

export function encodeSafetensors(tensors: ReadonlyMap<string, NamedTensor>): Uint8Array {
  const header: Record<string, HeaderEntry> = {};
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil((8 + json.length) / 8) * 8; // tensors begin at a multiple of 8, filled up with spaces
  const bytes = new Uint8Array(padded + offset).fill(0x20, 8 + json.length, padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded - 8), true);
  bytes.set(json, 8);
  let at = padded;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

export function decodeSafetensors(bytes: Uint8Array, where: string): Map<string, NamedTensor> {
  const broken = (message: string) =>
    new HeadstartError({
      code: "broken-safetensors",
      where,
      message,
      hint: "The file is damaged or cut short: restore it from where it came from.",
    });
  if (bytes.length < 8) throw broken(`The file has ${bytes.length} bytes, too few for a header.`);
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (headerBytes > maxHeaderBytes || 8 + headerBytes > bytes.length)
    throw broken(`The header claims ${headerBytes} bytes, the file has ${bytes.length}.`);
  let header: Record<string, HeaderEntry>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes)));
  } catch {
    throw broken("The header is not JSON.");
  }
  const data = 8 + headerBytes;
  const tensors = new Map<string, NamedTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: offsets } = entry ?? {};
    if (dtype !== "F32") throw broken(`Tensor ${name} is ${dtype}; only F32 is read.`);
    const whole = (list: unknown): list is number[] => Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!whole(shape) || !whole(offsets) || offsets.length !== 2) throw broken(`Tensor ${name} has no valid shape and offsets.`);
    const [from, to] = offsets;
    const size = shape.reduce((a, b) => a * b, 1);
    if (to - from !== size * 4 || data + to > bytes.length)
      throw broken(`Tensor ${name} (${shape.join("×")}) does not fit its bytes ${from} to ${to}.`);
    // Copied: the offsets of a foreign file need not be multiples of four.
    tensors.set(name, { shape, values: new Float32Array(new Uint8Array(bytes.subarray(data + from, data + to)).buffer) });
  }
  return tensors;
}
