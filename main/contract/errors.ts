// The one shape of an error that reaches a person: what happened, where, and what to do about it.
import { z } from "zod";

export const errorRecord = z.object({
  code: z.string().meta({ description: "Stable kebab-case word for the kind of error, e.g. recipe-contradiction" }),
  where: z.string().meta({ description: "The boundary that failed, e.g. recipe.rl.topP, checkpoint weights.bin, engine" }),
  message: z.string().meta({ description: "What happened, one sentence" }),
  hint: z.string().meta({ description: "What to do about it, one sentence" }),
});
export type ErrorRecord = z.infer<typeof errorRecord>;

export class HeadstartError extends Error implements ErrorRecord {
  readonly code: string;
  readonly where: string;
  readonly hint: string;
  constructor(record: ErrorRecord, options?: { cause?: unknown }) {
    super(record.message, options as ErrorOptions);
    this.name = "HeadstartError";
    this.code = record.code;
    this.where = record.where;
    this.hint = record.hint;
  }
  toRecord(): ErrorRecord {
    return { code: this.code, where: this.where, message: this.message, hint: this.hint };
  }
}

/** Any thrown value as a record, so that it can cross a thread or a socket. */
export function toErrorRecord(thrown: unknown, where: string): ErrorRecord {
  if (thrown instanceof HeadstartError) return thrown.toRecord();
  const parsed = errorRecord.safeParse(thrown);
  if (parsed.success) return parsed.data;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "unexpected", where, message, hint: "This is a defect in Headstart: please report it with the log." };
}
