import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkpointEvery, evaluationEvent, rolloutsEvent, stepEvents, studyWithData, temporaryStore } from "./fixture.ts";
import { bytesPerToken } from "./token-files.ts";

let temporary: Awaited<ReturnType<typeof temporaryStore>>;
let rl: string;
beforeEach(async () => {
  temporary = await temporaryStore();
  ({ rl } = await studyWithData(temporary.store));
});
afterEach(() => temporary.remove());

const stage = async () => (await temporary.store.study("s1")).stages[1];
const tokenBytes = (step: number) => rolloutsEvent(step).tokens.ids.length * bytesPerToken;
const error = { code: "out-of-memory", where: "engine", message: "No memory.", hint: "Smaller batch." };

test("the first start is kept when a stage starts again", async () => {
  const { store } = temporary;
  await store.startStage(rl);
  const { startedAt } = await stage();
  expect(startedAt).not.toBeNull();
  await store.setStageStatus(rl, "failed", error);
  expect(await stage()).toMatchObject({ status: "failed", error, finishedAt: expect.any(String) });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await store.startStage(rl);
  expect(await stage()).toMatchObject({ status: "running", startedAt, finishedAt: null, error: null });
});

test("active seconds add up", async () => {
  await temporary.store.addActiveSeconds(rl, 1.5);
  await temporary.store.addActiveSeconds(rl, 2);
  expect((await stage()).activeSeconds).toBe(3.5);
});

test("an unknown stage is refused by every call", async () => {
  const { store } = temporary;
  const unknown = { code: "unknown-stage" };
  await expect(store.startStage("x")).rejects.toMatchObject(unknown);
  await expect(store.setStageStatus("x", "done")).rejects.toMatchObject(unknown);
  await expect(store.addActiveSeconds("x", 1)).rejects.toMatchObject(unknown);
  await expect(store.supersede("x", 1)).rejects.toMatchObject(unknown);
  await expect(store.ingest("x", [])).rejects.toMatchObject(unknown);
  await expect(store.metrics("x")).rejects.toMatchObject(unknown);
  await expect(store.rollouts({ stageId: "x", offset: 0, limit: 1 })).rejects.toMatchObject(unknown);
});

/** Steps 1 to 10 with checkpoints at 4 and 8, their folders, and the stage done. */
async function tenSteps(): Promise<(step: number) => string> {
  const { store, folder } = temporary;
  const checkpoint = (step: number) => join(folder, `studies/s1/checkpoints/${rl}-${step}`);
  for (let step = 1; step <= 10; step++) await store.ingest(rl, stepEvents("s1", rl, step));
  for (const step of [checkpointEvery, 2 * checkpointEvery]) mkdirSync(checkpoint(step), { recursive: true });
  await store.ingest(rl, [{ type: "result", result: { checkpointId: `${rl}-8` } }]);
  return checkpoint;
}

test("superseding takes back all past a step, and only that", async () => {
  const { store, folder } = temporary;
  const checkpoint = await tenSteps();
  const before = await store.metrics(rl);
  await store.supersede(rl, 4);

  expect((await store.metrics(rl)).steps).toEqual([1, 2, 3, 4]);
  expect((await store.metrics(rl)).values.reward).toEqual(before.values.reward?.slice(0, 4));
  expect((await store.rolloutSteps(rl)).map((s) => s.step)).toEqual([1, 2, 3, 4]);
  expect((await store.evaluations("s1")).map((e) => e.step)).toEqual([4]);
  expect((await store.checkpoints("s1")).map((c) => c.step)).toEqual([4]);
  expect((await store.latestCheckpoint(rl))?.step).toBe(4);
  expect([existsSync(checkpoint(4)), existsSync(checkpoint(8))]).toEqual([true, false]);
  expect(await stage()).toMatchObject({ step: 4, status: "queued", result: null, finishedAt: null });
  expect(statSync(join(folder, "studies/s1/tokens", `${rl}.bin`)).size).toBe([1, 2, 3, 4].reduce((sum, step) => sum + tokenBytes(step), 0));
  // and the stage can go on from there
  for (let step = 5; step <= 8; step++) await store.ingest(rl, stepEvents("s1", rl, step));
  expect((await store.latestCheckpoint(rl))?.step).toBe(8);
});

test("superseding with null takes back everything, an evaluation at step 0 too", async () => {
  const { store, folder } = temporary;
  await store.ingest(rl, [evaluationEvent("s1", rl, 0)]);
  const checkpoint = await tenSteps();
  await store.supersede(rl, null);
  expect((await store.metrics(rl)).steps).toEqual([]);
  expect(await store.rolloutSteps(rl)).toEqual([]);
  expect(await store.evaluations("s1")).toEqual([]);
  expect(await store.latestCheckpoint(rl)).toBeNull();
  expect([existsSync(checkpoint(4)), existsSync(checkpoint(8))]).toEqual([false, false]);
  expect(await stage()).toMatchObject({ step: 0, result: null });
  expect(statSync(join(folder, "studies/s1/tokens", `${rl}.bin`)).size).toBe(0);
});

test("superseding leaves a running stage running, and other stages alone", async () => {
  const { store } = temporary;
  const other = await studyWithData(store, "s2");
  await store.ingest(other.rl, stepEvents("s2", other.rl, 9));
  await store.startStage(rl);
  await store.supersede(rl, null);
  expect((await stage()).status).toBe("running");
  expect((await store.metrics(other.rl)).steps).toEqual([9]);
});
