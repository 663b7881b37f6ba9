// Opens the database: WAL, and synchronous=FULL, so that a commit is on the disk when it returns. One connection, this one, writes.
import type { Database as Connection } from "better-sqlite3";
import Database from "better-sqlite3";
import { migrate } from "./migrations/migrate.ts";

export function openDatabase(path: string): Connection {
  const db = new Database(path);
  try {
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    migrate(db);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}
