import { afterAll, expect, it, vi } from "vitest";
import type { Order } from "./testing/thread.ts";
import { createThreadPool } from "./thread-pool.ts";

const options = { name: "test pool", entry: new URL("testing/thread.ts", import.meta.url), threads: 1, milliseconds: 5000, megabytes: 64 };
const pool = createThreadPool<Order, number>(options);
afterAll(() => pool.close());
vi.setConfig({ testTimeout: 30_000 }); // on a busy machine a thread takes seconds to start

it("answers in order from one thread, and replaces it when it exceeds its memory", async () => {
  expect(await Promise.all([pool.run("answer"), pool.run("answer")])).toEqual([{ done: 1 }, { done: 2 }]);
  const outcomes = await Promise.all([pool.run("fill memory"), pool.run("answer")]);
  expect(outcomes).toEqual([{ exceeded: "memory" }, { done: 1 }]);
});

it("ends a thread at the time limit; the others go on", async () => {
  const quick = createThreadPool<Order, number>({ ...options, threads: 2, milliseconds: 200 });
  try {
    const outcomes = await Promise.all([quick.run("loop"), quick.run("answer"), quick.run("answer"), quick.run("answer")]);
    expect(outcomes[0]).toEqual({ exceeded: "time" });
    expect(outcomes.slice(1).every((outcome) => "done" in outcome)).toBe(true);
    expect(await quick.run("answer")).toHaveProperty("done");
  } finally {
    await quick.close();
  }
});

it("tells work that throws and threads that exit from limits, and goes on", async () => {
  await expect(pool.run("throw")).rejects.toMatchObject({ code: "thread-failed", where: "test pool" });
  await expect(pool.run("exit")).rejects.toMatchObject({ code: "thread-failed" });
  expect(await pool.run("answer")).toEqual({ done: 1 });
});

it("rejects what is under way and what waits when it is closed, and whatever comes later", async () => {
  const closing = createThreadPool<Order, number>(options);
  const work = [closing.run("loop"), closing.run("answer")];
  const settled = Promise.allSettled(work);
  await closing.close();
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(closing.run("answer")).rejects.toMatchObject({ code: "verifier-closed" });
});

it("an entry that does not load is an error, not a wait", async () => {
  const broken = createThreadPool<Order, number>({ ...options, entry: new URL("testing/none.ts", import.meta.url) });
  await expect(broken.run("answer")).rejects.toMatchObject({ code: "thread-failed" });
  await broken.close();
});
