// Token arrays of rollouts: one append-only file a stage. A rollout's record is ids (int32), log-probs (float32) and entropies
// (float32), one after the other, little-endian; its offset and CRC-32 are in its row, how much of a file is committed in the
// stage's row. Bytes are synced before the commit that refers to them; what lies past the committed end was never published and
// is cut off.
import { closeSync, constants, existsSync, fsyncSync, ftruncateSync, openSync, readSync, statSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { HeadstartError } from "../contract/errors.ts";
import type { TokenArrays } from "../contract/index.ts";
import type { RolloutTokens } from "./client.ts";
import { crc32 } from "./crc32.ts";
import { makeFolderDurably, syncFolder } from "./folders.ts";

export const bytesPerToken = 12;

export interface TokenRecord {
  offset: number;
  crc: number;
}

/** The records of a batch as one run of bytes, to be written at `start`. */
export function encode(tokens: TokenArrays, start: number): { bytes: Uint8Array; records: TokenRecord[] } {
  const bytes = new Uint8Array(tokens.ids.length * bytesPerToken);
  const records: TokenRecord[] = [];
  let token = 0;
  for (const length of tokens.lengths) {
    const at = token * bytesPerToken;
    const end = token + length;
    new Int32Array(bytes.buffer, at, length).set(tokens.ids.subarray(token, end));
    new Float32Array(bytes.buffer, at + 4 * length, length).set(tokens.logprobs.subarray(token, end));
    new Float32Array(bytes.buffer, at + 8 * length, length).set(tokens.entropies.subarray(token, end));
    records.push({ offset: start + at, crc: crc32(bytes.subarray(at, at + length * bytesPerToken)) });
    token = end;
  }
  return { bytes, records };
}

/** The files that one transaction appends to. */
export class TokenAppends {
  private readonly open = new Map<string, { descriptor: number; committed: number }>();

  /** Writes at `end`, which is where the committed bytes and those of this transaction end. */
  append(path: string, end: number, tokens: TokenArrays): { records: TokenRecord[]; end: number } {
    const file = this.open.get(path) ?? this.openFile(path, end);
    const { bytes, records } = encode(tokens, end);
    for (let written = 0; written < bytes.length; )
      written += writeSync(file.descriptor, bytes, written, bytes.length - written, end + written);
    return { records, end: end + bytes.length };
  }

  /** Last thing before the commit. */
  sync(): void {
    for (const { descriptor } of this.open.values()) fsyncSync(descriptor);
  }

  close(): void {
    for (const { descriptor } of this.open.values()) closeSync(descriptor);
    this.open.clear();
  }

  /** After a commit that failed. */
  undo(): void {
    for (const { descriptor, committed } of this.open.values()) ftruncateSync(descriptor, committed);
    this.close();
  }

  private openFile(path: string, committed: number): { descriptor: number; committed: number } {
    const isNew = !existsSync(path);
    if (isNew) makeFolderDurably(dirname(path));
    const file = { descriptor: openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644), committed };
    this.open.set(path, file);
    if (isNew) syncFolder(dirname(path));
    return file;
  }
}

/** Cuts a file to its committed end. A shorter or missing file is left: reading what it lost says so. */
export function cutTail(path: string, committed: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > committed) truncateSync(path, committed);
}

export function readTokens(path: string, record: TokenRecord, length: number): RolloutTokens {
  const bytes = new Uint8Array(length * bytesPerToken);
  if (!existsSync(path)) throw damaged(path, "the file is missing");
  const descriptor = openSync(path, "r");
  try {
    for (let read = 0; read < bytes.length; ) {
      const count = readSync(descriptor, bytes, read, bytes.length - read, record.offset + read);
      if (count === 0) throw damaged(path, `it ends before byte ${record.offset + bytes.length}`);
      read += count;
    }
  } finally {
    closeSync(descriptor);
  }
  if (crc32(bytes) !== record.crc) throw damaged(path, `the checksum of the ${bytes.length} bytes at ${record.offset} does not match`);
  return {
    ids: new Int32Array(bytes.buffer, 0, length),
    logprobs: new Float32Array(bytes.buffer, 4 * length, length),
    entropies: new Float32Array(bytes.buffer, 8 * length, length),
  };
}

function damaged(path: string, how: string): HeadstartError {
  return new HeadstartError({
    code: "token-file-damaged",
    where: path,
    message: `The token file is damaged: ${how}.`,
    hint: "Texts, rewards and curves are not affected; restore the file from a backup to see these tokens again.",
  });
}
