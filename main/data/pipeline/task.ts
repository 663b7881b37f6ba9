// What the pipeline's thread is given and what it says; the thread itself is thread.ts.
import type { AnswerRule } from "../../contract/answer-rule.ts";
import type { TokenizerFiles } from "../../contract/checkpoint.ts";
import type { ErrorRecord } from "../../contract/errors.ts";
import type { VerifyRequest } from "../../contract/job.ts";
import type { PipelineConfig, PipelineProgress, PipelineReport } from "../../contract/pipeline.ts";
import type { Verification } from "../../contract/rollout.ts";
import type { BenchmarkSource, DatasetFile } from "./pool-rows.ts";

export interface PipelineTask {
  config: PipelineConfig;
  /** Those of the merge step, in its order. */
  pools: DatasetFile[];
  benchmarks: BenchmarkSource[];
  /** Null: lengths are characters. */
  tokenizer: { folder: string; files: TokenizerFiles } | null;
  /** Empty, removed by the caller: spools, and with `write` rows.jsonl and spans.jsonl. */
  folder: string;
  write: boolean;
  version: string;
}

export interface PipelineOutcome {
  report: Omit<PipelineReport, "seconds" | "createdAt">;
  /** sha256 of rows.jsonl. */
  hash: string | null;
  answerRule: AnswerRule | null;
}

export type PipelineMessage =
  | { type: "progress"; progress: PipelineProgress }
  | { type: "verify"; id: number; request: VerifyRequest }
  | { type: "result"; outcome: PipelineOutcome }
  | { type: "error"; error: ErrorRecord };

/** To the thread. */
export interface VerdictMessage {
  id: number;
  verification: Verification;
}
