// Fewer prompts that are answered shortly: long responses often mean hard questions, and a random part of the others is dropped (the
// paper, §2.3; it prints no rate). A prompt is short when the mean length of its responses is below the threshold.
import type { StepOf } from "../../contract/pipeline.ts";
import { chance, randomFrom } from "../random.ts";
import { type PipelineRow, promptKey, type Rows } from "./row.ts";
import type { Step, StepContext } from "./step.ts";

export const thin =
  (config: StepOf<"thin">): Step =>
  (rows, context) =>
    thinned(rows, config, context);

async function* thinned(rows: Rows, { below, keep }: StepOf<"thin">, { seed, record }: StepContext): Rows {
  for await (const row of rows) {
    if (row.responses.length === 0 || meanLength(row) >= below || chance(randomFrom(seed, record.name, promptKey(row)), keep)) yield row;
    else record.dropRow(row, `responses shorter than ${below} on average`);
  }
}

function meanLength({ responses }: PipelineRow): number {
  return responses.reduce((sum, { length }) => sum + length, 0) / responses.length;
}
