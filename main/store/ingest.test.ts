import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StageEvent } from "../contract/index.ts";
import {
  checkpointEvent,
  datasetEvent,
  evaluationEvent,
  newStudy,
  rolloutsEvent,
  stepEvents,
  studyWithData,
  temporaryStore,
} from "./fixture.ts";

let temporary: Awaited<ReturnType<typeof temporaryStore>>;
let rl: string;
beforeEach(async () => {
  temporary = await temporaryStore();
  ({ rl } = await studyWithData(temporary.store));
});
afterEach(() => temporary.remove());

const metrics = (step: number, reward: number): StageEvent => ({ type: "metrics", step, values: { reward } });

test("progress moves the stage, a result ends it", async () => {
  const { store } = temporary;
  await store.ingest(rl, [{ type: "progress", step: 3, totalSteps: 12, activity: "Step 3 of 12" }]);
  expect((await store.study("s1")).stages[1]).toMatchObject({ step: 3, totalSteps: 12, status: "queued" });
  await store.ingest(rl, [{ type: "result", result: { checkpointId: "c", examples: 10 } }]);
  expect((await store.study("s1")).stages[1]).toMatchObject({
    status: "done",
    finishedAt: expect.any(String),
    result: { checkpointId: "c", examples: 10 },
  });
});

test("a call is stored whole or not at all, token files included", async () => {
  const { store, folder } = temporary;
  await store.ingest(rl, [rolloutsEvent(1)]);
  const file = join(folder, "studies/s1/tokens", `${rl}.bin`);
  const { size } = statSync(file);
  const bad: StageEvent[] = [rolloutsEvent(2), metrics(2, 0.5), rolloutsEvent(1)];
  await expect(store.ingest(rl, bad)).rejects.toMatchObject({ code: "already-stored", message: /rollouts of step 1/ });
  expect((await store.metrics(rl)).steps).toEqual([]);
  expect((await store.rolloutSteps(rl)).map((s) => s.step)).toEqual([1]);
  expect(statSync(file).size).toBe(size);
  await store.ingest(rl, [rolloutsEvent(2), metrics(2, 0.5)]);
  expect((await store.metrics(rl)).steps).toEqual([2]);
});

test("several batches of one call lie one after the other in the file", async () => {
  const { store } = temporary;
  await store.ingest(rl, [rolloutsEvent(1), rolloutsEvent(2), rolloutsEvent(3)]);
  const { rows } = await store.rollouts({ stageId: rl, step: 3, offset: 7, limit: 1 });
  const { ids } = rolloutsEvent(3).tokens;
  expect([...(await store.rolloutTokens(rows[0].id)).ids]).toEqual([...ids.slice(ids.length - rows[0].tokens)]);
});

test("what is stored already is refused, not doubled and not replaced", async () => {
  const { store } = temporary;
  const events: StageEvent[] = [metrics(4, 0.25), rolloutsEvent(4), evaluationEvent("s1", rl, 4), checkpointEvent("s1", rl, 4)];
  await store.ingest(rl, events);
  for (const event of events) await expect(store.ingest(rl, [event])).rejects.toMatchObject({ code: "already-stored" });
  await expect(store.ingest(rl, [metrics(4, 0.75)])).rejects.toMatchObject({
    message: /^Stored already: reward of step 4 of stage s1-1\./,
  });
  expect((await store.metrics(rl)).values.reward).toEqual([0.25]);
  expect(await store.rolloutSteps(rl)).toHaveLength(1);
  expect(await store.evaluations("s1")).toHaveLength(1);
  expect(await store.checkpoints("s1")).toHaveLength(1);
});

test("two metrics events of one step add their names", async () => {
  const { store } = temporary;
  await store.ingest(rl, [metrics(1, 0.5), { type: "metrics", step: 1, values: { entropy: 0.3 } }]);
  expect(await store.metrics(rl)).toEqual({ steps: [1], values: { reward: [0.5], entropy: [0.3] } });
});

