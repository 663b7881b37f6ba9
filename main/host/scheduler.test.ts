import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { LiveEvent } from "../contract/index.ts";
import type { Host } from "./host.ts";
import { gate, openHost, temporaryFolder, untilEvent, untilStatus } from "./testing/open-host.ts";
import { outOfMemory, ScriptedWorker } from "./testing/scripted-worker.ts";
import { smallRecipe } from "./testing/small-recipe.ts";

type Caller = Awaited<ReturnType<typeof openHost>>["caller"];

async function runToTheEnd(host: Host, caller: Caller): Promise<string> {
  const done = untilEvent(host, (event) => event.type === "study" && event.status === "done");
  const { id } = await caller.studies.start({ recipe: smallRecipe, seed: 7 });
  await done;
  return id;
}

/** All that a study stored that must not depend on interruptions. */
async function content(caller: Caller, id: string) {
  const { stages } = await caller.studies.get({ id });
  const strip = (text: string) => text.replaceAll(id, "study");
  const curves = await Promise.all(stages.map((stage) => caller.runs.metrics({ stageId: stage.id })));
  const rollouts = await Promise.all(stages.map((stage) => caller.inspect.rollouts({ stageId: stage.id, limit: 500 })));
  return JSON.parse(
    strip(
      JSON.stringify({
        results: stages.map(({ status, result, step }) => ({ status, result, step })),
        curves,
        rollouts: rollouts.map(({ total, rows }) => ({ total, rows: rows.map(({ id: _, ...row }) => row) })),
        evaluations: await caller.runs.evaluations({ studyId: id }),
        checkpoints: await caller.runs.checkpoints({ studyId: id }),
      }),
    ),
  );
}

test("a study runs its stages in order, each from the right checkpoint", async () => {
  const { host, worker, caller } = await openHost();
  const id = await runToTheEnd(host, caller);
  const name = (ordinal: number) => `${id}-${ordinal}`;
  expect(
    worker.jobs.map(({ plan, from, temperature, policyStep, datasetHash }) => [
      plan.label,
      from?.id ?? null,
      temperature,
      policyStep,
      datasetHash,
    ]),
  ).toEqual([
    ["Data", null, null, 0, null],
    ["SFT, weak", "tiny-base", null, 0, "hash-1"],
    ["SFT, strong", "tiny-base", null, 0, "hash-1"],
    ["Temperature, weak", `${name(1)}@1`, null, 0, "hash-1"],
    ["Temperature, strong", `${name(2)}@1`, null, 0, "hash-1"],
    ["Evaluation before RL, weak", `${name(1)}@1`, null, 0, "hash-1"],
    ["Evaluation before RL, strong", `${name(2)}@1`, null, 0, "hash-1"],
    ["RL, weak", `${name(1)}@1`, 0.8, 0, "hash-1"],
    ["Evaluation after RL, weak", `${name(7)}@6`, null, 6, "hash-1"],
    ["RL, strong", `${name(2)}@1`, 0.8, 0, "hash-1"],
    ["Evaluation after RL, strong", `${name(9)}@6`, null, 6, "hash-1"],
  ]);
  const study = await caller.studies.get({ id });
  expect(study.status).toBe("done");
  expect(study.engine).toContain("0.0.0-scripted");
  expect(study.stages.every(({ status, result }) => status === "done" && result !== null)).toBe(true);
});

test("listeners hear of what is stored only after it is stored", async () => {
  const { host, caller } = await openHost();
  const heard: LiveEvent[] = [];
  const stored: number[] = [];
  const listening = (async () => {
    for await (const event of host.events.subscribe()) {
      heard.push(event);
      if (event.type === "metrics" && event.start === "weak" && event.values.reward !== undefined)
        stored.push((await caller.runs.metrics({ stageId: event.stageId })).steps.length - event.step);
      if (event.type === "study" && event.status === "done") return;
    }
  })();
  await runToTheEnd(host, caller);
  await listening;
  expect(stored).toHaveLength(6);
  expect(stored.every((ahead) => ahead >= 0)).toBe(true);
  expect(heard.filter(({ type }) => type === "rollouts")).toHaveLength(12);
  expect(heard.filter(({ type }) => type === "evaluation")).toHaveLength(8);
});

