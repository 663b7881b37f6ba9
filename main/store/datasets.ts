// Datasets: versions told apart by the hash of their problems, stored once however many studies use them.
import type { Database } from "better-sqlite3";
import type { DatasetSummary, Page, Problem, ProblemDetail, ProblemInput, ProblemRow, ProblemsInput, Trace } from "../contract/index.ts";
import { invalidEvent, isDuplicate, unknown } from "./errors.ts";
import { contains, filter } from "./filter.ts";
import type { ProblemKeys } from "./rollouts.ts";

interface DatasetRow {
  id: string;
  name: string;
  content_hash: string;
  config_json: string;
  created_at: string;
  counts_json: string;
  dropped_json: string;
}

const datasetSummary = (row: DatasetRow): DatasetSummary => ({
  id: row.id,
  name: row.name,
  contentHash: row.content_hash,
  config: JSON.parse(row.config_json),
  createdAt: row.created_at,
  counts: JSON.parse(row.counts_json),
  dropped: JSON.parse(row.dropped_json),
});

interface ProblemDbRow {
  key: number;
  id: string;
  source: string;
  domain: Problem["domain"];
  pool: Problem["pool"];
  prompt: string;
  answer: string;
  tests_json: string | null;
  detail_json: string | null;
  steps: number;
  difficulty: number;
  question: string | null;
  source_id: string | null;
}

const problemOf = (row: ProblemDbRow): Problem => ({
  id: row.id,
  source: row.source,
  domain: row.domain,
  pool: row.pool,
  prompt: row.prompt,
  answer: row.answer,
  ...(row.tests_json === null ? {} : { tests: JSON.parse(row.tests_json) }),
  ...(row.detail_json === null ? {} : JSON.parse(row.detail_json)),
  steps: row.steps,
  difficulty: row.difficulty,
  ...(row.question === null ? {} : { question: row.question }),
  ...(row.source_id === null ? {} : { sourceId: row.source_id }),
});

/** What few problems have, in one column; null where a problem has none of it. */
function detailOf({ messages, answerRule, python }: Problem): string | null {
  const detail = JSON.stringify({ messages, answerRule, python });
  return detail === "{}" ? null : detail;
}

