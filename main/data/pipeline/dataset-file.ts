// What a pipeline makes, as a file: JSON lines that import as one dataset, and its matched spans beside them.
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { AnswerRule } from "../../contract/answer-rule.ts";
import type { ColumnMapping } from "../../contract/imported-dataset.ts";
import type { PipelineRow } from "./row.ts";

const bufferBytes = 1 << 20;

/** Appends lines; `finish` makes them durable. */
export class LineFile {
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, "wx");
  }

  add(value: unknown): void {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#waitingBytes >= bufferBytes) this.#flush();
  }

  /** sha256 of all lines. */
  finish(): string {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
    return this.#hash.digest("hex");
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#waiting);
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/** A conversation stands where the prompt does: importing tells the two apart row by row. */
export function fileRow({ id, source, category, difficulty, date, prompt, messages, responses, answer, tests, dataset, row }: PipelineRow) {
  return {
    id,
    source,
    category,
    difficulty,
    date,
    prompt: messages ?? prompt,
    response: responses.map(({ text }) => text),
    answer,
    ...(tests && { tests }),
    from: `${dataset}#${row}`,
  };
}

export const fileMapping = (rule: AnswerRule | null): ColumnMapping => ({
  shape: "generic",
  prompt: "prompt",
  messages: null,
  response: "response",
  answer: rule === null ? null : "answer",
  answerRule: rule,
  tests: "tests",
  source: "source",
  category: "category",
  id: "id",
  difficulty: "difficulty",
  date: "date",
});
