// Rows of several datasets, one after the other. Where there are several, ids are told apart by their dataset.
import type { Amount, StepOf } from "../../contract/pipeline.ts";
import type { PipelineRow, Rows } from "./row.ts";
import type { StepRecord } from "./step-record.ts";

/** A row that its file does not give: line and reason; `rows` that are lost with it. */
export interface UnreadablePoolRow {
  line: number;
  reason: string;
  rows: number;
}

export interface Pool {
  dataset: string;
  contentHash: string;
  /** Rows that can be read. */
  rows: number;
  /** From the first; asked for once. */
  open(): Iterable<PipelineRow | UnreadablePoolRow>;
}

/** `pools` are the step's, in its order. Counts what it takes itself: the rows come from outside. */
export async function* merge(config: StepOf<"merge">, pools: readonly Pool[], record: StepRecord): Rows {
  const given: (Amount & { dataset: string })[] = [];
  record.describe(() => ({ pools: given }));
  for (const [i, pool] of pools.entries()) {
    const own = { dataset: pool.dataset, rows: 0, responses: 0 };
    given.push(own);
    const { limit = Number.POSITIVE_INFINITY } = config.pools[i];
    for (const row of pool.open()) {
      if ("reason" in row) {
        record.dropUnread({ dataset: pool.dataset, line: row.line }, row.reason, row.rows);
        continue;
      }
      record.in.rows++;
      record.in.responses += row.responses.length;
      if (config.needResponse && row.responses.length === 0) record.dropRow(row, "no response");
      else {
        own.rows++;
        own.responses += row.responses.length;
        yield pools.length === 1 ? row : { ...row, id: `${pool.dataset}/${row.id}` };
      }
      if (row.row + 1 >= limit) break;
    }
  }
}
