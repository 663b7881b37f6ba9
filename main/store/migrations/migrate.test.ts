import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { type Migration, migrate, migrations, schemaVersion } from "./migrate.ts";

const one: Migration = { version: 1, name: "one", sql: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);" };
const two: Migration = { version: 2, name: "two", sql: "ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT 'new';" };
const broken: Migration = { version: 2, name: "broken", sql: "CREATE TABLE b (x INTEGER); INSERT INTO absent VALUES (1);" };

test("the list is numbered from 1 without gaps", () => {
  expect(migrations.map((m) => m.version)).toEqual(migrations.map((_, i) => i + 1));
});

test("a database goes on from where it is, and keeps its rows", () => {
  const db = new Database(":memory:");
  migrate(db, [one]);
  expect(schemaVersion(db)).toBe(1);
  migrate(db, [one, two]);
  migrate(db, [one, two]);
  expect(schemaVersion(db)).toBe(2);
  expect(db.prepare("SELECT * FROM a").all()).toEqual([{ x: 7, y: "new" }]);
});

test("a migration that fails leaves nothing of itself", () => {
  const db = new Database(":memory:");
  expect(() => migrate(db, [one, broken])).toThrow(/absent/);
  expect(schemaVersion(db)).toBe(1);
  expect(db.prepare("SELECT name FROM sqlite_master").pluck().all()).toEqual(["a"]);
});

test("a schema from a newer Headstart is refused", () => {
  const db = new Database(":memory:");
  migrate(db, [one, two]);
  expect(() => migrate(db, [one])).toThrow(expect.objectContaining({ code: "store-too-new" }));
});
