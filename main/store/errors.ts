// The store's errors as people read them. What SQLite and the file system throw is named here, once.
import Database from "better-sqlite3";
import { type ErrorRecord, HeadstartError, toErrorRecord } from "../contract/errors.ts";

export function unknown(
  kind: "study" | "stage" | "rollout" | "evaluation" | "checkpoint" | "dataset" | "problem",
  id: string | number,
): HeadstartError {
  return new HeadstartError({
    code: `unknown-${kind}`,
    where: "store",
    message: `There is no ${kind} ${id} in this data folder.`,
    hint: `Reload the list: the ${kind} may have been removed, or belongs to another data folder.`,
  });
}

export function alreadyStored(what: string): HeadstartError {
  return new HeadstartError({
    code: "already-stored",
    where: "store ingest",
    message: `Stored already: ${what}.`,
    hint: "A stage that runs again must first supersede what it stored past its checkpoint.",
  });
}

export function invalidEvent(message: string): HeadstartError {
  return new HeadstartError({
    code: "invalid-event",
    where: "store ingest",
    message,
    hint: "This is a defect in what produced the event: please report it with the log.",
  });
}

/** Whether a statement failed because the row it adds is there already. */
export function isDuplicate(thrown: unknown): boolean {
  return (
    thrown instanceof Database.SqliteError && (thrown.code === "SQLITE_CONSTRAINT_PRIMARYKEY" || thrown.code === "SQLITE_CONSTRAINT_UNIQUE")
  );
}

/** Whether a statement failed because a value breaks the schema: absent, of another type, naming what is not there. */
export function isConstraint(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && thrown.code.startsWith("SQLITE_CONSTRAINT");
}

/** Any error of the thread as a record: disk full, damage, denied access, a missing addon by their names, the rest as it is. */
export function storeErrorRecord(thrown: unknown, where: string): ErrorRecord {
  const code = (thrown as { code?: unknown } | null)?.code;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === "SQLITE_FULL" || code === "ENOSPC")
    return { code: "disk-full", where, message: `The disk is full: ${message}`, hint: "Free space, then resume; what was stored is kept." };
  if (code === "SQLITE_NOTADB" || (typeof code === "string" && code.startsWith("SQLITE_CORRUPT")))
    return {
      code: "store-damaged",
      where,
      message: `The database is damaged: ${message}`,
      hint: "Restore headstart.db from a backup, or move the data folder away and start a new one.",
    };
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "SQLITE_READONLY" || code === "SQLITE_CANTOPEN")
    return {
      code: "data-folder-denied",
      where,
      message: `The data folder cannot be written: ${message}`,
      hint: "Check its owner and permissions, or set HEADSTART_DATA to another folder.",
    };
  if (code === "MODULE_NOT_FOUND" || code === "ERR_DLOPEN_FAILED")
    return {
      code: "sqlite-addon",
      where: "better-sqlite3",
      message: `SQLite's addon cannot be loaded: ${message.split("\n")[0]}`,
      hint: "Run npm start once more: it puts the addon in place that fits this runtime.",
    };
  return toErrorRecord(thrown, where);
}
