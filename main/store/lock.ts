// One process at a time has a data folder. The lock is an exclusive transaction, held open, on a database of its own: SQLite
// takes an OS lock for it, which the kernel drops when the process dies, however it dies. (The main database is not locked this
// way, so that it can be read with the sqlite3 shell meanwhile.)
// Trap: POSIX locks end when *any* descriptor of the file is closed in the process. Nothing else may open lock.db.
import { join } from "node:path";
import Database from "better-sqlite3";
import { HeadstartError } from "../contract/errors.ts";
import { readHolder, removeHolder, writeHolder } from "./holder.ts";

export interface Lock {
  announce(socket: string | null): void;
  release(): void;
}

export function lockDataFolder(dataFolder: string): Lock {
  const db = new Database(join(dataFolder, "lock.db"), { timeout: 0 });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (thrown) {
    db.close();
    if ((thrown as { code?: string }).code !== "SQLITE_BUSY") throw thrown;
    const holder = readHolder(dataFolder);
    const by = holder ? `process ${holder.pid}` : "another process";
    const at = holder?.socket ? `, listening at ${holder.socket}` : "";
    throw new HeadstartError({
      code: "data-folder-locked",
      where: "data folder",
      message: `The data folder is in use by ${by}${at}.`,
      hint: "Use that Headstart, close it first, or set HEADSTART_DATA to another folder.",
    });
  }
  writeHolder(dataFolder, { pid: process.pid, socket: null });
  return {
    announce: (socket) => writeHolder(dataFolder, { pid: process.pid, socket }),
    release: () => {
      removeHolder(dataFolder);
      db.close();
    },
  };
}
