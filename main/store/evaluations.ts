// Evaluations: one row each, and each of their samples.
import type { Database } from "better-sqlite3";
import type { EvaluationRecord, Page, Pool, Sample, SampleRow, SamplesInput } from "../contract/index.ts";
import type { CompactSample } from "./client.ts";
import { alreadyStored, invalidEvent, isDuplicate, unknown } from "./errors.ts";
import { contains, filter } from "./filter.ts";
import type { ProblemKeys } from "./rollouts.ts";
import { type SampleColumns, sampleOf } from "./sample-columns.ts";

interface EvaluationRow {
  id: string;
  study_id: string;
  stage_id: string;
  start: string;
  step: number;
  pool: Pool;
  config_json: string;
  problems: number;
  samples_per_problem: number;
  pass_at_1: number;
  standard_error: number;
  truncated: number;
  response_tokens: number;
  created_at: string;
}

const evaluationRecord = (row: EvaluationRow): EvaluationRecord => ({
  id: row.id,
  studyId: row.study_id,
  stageId: row.stage_id,
  start: row.start,
  step: row.step,
  pool: row.pool,
  config: JSON.parse(row.config_json),
  problems: row.problems,
  samplesPerProblem: row.samples_per_problem,
  passAt1: row.pass_at_1,
  standardError: row.standard_error,
  truncated: row.truncated,
  responseTokens: row.response_tokens,
  createdAt: row.created_at,
});

export function evaluationsArea(db: Database) {
  const insert = db.prepare(
    `INSERT INTO evaluations (id, study_id, stage_id, start, step, pool, config_json, problems, samples_per_problem, pass_at_1,
       standard_error, truncated, response_tokens, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertSample = db.prepare(
    `INSERT INTO samples (evaluation_id, position, problem, sample_index, text, reward, verdict, reason, tokens, finish_reason,
       mean_logprob, mean_entropy)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const exists = db.prepare<[string], unknown>("SELECT 1 FROM evaluations WHERE id = ?");
  const ofStudy = db.prepare<[string], EvaluationRow>("SELECT * FROM evaluations WHERE study_id = ? ORDER BY rowid");
  const compact = db.prepare<[string], CompactSample>(
    `SELECT p.id AS problemId, p.source, s.sample_index AS sampleIndex, s.reward, s.verdict, s.tokens
     FROM samples s JOIN problems p ON p.key = s.problem WHERE s.evaluation_id = ? ORDER BY s.position`,
  );
  const requireEvaluation = (id: string): void => {
    if (!exists.get(id)) throw unknown("evaluation", id);
  };

  return {
    addEvaluation(e: EvaluationRecord, samples: Sample[], problemKey: ProblemKeys): void {
      try {
        insert.run(
          e.id,
          e.studyId,
          e.stageId,
          e.start,
          e.step,
          e.pool,
          JSON.stringify(e.config),
          e.problems,
          e.samplesPerProblem,
          e.passAt1,
          e.standardError,
          e.truncated,
          e.responseTokens,
          e.createdAt,
        );
      } catch (thrown) {
        throw isDuplicate(thrown) ? alreadyStored(`evaluation ${e.id}`) : thrown;
      }
      samples.forEach((s, position) => {
        try {
          insertSample.run(
            e.id,
            position,
            problemKey(s.problemId),
            s.sampleIndex,
            s.text,
            s.reward,
            s.verdict,
            s.reason,
            s.tokens,
            s.finishReason,
            s.meanLogprob,
            s.meanEntropy,
          );
        } catch (thrown) {
          throw isDuplicate(thrown) ? invalidEvent(`Evaluation ${e.id} has sample ${s.sampleIndex} of ${s.problemId} twice.`) : thrown;
        }
      });
    },

    evaluations: (studyId: string): EvaluationRecord[] => ofStudy.all(studyId).map(evaluationRecord),

    evaluationSamples({ evaluationId, problemId, verdict, source, search, offset, limit }: SamplesInput): Page<SampleRow> {
      requireEvaluation(evaluationId);
      const where = filter(
        ["s.evaluation_id = ?", evaluationId],
        ["s.verdict = ?", verdict],
        ["p.id = ?", problemId],
        ["p.source = ?", source],
        contains(["s.text", "s.reason", "p.id", "p.prompt"], search),
      );
      const from = `samples s JOIN problems p ON p.key = s.problem WHERE ${where.sql}`;
      const { total } = db.prepare(`SELECT count(*) AS total FROM ${from}`).get(...where.values) as { total: number };
      const rows = db
        .prepare<unknown[], SampleColumns>(
          `SELECT s.*, p.id AS problem_id, p.source, p.prompt, p.answer FROM ${from} ORDER BY s.position LIMIT ? OFFSET ?`,
        )
        .all(...where.values, limit, offset);
      return { total, rows: rows.map(sampleOf) };
    },

    allEvaluationSamples(evaluationId: string): CompactSample[] {
      requireEvaluation(evaluationId);
      return compact.all(evaluationId);
    },
  };
}
export type EvaluationsArea = ReturnType<typeof evaluationsArea>;
