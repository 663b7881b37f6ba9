// Checkpoints: where each lies and what it came from. Their folders are written by what trains, before the event that names them.
import { posix } from "node:path";
import type { Database } from "better-sqlite3";
import type { CheckpointRecord } from "../contract/index.ts";
import type { ImportedCheckpoint } from "./client.ts";
import { alreadyStored, invalidEvent, isDuplicate, unknown } from "./errors.ts";
import { importedCheckpointFolder, studyFolder } from "./folders.ts";
import type { GarbageArea } from "./garbage.ts";

const columns = `id, study_id AS studyId, stage_id AS stageId, start, step, path, parent_id AS parentId, parameters, created_at AS createdAt`;

export function checkpointsArea(db: Database, garbage: GarbageArea) {
  const insert = db.prepare(
    `INSERT INTO checkpoints (id, study_id, stage_id, start, step, path, parent_id, parameters, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofStudy = db.prepare<[string], CheckpointRecord>(`SELECT ${columns} FROM checkpoints WHERE study_id = ? ORDER BY rowid`);
  const latest = db.prepare<[string], CheckpointRecord>(
    `SELECT ${columns} FROM checkpoints WHERE stage_id = ? ORDER BY step DESC, rowid DESC LIMIT 1`,
  );

  const insertImported = db.prepare(
    "INSERT INTO imported_checkpoints (id, path, source, parameters, created_at) VALUES (@id, @path, @source, @parameters, @createdAt)",
  );
  const imported = db.prepare<[], ImportedCheckpoint>(
    "SELECT id, path, source, parameters, created_at AS createdAt FROM imported_checkpoints ORDER BY rowid DESC",
  );
  const trained = db.prepare<[], CheckpointRecord>(`SELECT ${columns} FROM checkpoints ORDER BY rowid DESC`);
  const removeImported = db.prepare("DELETE FROM imported_checkpoints WHERE id = ?");

  return {
    addImportedCheckpoint(c: ImportedCheckpoint): void {
      if (c.path !== importedCheckpointFolder(c.id))
        throw invalidEvent(`The folder of checkpoint ${c.id} is ${c.path}, not ${importedCheckpointFolder(c.id)}.`);
      try {
        insertImported.run(c);
      } catch (thrown) {
        throw isDuplicate(thrown) ? alreadyStored(`checkpoint ${c.id}`) : thrown;
      }
      garbage.drop(c.path);
    },
    /** Newest first. */
    importedCheckpoints: (): ImportedCheckpoint[] => imported.all(),
    trainedCheckpoints: (): CheckpointRecord[] => trained.all(),
    removeImportedCheckpoint(id: string): void {
      db.transaction(() => {
        if (removeImported.run(id).changes === 0) throw unknown("checkpoint", id);
        garbage.add(importedCheckpointFolder(id));
      }).immediate();
      garbage.empty();
    },
    addCheckpoint(c: CheckpointRecord): void {
      // The store deletes such folders later: a path that leaves the study's must never come in.
      const inside = `${studyFolder(c.studyId)}/`;
      if (posix.normalize(c.path) !== c.path || !c.path.startsWith(inside) || c.path === inside)
        throw invalidEvent(`The folder of checkpoint ${c.id}, ${c.path}, does not lie in ${inside} of the data folder.`);
      try {
        insert.run(c.id, c.studyId, c.stageId, c.start, c.step, c.path, c.parentId, c.parameters, c.createdAt);
      } catch (thrown) {
        throw isDuplicate(thrown) ? alreadyStored(`checkpoint ${c.id} (${c.path})`) : thrown;
      }
      garbage.drop(c.path);
    },
    checkpoints: (studyId: string): CheckpointRecord[] => ofStudy.all(studyId),
    latestCheckpoint: (stageId: string): CheckpointRecord | null => latest.get(stageId) ?? null,
  };
}
export type CheckpointsArea = ReturnType<typeof checkpointsArea>;
