// What goes through the pipeline: a prompt with its responses, and where it came from.

import type { ImportedRow } from "../../contract/imported-dataset.ts";
import type { Amount } from "../../contract/pipeline.ts";

export interface PipelineResponse {
  text: string;
  /** In the pipeline's unit, measured once, when the row is read. */
  length: number;
}

export interface PipelineRow extends Omit<ImportedRow, "line" | "responses"> {
  /** Version that it came from; `row` is its number there. */
  dataset: string;
  responses: PipelineResponse[];
}

export type Rows = AsyncIterable<PipelineRow>;

export const amountOf = ({ responses }: PipelineRow): Amount => ({ rows: 1, responses: responses.length });

/** Names a draw for a prompt; a conversation with all its turns. */
export const promptKey = ({ prompt, messages }: Pick<PipelineRow, "prompt" | "messages">): string =>
  messages === null ? prompt : JSON.stringify(messages.map(({ role, content }) => [role, content]));
