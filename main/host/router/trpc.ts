// The tRPC instance of the router: its context is the host, and every error that leaves carries an ErrorRecord in
// `data.record`, so that any client can show what failed, where, and what to do.
import { initTRPC, TRPCError } from "@trpc/server";
import { z } from "zod";
import { type ErrorRecord, HeadstartError, toErrorRecord } from "../../contract/index.ts";
import type { Host } from "../host.ts";

export interface RouterContext {
  host: Host;
  /** Set where the call came through the data folder's socket, which only its owner can open. */
  local?: boolean;
}

/** The record of anything a procedure or its input check threw. */
export function recordOf(thrown: unknown, where: string): ErrorRecord {
  if (thrown instanceof HeadstartError) return thrown.toRecord();
  if (thrown instanceof z.ZodError) {
    const issue = thrown.issues[0];
    const field = issue.path.map(String).join(".");
    return {
      code: "bad-input",
      where: field === "" ? where : `${where} ${field}`,
      message: thrown.issues.length === 1 ? issue.message : `${issue.message} (and ${thrown.issues.length - 1} more)`,
      hint: "Correct the named field and try again.",
    };
  }
  if (thrown instanceof TRPCError) {
    if (thrown.cause !== undefined && thrown.cause !== thrown) return recordOf(thrown.cause, where);
    if (thrown.code === "NOT_FOUND")
      return { code: "no-procedure", where, message: thrown.message, hint: "Client and host are of different versions: restart both." };
  }
  return toErrorRecord(thrown, where);
}

const t = initTRPC.context<RouterContext>().create({
  errorFormatter({ shape, error, path }) {
    const record = recordOf(error, path ?? "router");
    return {
      code: shape.code,
      message: record.message,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, record },
    };
  },
});

/**
 * A subscription's events, its error told as an answer: a client takes an internal error for a lost connection and asks again, for
 * ever.
 */
export async function* answering<Event>(events: AsyncIterable<Event>): AsyncGenerator<Event> {
  try {
    yield* events;
  } catch (cause) {
    throw new TRPCError({ code: "UNPROCESSABLE_CONTENT", cause });
  }
}

export const router = t.router;
export const procedure = t.procedure;
export const createCallerFactory = t.createCallerFactory;
