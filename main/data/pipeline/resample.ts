// Responses drawn again by length, so that a dataset's mix of lengths is the one that is asked for (the paper, §2.3: "further random
// sampling"; how is ours). Nothing is kept twice: a bin gives at most what it has. Rows without a response that stays go.
import type { StepOf } from "../../contract/pipeline.ts";
import { randomFrom } from "../random.ts";
import { type PipelineRow, promptKey, type Rows } from "./row.ts";
import type { Spool } from "./spool.ts";
import type { Step, StepContext } from "./step.ts";

export const resample =
  (config: StepOf<"resample">): Step =>
  (rows, context) =>
    resampled(rows, config, context, context.openSpool());

/** How many stay of each bin's count; exact, where thinning by chance is not. */
export function quotas({ mode, bins }: Pick<StepOf<"resample">, "mode" | "bins">, counts: readonly number[]): number[] {
  if (mode === "keep") return bins.map(({ share }, bin) => Math.round(share * counts[bin]));
  const total = bins.reduce((sum, { share }) => sum + share, 0);
  // The scarcest bin says how large the mix can be.
  const size = Math.min(...bins.map(({ share }, bin) => (share === 0 ? Number.POSITIVE_INFINITY : (counts[bin] * total) / share)));
  // A whisker above, so that a product that is whole but for its rounding stays whole.
  return bins.map(({ share }, bin) => Math.min(counts[bin], Math.floor((share / total) * size + 1e-9)));
}

async function* resampled(rows: Rows, config: StepOf<"resample">, { seed, record }: StepContext, spool: Spool): Rows {
  try {
    const ends = config.bins.map(({ below }) => below ?? Number.POSITIVE_INFINITY);
    const binOf = ({ length }: PipelineRow["responses"][number]) => ends.findIndex((end) => length < end);
    const counts = ends.map(() => 0);
    // Of each response: numbers alone, for there may be tens of millions.
    let draws = new Float64Array(1024);
    let bins = new Uint8Array(1024);
    let seen = 0;
    for await (const row of rows) {
      const random = randomFrom(seed, record.name, promptKey(row));
      for (const response of row.responses) {
        if (seen === bins.length) {
          draws = larger(draws, new Float64Array(2 * seen));
          bins = larger(bins, new Uint8Array(2 * seen));
        }
        draws[seen] = random.uniform();
        bins[seen] = binOf(response);
        counts[bins[seen++]]++;
      }
      spool.add(row);
    }
    const kept = quotas(config, counts);
    const stays = new Uint8Array(seen);
    counts.forEach((count, bin) => {
      const own = new Uint32Array(count);
      for (let at = 0, i = 0; at < seen; at++) if (bins[at] === bin) own[i++] = at;
      own.sort((a, b) => draws[a] - draws[b] || a - b);
      for (const at of own.subarray(0, kept[bin])) stays[at] = 1;
    });
    const from = (bin: number) => (bin === 0 ? 0 : ends[bin - 1]);
    record.describe(() => ({
      bins: config.bins.map(({ below }, bin) => ({ from: from(bin), to: below, in: counts[bin], kept: kept[bin] })),
    }));
    const reasons = config.bins.map(({ below }, bin) => `not drawn: length ${from(bin)}${below === null ? " or more" : ` to ${below}`}`);
    let at = 0;
    for (let index = 0; index < spool.length; index++) {
      const row = spool.read(index);
      const responses = row.responses.filter((response) => {
        if (stays[at++] === 1) return true;
        record.dropResponse(row, reasons[binOf(response)], response.text);
        return false;
      });
      if (responses.length > 0) yield { ...row, responses };
      else record.dropRow(row, "no response left", 0);
    }
  } finally {
    spool.close();
  }
}

function larger<Values extends Float64Array | Uint8Array>(old: Values, into: Values): Values {
  into.set(old);
  return into;
}