test("after an interruption a study goes on from the latest checkpoint and ends as an uninterrupted one does", async () => {
  const whole = await openHost();
  const expected = await content(whole.caller, await runToTheEnd(whole.host, whole.caller));

  const dataFolder = temporaryFolder();
  const held = gate();
  // The fifth step of RL is stored; the latest checkpoint is that of the fourth.
  const first = await openHost({
    dataFolder,
    worker: new ScriptedWorker({ beforeStep: (job, step) => (job.plan.label === "RL, weak" && step === 6 ? held.wait() : undefined) }),
  });
  const { id } = await first.caller.studies.start({ recipe: smallRecipe, seed: 7 });
  await held.reached;
  expect((await first.caller.runs.metrics({ stageId: `${id}-7` })).steps).toEqual([1, 2, 3, 4, 5]);
  const closing = first.host.close();
  held.open();
  await closing;

  const second = await openHost({ dataFolder, takeUp: true });
  await untilStatus(second.host, id, "done");
  expect(second.worker.jobs[0]).toMatchObject({ plan: { label: "RL, weak" }, resumeFrom: { id: `${id}-7@4`, step: 4 } });
  expect(existsSync(join(second.worker.jobs[0].resumeFrom!.folder, "step"))).toBe(true);
  expect(await content(second.caller, id)).toEqual(expected);
});

test("a stage that does not leave in time is ended with its thread, and its study is taken up again", async () => {
  const dataFolder = temporaryFolder();
  const held = gate();
  const first = await openHost({
    dataFolder,
    worker: new ScriptedWorker({ beforeStep: (_job, step) => (step === 2 ? held.wait() : undefined) }),
  });
  const { id } = await first.caller.studies.start({ recipe: smallRecipe });
  await held.reached;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closing = first.host.close();
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  await closing;

  const second = await openHost({ dataFolder });
  const study = await second.caller.studies.get({ id });
  expect([study.status, study.error, study.stages[7].status, study.stages[7].error]).toEqual(["running", null, "running", null]);
  const done = untilStatus(second.host, id, "done");
  await second.host.scheduler.takeUp();
  await done;
});

test("the seconds of a stage are stored while it runs, not with its checkpoints alone", async () => {
  const held = gate();
  const clock = vi.spyOn(performance, "now");
  onTestFinished(() => clock.mockRestore());
  const { host, caller } = await openHost({
    worker: new ScriptedWorker({
      beforeStep: (job, step) => {
        if (job.plan.label !== "RL, weak") return;
        if (step === 2) return held.wait();
        if (step !== 1) return;
        const ahead = performance.now() + 11_000;
        clock.mockImplementation(() => ahead);
      },
    }),
  });
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  await held.reached;
  expect(await caller.runs.checkpoints({ studyId: id })).not.toContainEqual(expect.objectContaining({ stageId: `${id}-7` }));
  const stored = (await host.store.study(id)).stages[7].activeSeconds;
  expect(stored).toBeGreaterThanOrEqual(11);
  expect(stored).toBeLessThan(60);
  const done = untilStatus(host, id, "done");
  held.open();
  await done;
});

test("a study that goes on under another engine names both", async () => {
  const dataFolder = temporaryFolder();
  let id = "";
  for (const tensorflow of ["1.0", "1.0", "2.0"]) {
    const held = gate();
    const { host, caller } = await openHost({
      dataFolder,
      worker: new ScriptedWorker({ tensorflow, beforeStep: (_job, step) => (step === 2 ? held.wait() : undefined) }),
    });
    if (id === "") id = (await caller.studies.start({ recipe: smallRecipe })).id;
    else await caller.studies.resume({ id });
    await held.reached;
    const closing = host.close();
    held.open();
    await closing;
  }
  const { caller } = await openHost({ dataFolder });
  expect((await caller.studies.get({ id })).engine).toBe("cpu, TensorFlow 1.0, 1 CPU threads; then cpu, TensorFlow 2.0, 1 CPU threads");
});

test("without being told to take up, a host leaves interrupted studies alone until asked", async () => {
  const dataFolder = temporaryFolder();
  const held = gate();
  const first = await openHost({ dataFolder, worker: new ScriptedWorker({ beforeStep: () => held.wait() }) });
  const { id } = await first.caller.studies.start({ recipe: smallRecipe });
  await held.reached;
  const closing = first.host.close();
  held.open();
  await closing;

  const second = await openHost({ dataFolder });
  expect(await second.caller.studies.list()).toMatchObject([{ id, status: "running", activity: expect.stringContaining("Interrupted") }]);
  expect(second.worker.jobs).toEqual([]);
  const done = untilStatus(second.host, id, "done");
  await second.caller.studies.resume({ id });
  await done;
});

test("pausing holds the stage on the device; resuming goes on with it", async () => {
  const held = gate();
  const { host, worker, caller } = await openHost({
    worker: new ScriptedWorker({ beforeStep: (_job, step) => (step === 2 ? held.wait() : undefined) }),
  });
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  await held.reached;
  await caller.studies.pause({ id });
  held.open();
  const paused = await caller.studies.get({ id });
  expect([paused.status, paused.stages[7].status]).toEqual(["paused", "paused"]);
  expect((await caller.studies.list())[0].activity).toMatch(/^Paused: RL, weak/);
  const jobs = worker.jobs.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await caller.runs.metrics({ stageId: `${id}-7` })).steps).toEqual([1]);

  const done = untilStatus(host, id, "done");
  await caller.studies.resume({ id });
  await done;
  expect(worker.jobs).toHaveLength(jobs + 3);
});

