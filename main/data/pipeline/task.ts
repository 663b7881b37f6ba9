// What a data thread is given and what it says; the thread itself is thread.ts.
import type { AnswerRule } from "../../contract/answer-rule.ts";
import type { TokenizerFiles } from "../../contract/checkpoint.ts";
import type { ErrorRecord } from "../../contract/errors.ts";
import type { VerifyRequest } from "../../contract/job.ts";
import type { LadderPreview, LadderPreviewInput } from "../../contract/ladder.ts";
import type { PipelineConfig, PipelineProgress, PipelineReport } from "../../contract/pipeline.ts";
import type { Verification } from "../../contract/rollout.ts";
import type { BenchmarkSource, DatasetFile } from "./pool-rows.ts";

/** Null: lengths are characters. */
export type TaskTokenizer = { folder: string; files: TokenizerFiles } | null;

export interface PipelineTask {
  kind: "pipeline";
  config: PipelineConfig;
  /** Those of the merge step, in its order. */
  pools: DatasetFile[];
  benchmarks: BenchmarkSource[];
  tokenizer: TaskTokenizer;
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

/** What a ladder on a dataset's rows would be, and with a folder its sets. */
export interface LadderTask extends Omit<LadderPreviewInput, "datasetId" | "tokenizer"> {
  kind: "ladder";
  dataset: DatasetFile;
  tokenizer: TaskTokenizer;
  /** Empty, removed by the caller; null: no sets are written. */
  folder: string | null;
}

export interface LadderOutcome {
  preview: LadderPreview;
  /** By cell: the folder its rows.jsonl is in, and that file's sha256. */
  sets: { name: string; folder: string; hash: string; answerRule: AnswerRule | null }[] | null;
}

export type DataTask = PipelineTask | LadderTask;
export type OutcomeOf<Task extends DataTask> = Task extends PipelineTask ? PipelineOutcome : LadderOutcome;

export type DataMessage =
  | { type: "progress"; progress: PipelineProgress }
  | { type: "verify"; id: number; request: VerifyRequest }
  | { type: "result"; outcome: PipelineOutcome | LadderOutcome }
  | { type: "error"; error: ErrorRecord };

/** To the thread. */
export interface VerdictMessage {
  id: number;
  verification: Verification;
}
