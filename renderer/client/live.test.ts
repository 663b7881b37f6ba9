// What was not heard is read again: after dropped events, and after the subscription broke.
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { afterEach, expect, test, vi } from "vitest";
import type { HeadstartBridge, IpcReply, IpcRequest } from "../../main/contract/ipc.ts";
import type { AppRouter } from "../../main/host/router/index.ts";
import { ipcLink } from "./ipc-link.ts";
import { listen, takeEvent } from "./live.ts";
import { keys } from "./query-keys.ts";

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

/** Curves as a view shows them: read once and then only fed by events, unless something makes them stale. */
function shownCurves(queries: QueryClient, read: () => Promise<unknown>) {
  const observer = new QueryObserver(queries, {
    queryKey: keys.metrics("rl"),
    queryFn: read,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  ended.push(
    observer.subscribe(() => {}),
    () => queries.clear(),
  );
  return () => observer.getCurrentResult().data;
}

test("dropped events: the curves are read again", async () => {
  const queries = new QueryClient();
  let reads = 0;
  const shown = shownCurves(queries, async () => ++reads);
  await vi.waitFor(() => expect(shown()).toBe(1));
  takeEvent(queries, () => {}, { type: "missed" });
  await vi.waitFor(() => expect(shown()).toBe(2));
});

test("dropped events while the first read is on its way: its answer, which may predate them, is not kept", async () => {
  const queries = new QueryClient();
  const answers: ((answer: string) => void)[] = [];
  const shown = shownCurves(queries, () => new Promise((resolve) => answers.push(resolve)));
  takeEvent(queries, () => {}, { type: "missed" });
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[0]("before");
  answers[1]("after");
  await vi.waitFor(() => expect(shown()).toBe("after"));
});

test("a subscription that broke starts anew and refreshes; the first one reads nothing twice", async () => {
  const sent: IpcRequest[] = [];
  let reply: (message: IpcReply) => void = () => {};
  const bridge: HeadstartBridge = {
    send: (message) => sent.push(message),
    onMessage: (callback) => {
      reply = callback;
      return () => {};
    },
  };
  const queries = new QueryClient();
  let reads = 0;
  const shown = shownCurves(queries, async () => ++reads);
  await vi.waitFor(() => expect(shown()).toBe(1));
  ended.push(listen(createTRPCClient<AppRouter>({ links: [ipcLink(bridge)] }), queries, 1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(reads).toBe(1);
  const record = { code: "x", where: "host", message: "It broke.", hint: "" };
  const subscription = sent.find((message) => message.type === "subscription");
  reply({
    id: subscription?.id ?? -1,
    type: "error",
    error: { code: -32603, message: "It broke.", data: { code: "INTERNAL_SERVER_ERROR", httpStatus: 500, record } },
  });
  await vi.waitFor(() => expect(shown()).toBe(2));
  expect(sent.filter((message) => message.type === "subscription")).toHaveLength(2);
});
