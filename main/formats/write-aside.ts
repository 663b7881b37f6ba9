// A file is written beside its name, synced and renamed: whoever opens it finds all of it, or what was there before.
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface WrittenFile {
  bytes: number;
  sha256: string;
}

/** Calls `produce` with what appends bytes; on an error nothing is left behind. */
export function writeAside(path: string, produce: (append: (bytes: Uint8Array) => void) => void): WrittenFile {
  const part = `${path}.part`;
  const hash = createHash("sha256");
  let written = 0;
  const descriptor = openSync(part, "w");
  try {
    try {
      produce((bytes) => {
        hash.update(bytes);
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
        written += bytes.length;
      });
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(part, path);
  } catch (thrown) {
    rmSync(part, { force: true });
    throw thrown;
  }
  syncFolder(dirname(path));
  return { bytes: written, sha256: hash.digest("hex") };
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
