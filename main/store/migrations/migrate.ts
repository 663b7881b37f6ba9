// Brings a database to the newest schema: numbered migrations, each in a transaction of its own, the number kept in SQLite's
// user_version. A schema from a newer Headstart is refused.
import type { Database } from "better-sqlite3";
import { HeadstartError } from "../../contract/errors.ts";
import { initial } from "./0001-initial.ts";
import { checkpointsAndEvaluations } from "./0002-checkpoints-and-evaluations.ts";
import { stageReferences } from "./0003-stage-references.ts";

export interface Migration {
  version: number;
  name: string;
  sql: string;
}

/** In order, without gaps. A released migration is never changed: add the next one. */
export const migrations: Migration[] = [initial, checkpointsAndEvaluations, stageReferences];

export function schemaVersion(db: Database): number {
  return db.pragma("user_version", { simple: true }) as number;
}

export function migrate(db: Database, steps: Migration[] = migrations): void {
  const newest = steps.length;
  const found = schemaVersion(db);
  if (found > newest)
    throw new HeadstartError({
      code: "store-too-new",
      where: "data folder",
      message: `The data folder has schema ${found}; this Headstart knows up to ${newest}.`,
      hint: "Open it with the newer Headstart that wrote it, or choose another data folder.",
    });
  for (const step of steps.slice(found)) {
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
}
