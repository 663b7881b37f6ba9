// Evaluations: one row each, and each of their samples.
import type { Database } from "better-sqlite3";
import type {
  EvaluationHead,
  EvaluationRecord,
  Page,
  Pool,
  ProblemResult,
  Sample,
  SampleRow,
  SamplesInput,
  Verdict,
} from "../contract/index.ts";
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
  low: number | null;
  high: number | null;
  verdicts_json: string | null;
  truncated: number;
  response_tokens: number;
  created_at: string;
}

interface PerVerdict {
  problemId: string;
  prompt: string;
  source: string;
  verdict: Verdict;
  count: number;
  reward: number;
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
  low: row.low,
  high: row.high,
  verdicts: row.verdicts_json && JSON.parse(row.verdicts_json),
  truncated: row.truncated,
  responseTokens: row.response_tokens,
  createdAt: row.created_at,
});

export function evaluationsArea(db: Database) {
  const begin = db.prepare(
    `INSERT INTO evaluations (id, study_id, stage_id, start, step, pool, config_json, created_at, complete, problems, samples_per_problem,
       pass_at_1, standard_error, truncated, response_tokens)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0)`,
  );
  const complete = db.prepare(
    `UPDATE evaluations SET complete = 1, problems = ?, samples_per_problem = ?, pass_at_1 = ?, standard_error = ?, low = ?, high = ?,
       verdicts_json = ?, truncated = ?, response_tokens = ?
     WHERE id = ?`,
  );
  const insertSample = db.prepare(
    `INSERT INTO samples (evaluation_id, position, problem, sample_index, text, reward, verdict, reason, tokens, finish_reason,
       mean_logprob, mean_entropy)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const stored = db.prepare<[string], { complete: number }>("SELECT complete FROM evaluations WHERE id = ?");
  const countSamples = db.prepare<[string], { count: number }>("SELECT count(*) AS count FROM samples WHERE evaluation_id = ?");
  const ofStudy = db.prepare<[string], EvaluationRow>("SELECT * FROM evaluations WHERE study_id = ? AND complete ORDER BY rowid");
  const newestFirst = db.prepare<[], EvaluationRow>(
    `SELECT e.* FROM evaluations e JOIN studies s ON s.id = e.study_id
     WHERE e.complete AND json_extract(s.recipe_json, '$.kind') = 'evaluation' ORDER BY e.rowid DESC`,
  );
  const byId = db.prepare<[string], EvaluationRow>("SELECT * FROM evaluations WHERE id = ?");
  const ofStage = db.prepare<[string], SampleColumns>(
    `SELECT s.*, p.id AS problem_id, p.source, p.prompt, p.answer
     FROM evaluations e JOIN samples s ON s.evaluation_id = e.id JOIN problems p ON p.key = s.problem
     WHERE e.stage_id = ? AND NOT e.complete ORDER BY s.position`,
  );
  const ofEvaluation = db.prepare<[string], SampleColumns>(
    `SELECT s.*, p.id AS problem_id, p.source, p.prompt, p.answer FROM samples s JOIN problems p ON p.key = s.problem
     WHERE s.evaluation_id = ? ORDER BY s.position`,
  );
  const compact = db.prepare<[string], CompactSample>(
    `SELECT p.id AS problemId, p.source, s.sample_index AS sampleIndex, s.reward, s.verdict, s.tokens
     FROM samples s JOIN problems p ON p.key = s.problem WHERE s.evaluation_id = ? ORDER BY s.position`,
  );
  const perVerdict = db.prepare<[string], PerVerdict>(
    `SELECT p.id AS problemId, p.prompt, p.source, s.verdict, count(*) AS count, sum(s.reward) AS reward
     FROM samples s JOIN problems p ON p.key = s.problem WHERE s.evaluation_id = ? GROUP BY p.key, s.verdict ORDER BY p.id`,
  );
  const requireEvaluation = (id: string): void => {
    if (!stored.get(id)) throw unknown("evaluation", id);
  };

  function addSamples(e: EvaluationHead, samples: Sample[], problemKey: ProblemKeys): void {
    const found = stored.get(e.id);
    if (found?.complete) throw alreadyStored(`evaluation ${e.id}`);
    if (!found) begin.run(e.id, e.studyId, e.stageId, e.start, e.step, e.pool, JSON.stringify(e.config), e.createdAt);
    const { count } = countSamples.get(e.id)!;
    samples.forEach((s, i) => {
      try {
        insertSample.run(
          e.id,
          count + i,
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
  }
  /** Without what `sampleOf` adds for display. */
  const sampleAlone = (row: SampleColumns): Sample => {
    const { source: _, prompt: __, answer: ___, ...sample } = sampleOf(row);
    return sample;
  };

  return {
    addSamples,
    addEvaluation(e: EvaluationRecord, samples: Sample[], problemKey: ProblemKeys): void {
      addSamples(e, samples, problemKey);
      complete.run(
        e.problems,
        e.samplesPerProblem,
        e.passAt1,
        e.standardError,
        e.low,
        e.high,
        e.verdicts && JSON.stringify(e.verdicts),
        e.truncated,
        e.responseTokens,
        e.id,
      );
    },

    evaluation(id: string): EvaluationRecord {
      const row = byId.get(id);
      if (!row) throw unknown("evaluation", id);
      return evaluationRecord(row);
    },
    problemResults(evaluationId: string): ProblemResult[] {
      requireEvaluation(evaluationId);
      const results = new Map<string, ProblemResult & { reward: number }>();
      for (const { problemId, prompt, source, verdict, count, reward } of perVerdict.all(evaluationId)) {
        const result = results.get(problemId) ?? { problemId, prompt, source, samples: 0, solveRate: 0, verdicts: {}, reward: 0 };
        result.samples += count;
        result.reward += reward;
        result.verdicts[verdict] = count;
        results.set(problemId, result);
      }
      return [...results.values()].map(({ reward, ...result }) => ({ ...result, solveRate: reward / result.samples }));
    },
    benchmarkEvaluations: (): EvaluationRecord[] => newestFirst.all().map(evaluationRecord),
    unfinishedSamples: (stageId: string): Sample[] => ofStage.all(stageId).map(sampleAlone),
    samplesOf(evaluationId: string): Sample[] {
      requireEvaluation(evaluationId);
      return ofEvaluation.all(evaluationId).map(sampleAlone);
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
