// Folders whose rows are gone. Their paths are noted in the transaction that removes the rows, and the folders deleted after it:
// a crash in between leaves a note, not a lost folder, and the next opening goes on.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";

export function garbageArea(db: Database, dataFolder: string) {
  const add = db.prepare("INSERT OR IGNORE INTO garbage (path) VALUES (?)");
  const drop = db.prepare("DELETE FROM garbage WHERE path = ?");
  const all = db.prepare<[], { path: string }>("SELECT path FROM garbage");
  return {
    add: (path: string): void => void add.run(path),
    /** Something new lives at this path. */
    drop: (path: string): void => void drop.run(path),
    /** Called after each commit that notes a path, and on opening. */
    empty(): void {
      for (const { path } of all.all()) {
        rmSync(join(dataFolder, path), { recursive: true, force: true });
        drop.run(path);
      }
    },
  };
}
export type GarbageArea = ReturnType<typeof garbageArea>;
