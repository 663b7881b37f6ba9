// Stages: how far each is, and taking back what one stored past its checkpoint before it runs again.
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import type { ErrorRecord, StagePlan, StageRecord, StageResult, Status } from "../contract/index.ts";
import { unknown } from "./errors.ts";
import { tokenFile } from "./folders.ts";
import type { GarbageArea } from "./garbage.ts";
import { bytesPerToken, cutTail } from "./token-files.ts";

export interface StageRow {
  id: string;
  study_id: string;
  ordinal: number;
  plan_json: string;
  status: Status;
  step: number;
  total_steps: number;
  started_at: string | null;
  finished_at: string | null;
  active_seconds: number;
  result_json: string | null;
  error_json: string | null;
  token_bytes: number;
}

export const stageRecord = (row: StageRow): StageRecord => ({
  id: row.id,
  studyId: row.study_id,
  ordinal: row.ordinal,
  plan: JSON.parse(row.plan_json),
  status: row.status,
  step: row.step,
  totalSteps: row.total_steps,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  activeSeconds: row.active_seconds,
  result: row.result_json && JSON.parse(row.result_json),
  error: row.error_json && JSON.parse(row.error_json),
});

/** When a status ends what has it, else null. */
export const finishedAt = (status: Status): string | null =>
  status === "done" || status === "failed" || status === "cancelled" ? new Date().toISOString() : null;

export function stagesArea(db: Database, dataFolder: string, garbage: GarbageArea) {
  const byId = db.prepare<[string], StageRow>("SELECT * FROM stages WHERE id = ?");
  const tokenFiles = db.prepare<[], { id: string; study_id: string; token_bytes: number }>("SELECT id, study_id, token_bytes FROM stages");
  const start = db.prepare(
    "UPDATE stages SET status = 'running', started_at = coalesce(started_at, ?), finished_at = NULL, error_json = NULL WHERE id = ?",
  );
  const updateStatus = db.prepare("UPDATE stages SET status = ?, finished_at = ?, error_json = ? WHERE id = ?");
  const addSeconds = db.prepare("UPDATE stages SET active_seconds = active_seconds + ? WHERE id = ?");
  const updateProgress = db.prepare("UPDATE stages SET step = ?, total_steps = ? WHERE id = ?");
  const updateTokenBytes = db.prepare("UPDATE stages SET token_bytes = ? WHERE id = ?");
  const finish = db.prepare("UPDATE stages SET status = 'done', finished_at = ?, result_json = ?, error_json = NULL WHERE id = ?");
  const checkpointsPast = db.prepare<[string, number], { path: string }>("SELECT path FROM checkpoints WHERE stage_id = ? AND step > ?");
  const deletePast = ["metrics", "rollouts", "checkpoints"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE stage_id = ? AND step > ?`),
  );
  const deleteEvaluations = db.prepare("DELETE FROM evaluations WHERE stage_id = ? AND step > ?");
  const reopenEvaluations = db.prepare("UPDATE evaluations SET complete = 0 WHERE stage_id = ?");
  const committedTokens = db.prepare<[string], { bytes: number }>(
    `SELECT coalesce(max(token_offset + tokens * ${bytesPerToken}), 0) AS bytes FROM rollouts WHERE stage_id = ?`,
  );
  const takeBack = db.prepare(
    `UPDATE stages SET step = ?, result_json = NULL, finished_at = NULL, token_bytes = ?,
       status = CASE status WHEN 'done' THEN 'queued' ELSE status END
     WHERE id = ?`,
  );

  const stage = (id: string): StageRow => {
    const row = byId.get(id);
    if (!row) throw unknown("stage", id);
    return row;
  };
  const changed = (id: string, { changes }: { changes: number }): void => {
    if (changes === 0) throw unknown("stage", id);
  };

  return {
    stage,
    startStage: (id: string): void => changed(id, start.run(new Date().toISOString(), id)),
    setStageStatus: (id: string, status: Status, error?: ErrorRecord): void =>
      changed(id, updateStatus.run(status, finishedAt(status), error ? JSON.stringify(error) : null, id)),
    addActiveSeconds: (id: string, seconds: number): void => changed(id, addSeconds.run(seconds, id)),
    setProgress: (id: string, step: number, totalSteps: number): void => changed(id, updateProgress.run(step, totalSteps, id)),
    setTokenBytes: (id: string, bytes: number): void => changed(id, updateTokenBytes.run(bytes, id)),
    finish: (id: string, result: StageResult): void => changed(id, finish.run(new Date().toISOString(), JSON.stringify(result), id)),

    supersede(id: string, step: number | null): void {
      const { study_id: studyId, plan_json: plan } = stage(id);
      const past = step ?? Number.MIN_SAFE_INTEGER;
      const tokenBytes = db
        .transaction(() => {
          for (const { path } of checkpointsPast.all(id, past)) garbage.add(path);
          for (const statement of deletePast) statement.run(id, past);
          // Samples hang on nothing but their seed: an evaluation goes on with those it has.
          if (["evaluate", "door"].includes((JSON.parse(plan) as StagePlan).kind)) reopenEvaluations.run(id);
          else deleteEvaluations.run(id, past);
          const { bytes } = committedTokens.get(id)!;
          takeBack.run(step ?? 0, bytes, id);
          return bytes;
        })
        .immediate();
      cutTail(join(dataFolder, tokenFile(studyId, id)), tokenBytes);
      garbage.empty();
    },

    /** What a process that died had written but not committed. */
    cutTokenTails(): void {
      for (const row of tokenFiles.all()) cutTail(join(dataFolder, tokenFile(row.study_id, row.id)), row.token_bytes);
    },
  };
}
export type StagesArea = ReturnType<typeof stagesArea>;
