import { expect, test } from "vitest";
import type { IpcReply } from "../contract/ipc.ts";
import { openHost, untilStatus } from "../host/testing/open-host.ts";
import { smallRecipe } from "../host/testing/small-recipe.ts";
import { createIpcSession } from "./ipc-session.ts";

async function openSession() {
  const { host } = await openHost();
  const replies: IpcReply[] = [];
  const session = createIpcSession(host, (reply) => replies.push(structuredClone(reply)));
  const answer = async (id: number) => {
    await expect.poll(() => replies.some((reply) => reply.id === id && reply.type !== "data")).toBe(true);
    return replies.find((reply) => reply.id === id && reply.type !== "data")!;
  };
  return { host, replies, session, answer };
}

test("queries and mutations are answered under their id", async () => {
  const { session, answer, host } = await openSession();
  session.receive({ id: 1, type: "query", path: "studies.list", input: undefined });
  session.receive({ id: 2, type: "mutation", path: "studies.start", input: { recipe: smallRecipe } });
  expect(await answer(1)).toEqual({ id: 1, type: "result", data: [] });
  const started = await answer(2);
  expect(started).toMatchObject({ type: "result", data: { id: expect.stringMatching(/^small-/) } });
  await untilStatus(host, (started as { data: { id: string } }).data.id, "done");
});

test("an error carries its record", async () => {
  const { session, answer } = await openSession();
  session.receive({ id: 5, type: "query", path: "studies.get", input: { id: "none" } });
  session.receive({ id: 6, type: "query", path: "studies.nothing", input: undefined });
  session.receive({ id: 7, type: "query", path: "studies.get", input: 4 });
  // A mutation must not be reached as a query.
  session.receive({ id: 8, type: "query", path: "studies.remove", input: { id: "none" } });
  const record = async (id: number) => {
    const reply = await answer(id);
    return reply.type === "error" ? reply.error.data.record : null;
  };
  expect(await record(5)).toMatchObject({ code: "unknown-study" });
  expect(await record(6)).toMatchObject({ code: "no-procedure" });
  expect(await record(7)).toMatchObject({ code: "bad-input", where: "studies.get" });
  expect(await record(8)).not.toBeNull();
});

test("a subscription goes on until it is stopped, and says nothing after", async () => {
  const { session, replies, host } = await openSession();
  session.receive({ id: 3, type: "subscription", path: "live.events", input: undefined });
  await expect.poll(() => host.events.listenerCount).toBe(1);
  host.events.emit({ type: "study", studyId: "a", status: "running" });
  await expect.poll(() => replies).toEqual([{ id: 3, type: "data", data: { type: "study", studyId: "a", status: "running" } }]);
  session.receive({ id: 3, type: "stop" });
  await expect.poll(() => host.events.listenerCount).toBe(0);
  host.events.emit({ type: "study", studyId: "a", status: "done" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(replies).toHaveLength(1);
});

test("closing a session ends its subscriptions", async () => {
  const { session, replies, host } = await openSession();
  session.receive({ id: 3, type: "subscription", path: "live.events", input: undefined });
  await expect.poll(() => host.events.listenerCount).toBe(1);
  session.close();
  await expect.poll(() => host.events.listenerCount).toBe(0);
  expect(replies).toEqual([]);
});

test("what is no message of the protocol is dropped", async () => {
  const { session, replies } = await openSession();
  for (const message of [
    null,
    "x",
    { id: -1, type: "query", path: "studies.list" },
    { id: 1, type: "eval", path: "x" },
    { id: 1, type: "query" },
  ])
    session.receive(message);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(replies).toEqual([]);
});
