// Anything that failed on the way to or from the application, as the record a person is shown.
import { TRPCClientError } from "@trpc/client";
import { type ErrorRecord, errorRecord, toErrorRecord } from "../../main/contract/errors.ts";

export function recordOfFailure(thrown: unknown, where: string): ErrorRecord {
  if (thrown instanceof TRPCClientError) {
    const data: unknown = thrown.data;
    const carried = errorRecord.safeParse(typeof data === "object" && data !== null && "record" in data ? data.record : undefined);
    if (carried.success) return carried.data;
    return {
      code: "no-answer",
      where,
      message: thrown.message,
      hint: "The application did not answer: see whether it still runs, then try again.",
    };
  }
  return toErrorRecord(thrown, where);
}

export function recordAsText(record: ErrorRecord): string {
  return `${record.message}\nwhere: ${record.where}\nwhat to do: ${record.hint}\ncode: ${record.code}`;
}
