// Who holds a data folder. The lock itself is the operating system's (lock.ts); this file beside it only says whom to talk to,
// and is to be believed only when the folder was found locked: after a crash it stays behind.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Holder {
  pid: number;
  /** Where the holder listens; null while it does not. */
  socket: string | null;
}

const path = (dataFolder: string) => join(dataFolder, "lock.json");

/** Null when nobody wrote it, or it cannot be read. */
export function readHolder(dataFolder: string): Holder | null {
  try {
    const { pid, socket } = JSON.parse(readFileSync(path(dataFolder), "utf8")) as Partial<Holder>;
    return typeof pid === "number" ? { pid, socket: typeof socket === "string" ? socket : null } : null;
  } catch {
    return null;
  }
}

export function writeHolder(dataFolder: string, holder: Holder): void {
  const aside = `${path(dataFolder)}.part`;
  writeFileSync(aside, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(aside, path(dataFolder));
}

export function removeHolder(dataFolder: string): void {
  rmSync(path(dataFolder), { force: true });
}