test("events that contradict themselves or the study are refused, saying how", async () => {
  const { store } = temporary;
  const refused = (event: StageEvent, message: RegExp) =>
    expect(store.ingest(rl, [event])).rejects.toMatchObject({ code: "invalid-event", message });
  const event = rolloutsEvent(1);
  await refused({ ...event, tokens: { ...event.tokens, lengths: event.tokens.lengths.slice(1) } }, /8 rollouts, but 7 token lengths/);
  await refused({ ...event, tokens: { ...event.tokens, ids: event.tokens.ids.slice(1) } }, /ids/);
  await refused({ ...event, rollouts: event.rollouts.map((r, i) => (i === 2 ? { ...r, tokens: 99 } : r)) }, /rollout 2 says 99 tokens/);
  await refused({ ...event, rollouts: event.rollouts.map((r) => ({ ...r, problemId: "absent" })) }, /no problem absent in dataset data-1/);
  await refused({ ...event, rollouts: event.rollouts.map((r) => ({ ...r, advantage: Number.NaN })) }, /rollouts\.advantage/);
  await refused(evaluationEvent("s1", "s1-2", 1), /belongs to stage s1-2/);
  await refused(checkpointEvent("s2", rl, 1), /belongs to stage s1-1 of study s2/);
  const { checkpoint } = checkpointEvent("s1", rl, 1);
  for (const path of ["studies/s1/../s2/c", "/etc", "studies/s1/", "studies/s2/c", "../x"])
    await refused({ type: "checkpoint", checkpoint: { ...checkpoint, path } }, /does not lie in studies\/s1\//);
  const twice = evaluationEvent("s1", rl, 1);
  await refused({ ...twice, samples: [twice.samples[0], twice.samples[0]] }, /sample 0 of .* twice/);
  expect(await store.rolloutSteps(rl)).toEqual([]);
});

test("rollouts before any data are refused", async () => {
  const { store } = temporary;
  await store.createStudy(newStudy("s2"));
  await expect(store.ingest("s2-1", [rolloutsEvent(1)])).rejects.toMatchObject({ code: "invalid-event", message: /no dataset yet/ });
});

test("a dataset may come again, under its id or another, and is stored once", async () => {
  const { store } = temporary;
  await store.ingest("s1-0", [datasetEvent()]);
  await store.createStudy(newStudy("s2"));
  await store.ingest("s2-0", [datasetEvent("data-2", "h1"), { type: "result", result: { datasetId: "data-2" } }]);
  expect((await store.datasets()).map((d) => d.id)).toEqual(["data-1"]);
  const second = await store.study("s2");
  expect([second.datasetId, second.stages[0].result?.datasetId]).toEqual(["data-1", "data-1"]);
  expect((await store.problems({ datasetId: "data-1", sortBy: "id", descending: false, offset: 0, limit: 1 })).total).toBe(12);
  await expect(store.ingest("s2-0", [datasetEvent("data-1", "h2")])).rejects.toMatchObject({ code: "invalid-event" });
});

test("calls are answered in the order they were made", async () => {
  const { store } = temporary;
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((step) => store.ingest(rl, stepEvents("s1", rl, step)).then(() => order.push(step))));
  expect(order).toEqual([1, 2, 3]);
});

test("1,000 rollouts with their texts and tokens are stored in well under a second", async () => {
  const { store } = temporary;
  const times: number[] = [];
  for (let step = 1; step <= 5; step++) {
    const event = rolloutsEvent(step, 1000);
    for (const rollout of event.rollouts) rollout.text = `${rollout.text} ${"48+(48/2)=48+24=72".repeat(8)}`;
    const start = performance.now();
    await store.ingest(rl, [event]);
    times.push(performance.now() - start);
  }
  if (process.env.HEADSTART_TIMES) console.log(times.map((ms) => ms.toFixed(1)).join(" ms, "));
  expect(Math.min(...times)).toBeLessThan(250);
});
