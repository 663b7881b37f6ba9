// One row a prompt: the first, with the different responses of all the rows that have its prompt, in their order.
//
// Prompts are the same when they are equal in Unicode NFC with each run of white space as one space and none at the ends; of a
// conversation, all its turns. Not NFKC and not without case: x² is not x2, and a and A are two variables. Keys are compared by the
// first 128 bits of their sha256, so that a million prompts need not stay in memory.
import { createHash } from "node:crypto";
import type { PipelineRow, Rows } from "./row.ts";
import type { Spool } from "./spool.ts";
import type { Step } from "./step.ts";
import type { StepRecord } from "./step-record.ts";

const normalised = (text: string): string => text.normalize("NFC").replace(/\s+/g, " ").trim();

/** Equal for rows with the same prompt. */
export function uniqueKey({ prompt, messages }: Pick<PipelineRow, "prompt" | "messages">): string {
  return messages === null ? normalised(prompt) : JSON.stringify(messages.map(({ role, content }) => [role, normalised(content)]));
}

const shortHash = (key: string): string => createHash("sha256").update(key).digest().toString("latin1", 0, 16);

export const unique: Step = (rows, { record, openSpool }) => gathered(rows, record, openSpool());

async function* gathered(rows: Rows, record: StepRecord, spool: Spool): Rows {
  try {
    const firsts = new Map<string, number>();
    const later = new Map<number, number[]>();
    const isLater: boolean[] = [];
    for await (const row of rows) {
      const key = shortHash(uniqueKey(row));
      const index = spool.length;
      const first = firsts.get(key);
      isLater.push(first !== undefined);
      if (first === undefined) firsts.set(key, index);
      else if (later.has(first)) later.get(first)!.push(index);
      else later.set(first, [index]);
      spool.add(row);
    }
    firsts.clear();
    for (let index = 0; index < spool.length; index++) {
      if (isLater[index]) continue;
      yield gather(
        spool.read(index),
        (later.get(index) ?? []).map((other) => spool.read(other)),
        record,
      );
    }
  } finally {
    spool.close();
  }
}

function gather(first: PipelineRow, others: readonly PipelineRow[], record: StepRecord): PipelineRow {
  const responses = new Map<string, PipelineRow["responses"][number]>();
  for (const row of [first, ...others])
    for (const response of row.responses) {
      if (!responses.has(response.text)) responses.set(response.text, response);
      else record.dropResponse(row, "the same response again", response.text);
    }
  let whole = { ...first, responses: [...responses.values()] };
  for (const other of others) {
    const differs = other.answer !== null && whole.answer !== null && other.answer.trim() !== whole.answer.trim();
    record.dropRow(other, differs ? "prompt of an earlier row, with another answer" : "prompt of an earlier row", 0);
    // What the first row lacks, the others may have.
    whole = {
      ...whole,
      category: whole.category ?? other.category,
      difficulty: whole.difficulty ?? other.difficulty,
      date: whole.date ?? other.date,
      tests: whole.tests ?? other.tests,
      ...(whole.answer === null && { answer: other.answer, answerRule: other.answerRule }),
    };
  }
  return whole;
}
