import { EventEmitter } from "node:events";
import { createTRPCClient, localLink } from "@trpc/client";
import { expect, onTestFinished, test } from "vitest";
import { HeadstartError } from "../contract/errors.ts";
import { connectToHolder } from "../host/local-socket.ts";
import { type AppRouter, appRouter } from "../host/router/index.ts";
import { gate, openHost } from "../host/testing/open-host.ts";
import { outOfMemory, ScriptedWorker } from "../host/testing/scripted-worker.ts";
import { smallRecipe } from "../host/testing/small-recipe.ts";
import { formatDoctor } from "./commands/doctor.ts";
import { formatComparison } from "./comparison-table.ts";
import { formatFailure, recordBehind } from "./failure.ts";
import { followStudy } from "./follow-study.ts";
import { formatDuration, formatProgress, ProgressLine } from "./progress-line.ts";

async function openClient(worker?: ScriptedWorker) {
  const { host } = await openHost({ worker });
  const client = createTRPCClient<AppRouter>({ links: [localLink({ router: appRouter, createContext: async () => ({ host }) })] });
  const signals = new EventEmitter();
  const written: string[] = [];
  const around = Object.assign(signals, { stderr: { write: (text: string) => written.push(text) } });
  return { host, client, signals, written, around };
}

test("a study is followed to its end, and its comparison is a table", async () => {
  const { client, around, written } = await openClient();
  const { id } = await client.studies.start.mutate({ recipe: smallRecipe, seed: 5 });
  expect(await followStudy(client, id, around)).toBe("done");
  expect(written.join("")).toMatch(/\nEvaluation after RL, weak, step 6: \d+\.\d % on test \(n = 4 × 4\)\n/);
  const text = formatComparison((await client.compare.study.query({ id }))!, await client.results.get.query({ id }));
  expect(text).toMatch(/^Small, seed 5, \d+ s, on test, cpu, TensorFlow 0.0.0-scripted, 1 CPU threads\n/);
  expect(text).toMatch(/\nweak +1 × 1 +0\.8 +0\.30 +\d+\.\d % ± \d+\.\d +/);
  expect(text).toMatch(/\nstrong − weak +[+−]\d+\.\d \[/);
  expect(text).toContain("pass@1 on 4 problems × 4 samples");
  expect(text).toContain("One seed: intervals are over problems");
});

test("a study that had ended before it was followed is not waited for", async () => {
  const { client, around } = await openClient();
  const { id } = await client.studies.start.mutate({ recipe: smallRecipe });
  await followStudy(client, id, around);
  expect(await followStudy(client, id, around)).toBe("done");
});

test("Ctrl-C pauses the study; following leaves no listener behind", async () => {
  const held = gate();
  const { host, client, around, signals, written } = await openClient(
    new ScriptedWorker({ beforeStep: (_job, step) => (step === 2 ? held.wait() : undefined) }),
  );
  const { id } = await client.studies.start.mutate({ recipe: smallRecipe });
  const followed = followStudy(client, id, around);
  await held.reached;
  signals.emit("SIGINT");
  expect(await followed).toBe("paused");
  held.open();
  expect(written.join("")).toContain("Pausing");
  expect((await client.studies.get.query({ id })).status).toBe("paused");
  expect(signals.listenerCount("SIGINT") + signals.listenerCount("SIGTERM")).toBe(0);
  await expect.poll(() => host.events.listenerCount).toBe(0);
});

test("when the process that runs the study stops, following ends with how to go on", async () => {
  const held = gate();
  const { host, dataFolder } = await openHost({ worker: new ScriptedWorker({ beforeStep: () => held.wait() }) });
  const holder = (await connectToHolder(dataFolder))!;
  onTestFinished(() => holder.close());
  const { id } = await holder.client.studies.start.mutate({ recipe: smallRecipe });
  const followed = followStudy(holder.client, id, Object.assign(new EventEmitter(), { stderr: { write: () => {} } }));
  await held.reached;
  const closing = host.close();
  held.open();
  await expect(followed).rejects.toMatchObject({ code: "holder-gone", hint: expect.stringContaining(`study resume ${id}`) });
  await closing;
});

test("a failed study says so with its record", async () => {
  const { client, around } = await openClient(
    new ScriptedWorker({
      beforeStep: () => {
        throw outOfMemory;
      },
    }),
  );
  const { id } = await client.studies.start.mutate({ recipe: smallRecipe });
  expect(await followStudy(client, id, around)).toBe("failed");
  expect((await client.studies.get.query({ id })).error).toEqual(outOfMemory.toRecord());
});

test("failures print as where, message and hint, also those of a router", async () => {
  const { client } = await openClient();
  const thrown = await client.studies.get.query({ id: "none" }).catch((error: unknown) => error);
  expect(recordBehind(thrown).code).toBe("unknown-study");
  expect(formatFailure(thrown)).toMatch(/^store: There is no study none in this data folder\. /);
  expect(formatFailure(new HeadstartError({ code: "a", where: "here", message: "It broke.", hint: "Mend it." }))).toBe(
    "here: It broke. Mend it.",
  );
});

test("doctor reads as text", async () => {
  const { client } = await openClient();
  const text = formatDoctor(await client.system.doctor.query());
  expect(text).toContain("Engine          cpu, TensorFlow 0.0.0-scripted, tfjs 0, 1 thread\n");
  expect(text).toContain("GPU             none: scripted\n");
  expect(text).toContain("Matrix product  1 GFLOP/s");
});

test("durations are as exact as they are worth", () => {
  expect([0.2, 59, 61, 3_540, 3_700, 7_320].map(formatDuration)).toEqual(["1 s", "59 s", "1 min", "59 min", "1 h 2 min", "2 h 2 min"]);
});

test("progress is one rewritten line on a terminal, cut to its width, and lines elsewhere", () => {
  const study = {
    id: "a",
    kind: "weak-vs-strong" as const,
    recipeHash: "h",
    name: "a",
    seed: 1,
    status: "running" as const,
    createdAt: "",
    finishedAt: null,
    progress: 0.347,
    activity: "RL, weak: step 3/60",
    etaSeconds: 130,
    starts: [],
  };
  expect(formatProgress(study)).toBe(" 34 %  RL, weak: step 3/60, about 2 min left");
  const writtenTo = (terminal: { isTTY?: boolean; columns?: number }) => {
    const written: string[] = [];
    const line = new ProgressLine({ ...terminal, write: (text) => written.push(text) });
    line.update(study);
    line.update(study);
    line.note("noted");
    line.end();
    return written;
  };
  expect(writtenTo({})).toEqual([" 34 %  RL, weak: step 3/60, about 2 min left\n", "noted\n"]);
  expect(writtenTo({ isTTY: true, columns: 20 })).toEqual([
    "\r\x1b[K 34 %  RL, weak: st",
    "\r\x1b[Knoted\n 34 %  RL, weak: st",
    "\r\x1b[K",
  ]);
});
