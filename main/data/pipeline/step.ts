// What a step is: rows in, rows out, and a record of what it dropped. Steps are deterministic; their draws come from streams that are
// named by the pipeline's seed, the step's name and the prompt, so that a prompt's draw does not move when others come or go.
import type { VerifyRequest } from "../../contract/job.ts";
import type { MatchedSpan } from "../../contract/pipeline.ts";
import type { Verification } from "../../contract/rollout.ts";
import type { Rows } from "./row.ts";
import type { OpenSpool } from "./spool.ts";
import type { StepRecord } from "./step-record.ts";

export interface StepContext {
  seed: number;
  record: StepRecord;
  openSpool: OpenSpool;
  /** Judges a response; null where nothing can. */
  verify: ((request: VerifyRequest) => Promise<Verification>) | null;
  /** Told of every matched span, in order. */
  onSpan(span: MatchedSpan): void;
}

export type Step = (rows: Rows, context: StepContext) => Rows;
