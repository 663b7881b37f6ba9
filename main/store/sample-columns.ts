// The columns that rollouts and evaluation samples share, as the database has them and as the contract names them.
import type { Sample, Verdict } from "../contract/index.ts";

export interface SampleColumns {
  problem_id: string;
  sample_index: number;
  text: string;
  reward: number;
  verdict: Verdict;
  reason: string;
  tokens: number;
  finish_reason: Sample["finishReason"];
  mean_logprob: number | null;
  mean_entropy: number | null;
  source: string;
  prompt: string;
  answer: string;
}

export const sampleOf = (row: SampleColumns): Sample & { source: string; prompt: string; answer: string } => ({
  problemId: row.problem_id,
  sampleIndex: row.sample_index,
  text: row.text,
  reward: row.reward,
  verdict: row.verdict,
  reason: row.reason,
  tokens: row.tokens,
  finishReason: row.finish_reason,
  meanLogprob: row.mean_logprob ?? Number.NaN,
  meanEntropy: row.mean_entropy ?? Number.NaN,
  source: row.source,
  prompt: row.prompt,
  answer: row.answer,
});