test("a paused study makes room for another one and can go on afterwards", async () => {
  const held = gate();
  const { host, caller } = await openHost({
    worker: new ScriptedWorker({ beforeStep: (_job, step) => (step === 2 ? held.wait() : undefined) }),
  });
  const first = await caller.studies.start({ recipe: smallRecipe });
  await held.reached;
  await caller.studies.pause({ id: first.id });
  held.open();
  await runToTheEnd(host, caller);
  expect((await caller.studies.get({ id: first.id })).status).toBe("paused");
  const done = untilStatus(host, first.id, "done");
  await caller.studies.resume({ id: first.id });
  await done;
});

test("studies wait for one another; a waiting one can be cancelled", async () => {
  const held = gate();
  const { host, caller } = await openHost({ worker: new ScriptedWorker({ beforeStep: () => held.wait() }) });
  const first = await caller.studies.start({ recipe: smallRecipe });
  await held.reached;
  const second = await caller.studies.start({ recipe: smallRecipe });
  const third = await caller.studies.start({ recipe: smallRecipe });
  const activities = () => caller.studies.list().then((list) => list.map(({ status, activity }) => `${status}: ${activity}`));
  expect(await activities()).toEqual(["queued: Waits for Small", "queued: Waits for Small", expect.stringContaining("running: ")]);
  await caller.studies.cancel({ id: second.id });
  const ended = untilStatus(host, third.id, "done");
  held.open();
  await ended;
  const statuses = await caller.studies.list().then((list) => list.map(({ id, status }) => [id, status]));
  expect(statuses).toEqual([
    [third.id, "done"],
    [second.id, "cancelled"],
    [first.id, "done"],
  ]);
});

test("cancelling ends the stage; what was stored stays readable", async () => {
  const held = gate();
  const { host, caller } = await openHost({
    worker: new ScriptedWorker({ beforeStep: (_job, step) => (step === 3 ? held.wait() : undefined) }),
  });
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  await held.reached;
  const cancelled = host.scheduler.cancel(id);
  held.open();
  await cancelled;
  const { status, stages } = await caller.studies.get({ id });
  expect(status).toBe("cancelled");
  expect(stages.map((stage) => stage.status)).toEqual([...Array(7).fill("done"), ...Array(4).fill("cancelled")]);
  expect((await caller.runs.metrics({ stageId: `${id}-7` })).steps).toEqual([1, 2]);
  await expect(caller.studies.resume({ id })).rejects.toThrow("cannot be resumed");
  await caller.studies.remove({ id });
  expect(await caller.studies.list()).toEqual([]);
});

test("a failure is recorded with what failed, and the study can be tried again", async () => {
  let failures = 1;
  const worker = new ScriptedWorker({
    beforeStep: (_job, step) => {
      if (step === 4 && failures-- > 0) throw outOfMemory;
    },
  });
  const { host, caller } = await openHost({ worker });
  const failed = untilEvent(host, (event) => event.type === "study" && event.status === "failed");
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  await failed;
  const study = await caller.studies.get({ id });
  expect(study.error).toEqual(outOfMemory.toRecord());
  expect(study.stages[7]).toMatchObject({ status: "failed", error: outOfMemory.toRecord() });
  expect((await caller.studies.list())[0].activity).toBe("The device is out of memory.");

  const done = untilStatus(host, id, "done");
  await caller.studies.resume({ id });
  await done;
  const again = await caller.studies.get({ id });
  expect(again.error).toBeNull();
  expect((await caller.runs.metrics({ stageId: `${id}-7` })).steps).toEqual([1, 2, 3, 4, 5, 6]);
});

test("what the store refuses ends the study with the store's words, and the next one runs", async () => {
  const worker = new ScriptedWorker({ repeats: 2 });
  const { host, caller } = await openHost({ worker });
  const failed = untilEvent(host, (event) => event.type === "study" && event.status === "failed");
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  await failed;
  expect((await caller.studies.get({ id })).error).toMatchObject({ code: "already-stored" });
  expect((await caller.runs.metrics({ stageId: `${id}-7` })).steps).toEqual([1, 2]);
  worker.script.repeats = undefined;
  await runToTheEnd(host, caller);
});

test("a running study cannot be removed", async () => {
  const held = gate();
  const { caller } = await openHost({ worker: new ScriptedWorker({ beforeStep: () => held.wait() }) });
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  await held.reached;
  await expect(caller.studies.remove({ id })).rejects.toThrow("cannot be removed now");
  held.open();
});
