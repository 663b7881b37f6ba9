import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { initial } from "./0001-initial.ts";
import { migrate } from "./migrate.ts";

function migrated() {
  const db = new Database(":memory:");
  db.pragma("foreign_keys = ON");
  migrate(db, [initial]);
  return db;
}

const insertStudy =
  "INSERT INTO studies (id, name, recipe_json, recipe_hash, seed, status, created_at, code_version) VALUES ('s', 'S', '{}', 'h', 1, 'queued', 't', 'c')";
const insertStage = "INSERT INTO stages (id, study_id, ordinal, plan_json) VALUES ('s-0', 's', 0, '{}')";

test("makes every table, each strict", () => {
  const tables = migrated()
    .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .raw()
    .all();
  expect(tables).toEqual(
    ["checkpoints", "datasets", "evaluations", "garbage", "metrics", "problems", "rollouts", "samples", "stages", "studies", "traces"].map(
      (name) => [name, 1],
    ),
  );
});

test("a stage begins queued at step 0, with no committed tokens", () => {
  const db = migrated();
  db.exec(`${insertStudy}; ${insertStage}`);
  expect(db.prepare("SELECT status, step, total_steps, active_seconds, token_bytes FROM stages").get()).toEqual({
    status: "queued",
    step: 0,
    total_steps: 0,
    active_seconds: 0,
    token_bytes: 0,
  });
});

test("a metric of a step is there once, and goes with its study", () => {
  const db = migrated();
  db.exec(`${insertStudy}; ${insertStage}; INSERT INTO metrics VALUES ('s-0', 1, 'loss', 0.5)`);
  expect(() => db.exec("INSERT INTO metrics VALUES ('s-0', 1, 'loss', 0.4)")).toThrow(/UNIQUE/);
  expect(() => db.exec("INSERT INTO metrics VALUES ('other', 1, 'loss', 0.4)")).toThrow(/FOREIGN KEY/);
  db.exec("DELETE FROM studies");
  expect(db.prepare("SELECT (SELECT count(*) FROM stages) + (SELECT count(*) FROM metrics)").pluck().get()).toBe(0);
});

test("the latest rollouts are read in order from the index, without a sort", () => {
  const plan = migrated()
    .prepare("EXPLAIN QUERY PLAN SELECT id FROM rollouts WHERE stage_id = 's-0' ORDER BY step DESC, position LIMIT 10 OFFSET 1000")
    .all()
    .map((row) => (row as { detail: string }).detail);
  expect(plan).toEqual(["SEARCH rollouts USING COVERING INDEX rollouts_in_order (stage_id=?)"]);
});
