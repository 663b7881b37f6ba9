// How a command fails: one line on stderr, `where: message hint`, and an exit code that is not 0.
import { TRPCClientError } from "@trpc/client";
import { type ErrorRecord, errorRecord, toErrorRecord } from "../contract/errors.ts";

/** The record behind anything thrown, also by the router of another process. */
export function recordBehind(thrown: unknown): ErrorRecord {
  if (thrown instanceof TRPCClientError) {
    const parsed = errorRecord.safeParse((thrown.data as { record?: unknown } | null | undefined)?.record);
    if (parsed.success) return parsed.data;
    if (thrown.cause) return recordBehind(thrown.cause);
  }
  return toErrorRecord(thrown, "headstart");
}

export function formatFailure(thrown: unknown): string {
  const { where, message, hint } = recordBehind(thrown);
  return `${where}: ${message} ${hint}`;
}
