// Rollouts: every one of every step, its text and verdict in a row, its token arrays in the stage's token file.
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import type { Page, Rollout, RolloutRow, RolloutsInput, TokenArrays, Verdict } from "../contract/index.ts";
import type { CompactRollout, RolloutStep, RolloutTokens } from "./client.ts";
import { alreadyStored, invalidEvent, isDuplicate, unknown } from "./errors.ts";
import { contains, filter } from "./filter.ts";
import { tokenFile } from "./folders.ts";
import { type SampleColumns, sampleOf } from "./sample-columns.ts";
import type { StageRow, StagesArea } from "./stages.ts";
import { readTokens, type TokenAppends } from "./token-files.ts";

/** The key of a problem in the study's dataset; throws for one that is not in it. */
export type ProblemKeys = (problemId: string) => number;

interface Row extends SampleColumns {
  id: number;
  step: number;
  advantage: number;
  in_loss: number;
  policy_step: number;
}

const rolloutRow = (row: Row): RolloutRow => ({
  ...sampleOf(row),
  id: row.id,
  step: row.step,
  advantage: row.advantage,
  inLoss: row.in_loss === 1,
  policyStep: row.policy_step,
});

export function rolloutsArea(db: Database, dataFolder: string, stages: StagesArea) {
  const insert = db.prepare(
    `INSERT INTO rollouts (stage_id, step, position, problem, sample_index, text, reward, verdict, reason, advantage, in_loss,
       policy_step, finish_reason, mean_logprob, mean_entropy, tokens, token_offset, token_crc)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const verdicts = db.prepare<[string], { step: number; verdict: Verdict; count: number }>(
    "SELECT step, verdict, count(*) AS count FROM rollouts WHERE stage_id = ? GROUP BY step, verdict ORDER BY step",
  );
  const tokensOf = db.prepare<[number], { stage_id: string; tokens: number; token_offset: number; token_crc: number }>(
    "SELECT stage_id, tokens, token_offset, token_crc FROM rollouts WHERE id = ?",
  );

  const compact = db.prepare<[string], Omit<CompactRollout, "inLoss"> & { inLoss: number }>(
    `SELECT r.step, p.id AS problemId, r.reward, r.verdict, r.tokens, r.finish_reason AS finishReason, r.advantage, r.in_loss AS inLoss
     FROM rollouts r JOIN problems p ON p.key = r.problem WHERE r.stage_id = ? ORDER BY r.step, r.position`,
  );

  return {
    addRollouts(
      stage: StageRow,
      step: number,
      rollouts: Rollout[],
      tokens: TokenArrays,
      problemKey: ProblemKeys,
      appends: TokenAppends,
    ): void {
      checkShapes(step, rollouts, tokens);
      const { token_bytes: end } = stages.stage(stage.id);
      const appended = appends.append(join(dataFolder, tokenFile(stage.study_id, stage.id)), end, tokens);
      try {
        rollouts.forEach((rollout, position) => {
          const { offset, crc } = appended.records[position];
          insert.run(
            stage.id,
            step,
            position,
            problemKey(rollout.problemId),
            rollout.sampleIndex,
            rollout.text,
            rollout.reward,
            rollout.verdict,
            rollout.reason,
            rollout.advantage,
            rollout.inLoss ? 1 : 0,
            rollout.policyStep,
            rollout.finishReason,
            rollout.meanLogprob,
            rollout.meanEntropy,
            rollout.tokens,
            offset,
            crc,
          );
        });
      } catch (thrown) {
        throw isDuplicate(thrown) ? alreadyStored(`the rollouts of step ${step} of stage ${stage.id}`) : thrown;
      }
      stages.setTokenBytes(stage.id, appended.end);
    },

    rollouts({ stageId, step, problemId, verdict, search, offset, limit }: RolloutsInput): Page<RolloutRow> {
      stages.stage(stageId);
      const where = filter(
        ["r.stage_id = ?", stageId],
        ["r.step = ?", step],
        ["r.verdict = ?", verdict],
        ["p.id = ?", problemId],
        contains(["r.text", "r.reason", "p.id", "p.prompt"], search),
      );
      // Ids first: skipping to a page then reads an index, not the texts. Problems take part only where a condition names them.
      const from = problemId !== undefined || search ? "rollouts r JOIN problems p ON p.key = r.problem" : "rollouts r";
      const { total } = db.prepare(`SELECT count(*) AS total FROM ${from} WHERE ${where.sql}`).get(...where.values) as { total: number };
      const rows = db
        .prepare<unknown[], Row>(
          `SELECT r.*, p.id AS problem_id, p.prompt, p.answer, p.source FROM rollouts r JOIN problems p ON p.key = r.problem
           WHERE r.id IN (SELECT r.id FROM ${from} WHERE ${where.sql} ORDER BY r.step DESC, r.position LIMIT ? OFFSET ?)
           ORDER BY r.step DESC, r.position`,
        )
        .all(...where.values, limit, offset);
      return { total, rows: rows.map(rolloutRow) };
    },

    allRollouts(stageId: string): CompactRollout[] {
      stages.stage(stageId);
      return compact.all(stageId).map((row) => ({ ...row, inLoss: row.inLoss === 1 }));
    },

    rolloutSteps(stageId: string): RolloutStep[] {
      stages.stage(stageId);
      const steps: RolloutStep[] = [];
      for (const { step, verdict, count } of verdicts.all(stageId)) {
        let last = steps[steps.length - 1];
        if (last?.step !== step) {
          last = { step, rollouts: 0, verdicts: { right: 0, wrong: 0, truncated: 0, unparseable: 0, error: 0 } };
          steps.push(last);
        }
        last.rollouts += count;
        last.verdicts[verdict] = count;
      }
      return steps;
    },

    rolloutTokens(rolloutId: number): RolloutTokens {
      const row = tokensOf.get(rolloutId);
      if (!row) throw unknown("rollout", rolloutId);
      const { study_id: studyId } = stages.stage(row.stage_id);
      return readTokens(join(dataFolder, tokenFile(studyId, row.stage_id)), { offset: row.token_offset, crc: row.token_crc }, row.tokens);
    },
  };
}
export type RolloutsArea = ReturnType<typeof rolloutsArea>;

function checkShapes(step: number, rollouts: Rollout[], { ids, logprobs, entropies, lengths }: TokenArrays): void {
  const of = `Rollouts of step ${step}`;
  if (lengths.length !== rollouts.length) throw invalidEvent(`${of}: ${rollouts.length} rollouts, but ${lengths.length} token lengths.`);
  const wrong = rollouts.findIndex((rollout, i) => rollout.tokens !== lengths[i]);
  if (wrong >= 0) throw invalidEvent(`${of}: rollout ${wrong} says ${rollouts[wrong].tokens} tokens, its arrays hold ${lengths[wrong]}.`);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (ids.length !== total || logprobs.length !== total || entropies.length !== total)
    throw invalidEvent(`${of}: ${total} tokens, but ${ids.length} ids, ${logprobs.length} log-probs and ${entropies.length} entropies.`);
}
