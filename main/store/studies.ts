// Studies: what was asked, how it stands, and all its stages.
import type { Database } from "better-sqlite3";
import { HeadstartError } from "../contract/errors.ts";
import type { ErrorRecord, StagePlan, Status, StudyRecord } from "../contract/index.ts";
import type { NewStudy } from "./client.ts";
import { isDuplicate, unknown } from "./errors.ts";
import { studyFolder } from "./folders.ts";
import type { GarbageArea } from "./garbage.ts";
import { finishedAt, type StageRow, stageRecord } from "./stages.ts";

interface StudyRow {
  id: string;
  name: string;
  recipe_json: string;
  recipe_hash: string;
  seed: number;
  status: Status;
  created_at: string;
  finished_at: string | null;
  dataset_id: string | null;
  engine: string | null;
  code_version: string;
  error_json: string | null;
}

const studyRecord = (row: StudyRow, stages: StageRow[]): StudyRecord => ({
  id: row.id,
  name: row.name,
  recipe: JSON.parse(row.recipe_json),
  recipeHash: row.recipe_hash,
  seed: row.seed,
  status: row.status,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
  datasetId: row.dataset_id,
  engine: row.engine,
  codeVersion: row.code_version,
  error: row.error_json && JSON.parse(row.error_json),
  stages: stages.map(stageRecord),
});

export function studiesArea(db: Database, garbage: GarbageArea) {
  const insertStudy = db.prepare(
    `INSERT INTO studies (id, name, recipe_json, recipe_hash, seed, status, created_at, code_version)
     VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)`,
  );
  const insertStage = db.prepare("INSERT INTO stages (id, study_id, ordinal, plan_json) VALUES (?, ?, ?, ?)");
  const byId = db.prepare<[string], StudyRow>("SELECT * FROM studies WHERE id = ?");
  const newestFirst = db.prepare<[], StudyRow>("SELECT * FROM studies ORDER BY created_at DESC, rowid DESC");
  const stagesOf = db.prepare<[string], StageRow>("SELECT * FROM stages WHERE study_id = ? ORDER BY ordinal");
  const updateStatus = db.prepare("UPDATE studies SET status = ?, finished_at = ?, error_json = ? WHERE id = ?");
  const updateEngine = db.prepare("UPDATE studies SET engine = ? WHERE id = ?");
  const remove = db.prepare("DELETE FROM studies WHERE id = ?");

  const study = (id: string): StudyRecord => {
    const row = byId.get(id);
    if (!row) throw unknown("study", id);
    return studyRecord(row, stagesOf.all(id));
  };

  const createStudy = db.transaction((input: NewStudy): StudyRecord => {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(input.id))
      throw new HeadstartError({
        code: "study-id-invalid",
        where: "store createStudy",
        message: `A study cannot be called "${input.id}": its folder has that name.`,
        hint: "Use letters, digits, dots, dashes and underscores, beginning with a letter or digit.",
      });
    garbage.drop(studyFolder(input.id));
    const { id, name, recipe, recipeHash, seed, stages, codeVersion } = input;
    try {
      insertStudy.run(id, name, JSON.stringify(recipe), recipeHash, seed, new Date().toISOString(), codeVersion);
    } catch (thrown) {
      if (!isDuplicate(thrown)) throw thrown;
      throw new HeadstartError({
        code: "study-exists",
        where: "store createStudy",
        message: `There is a study ${id} already.`,
        hint: "Give the new study another id.",
      });
    }
    stages.forEach((plan, ordinal) => {
      insertStage.run(`${id}-${ordinal}`, id, ordinal, JSON.stringify(plan));
    });
    return study(id);
  });

  return {
    appendStage(studyId: string, plan: StagePlan): StudyRecord {
      db.transaction(() => {
        const ordinal = study(studyId).stages.length;
        insertStage.run(`${studyId}-${ordinal}`, studyId, ordinal, JSON.stringify(plan));
        updateStatus.run("queued", null, null, studyId);
      }).immediate();
      return study(studyId);
    },
    createStudy: (input: NewStudy) => createStudy.immediate(input),
    study,
    studies: () => newestFirst.all().map((row) => studyRecord(row, stagesOf.all(row.id))),
    setStudyStatus(id: string, status: Status, error?: ErrorRecord): void {
      const { changes } = updateStatus.run(status, finishedAt(status), error ? JSON.stringify(error) : null, id);
      if (changes === 0) throw unknown("study", id);
    },
    setEngine(studyId: string, engine: string): void {
      if (updateEngine.run(engine, studyId).changes === 0) throw unknown("study", studyId);
    },
    removeStudy(id: string): void {
      db.transaction(() => {
        if (remove.run(id).changes === 0) throw unknown("study", id);
        garbage.add(studyFolder(id));
      }).immediate();
      garbage.empty();
    },
  };
}
