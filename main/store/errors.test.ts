import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { storeErrorRecord, unknown } from "./errors.ts";

test.each([
  [new Database.SqliteError("database or disk is full", "SQLITE_FULL"), "disk-full"],
  [Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" }), "disk-full"],
  [new Database.SqliteError("database disk image is malformed", "SQLITE_CORRUPT_INDEX"), "store-damaged"],
  [new Database.SqliteError("file is not a database", "SQLITE_NOTADB"), "store-damaged"],
  [Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" }), "data-folder-denied"],
  [new Database.SqliteError("unable to open database file", "SQLITE_CANTOPEN"), "data-folder-denied"],
  [Object.assign(new Error("Cannot find module 'better_sqlite3.node'"), { code: "MODULE_NOT_FOUND" }), "sqlite-addon"],
  [unknown("study", "s9"), "unknown-study"],
  [new TypeError("x is not a function"), "unexpected"],
])("%s is %s", (thrown, code) => {
  const record = storeErrorRecord(thrown, "store ingest");
  expect(record).toMatchObject({ code, where: expect.stringMatching(/./), hint: expect.stringMatching(/\.$/) });
  if (thrown.message) expect(record.message).toContain(thrown.message);
});