export function datasetsArea(db: Database) {
  const insert = db.prepare(
    `INSERT INTO datasets (id, name, content_hash, config_json, created_at, counts_json, dropped_json) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertProblem = db.prepare(
    `INSERT INTO problems (dataset_id, id, source, domain, pool, prompt, answer, tests_json, detail_json, steps, difficulty, question,
       source_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertTrace = db.prepare(`INSERT INTO traces (problem, "index", text, style) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const byHash = db.prepare<[string], DatasetRow>("SELECT * FROM datasets WHERE content_hash = ?");
  const byId = db.prepare<[string], DatasetRow>("SELECT * FROM datasets WHERE id = ?");
  const newestFirst = db.prepare<[], DatasetRow>("SELECT * FROM datasets ORDER BY created_at DESC, rowid DESC");
  const problemById = db.prepare<[string, string], ProblemDbRow>("SELECT * FROM problems WHERE dataset_id = ? AND id = ?");
  const keyById = db.prepare<[string, string], { key: number }>("SELECT key FROM problems WHERE dataset_id = ? AND id = ?");
  const tracesOf = db.prepare<[number], Omit<Trace, "problemId">>(
    `SELECT "index", text, style FROM traces WHERE problem = ? ORDER BY "index", text`,
  );
  const useInStudy = db.prepare("UPDATE studies SET dataset_id = ? WHERE id = ?");
  const ofStudy = db.prepare<[string], { dataset_id: string | null }>("SELECT dataset_id FROM studies WHERE id = ?");

  const dataset = (id: string): DatasetSummary => {
    const row = byId.get(id);
    if (!row) throw unknown("dataset", id);
    return datasetSummary(row);
  };
  const keysIn = (datasetId: string): ProblemKeys => {
    const known = new Map<string, number>();
    return (problemId) => {
      let key = known.get(problemId);
      if (key === undefined) {
        key = keyById.get(datasetId, problemId)?.key;
        if (key === undefined) throw invalidEvent(`There is no problem ${problemId} in dataset ${datasetId}.`);
        known.set(problemId, key);
      }
      return key;
    };
  };

  return {
    /** A dataset whose content is stored keeps the id it has; traces that are new are added to those it has. */
    addDataset(studyId: string, d: DatasetSummary, problems: Problem[], traces: Trace[]): void {
      let id = byHash.get(d.contentHash)?.id;
      if (id === undefined) {
        id = d.id;
        try {
          insert.run(
            d.id,
            d.name,
            d.contentHash,
            JSON.stringify(d.config),
            d.createdAt,
            JSON.stringify(d.counts),
            JSON.stringify(d.dropped),
          );
          for (const p of problems) {
            insertProblem.run(
              d.id,
              p.id,
              p.source,
              p.domain,
              p.pool,
              p.prompt,
              p.answer,
              p.tests ? JSON.stringify(p.tests) : null,
              detailOf(p),
              p.steps,
              p.difficulty,
              p.question ?? null,
              p.sourceId ?? null,
            );
          }
        } catch (thrown) {
          throw isDuplicate(thrown)
            ? invalidEvent(`Dataset ${d.id}: its id stands for other content already, or two of its problems have one id.`)
            : thrown;
        }
      }
      const problemKey = keysIn(id);
      for (const trace of traces) insertTrace.run(problemKey(trace.problemId), trace.index, trace.text, trace.style);
      useInStudy.run(id, studyId);
    },

    /** The dataset that the study's data stage delivered. */
    datasetOfStudy: (studyId: string): string | null => ofStudy.get(studyId)?.dataset_id ?? null,
    problemKeys(studyId: string): ProblemKeys {
      const id = ofStudy.get(studyId)?.dataset_id;
      if (id == null) throw invalidEvent(`Study ${studyId} has no dataset yet: its problems are not known.`);
      return keysIn(id);
    },

    datasets: (): DatasetSummary[] => newestFirst.all().map(datasetSummary),
    dataset,

    problems({ datasetId, pool, source, search, sortBy, descending, offset, limit }: ProblemsInput): Page<ProblemRow> {
      dataset(datasetId);
      const where = filter(
        ["p.dataset_id = ?", datasetId],
        ["p.pool = ?", pool],
        ["p.source = ?", source],
        contains(["p.id", "p.prompt", "p.answer", "coalesce(p.question, '')"], search),
      );
      const { total } = db.prepare(`SELECT count(*) AS total FROM problems p WHERE ${where.sql}`).get(...where.values) as { total: number };
      const order = { id: "p.id", difficulty: "p.difficulty", steps: "p.steps", prompt: "p.prompt" }[sortBy];
      const direction = descending ? "DESC" : "ASC";
      const rows = db
        .prepare<unknown[], ProblemDbRow & { traces: number }>(
          `SELECT p.*, (SELECT count(*) FROM traces t WHERE t.problem = p.key) AS traces FROM problems p
           WHERE ${where.sql} ORDER BY ${order} ${direction}, p.id ${direction} LIMIT ? OFFSET ?`,
        )
        .all(...where.values, limit, offset);
      return { total, rows: rows.map((row) => ({ ...problemOf(row), traces: row.traces })) };
    },

    problem({ datasetId, problemId }: ProblemInput): ProblemDetail {
      const row = problemById.get(datasetId, problemId);
      if (!row) throw unknown("problem", problemId);
      return { problem: problemOf(row), traces: tracesOf.all(row.key).map((trace) => ({ problemId, ...trace })) };
    },
  };
}
export type DatasetsArea = ReturnType<typeof datasetsArea>;
