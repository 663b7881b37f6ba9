import { TRPCError } from "@trpc/server";
import { expect, test } from "vitest";
import { comparison, HeadstartError, studyRecipe } from "../../contract/index.ts";
import { openHost, untilStatus } from "../testing/open-host.ts";
import { problems } from "../testing/scripted-worker.ts";
import { smallRecipe } from "../testing/small-recipe.ts";
import { recordOf } from "./trpc.ts";

async function finishedStudy() {
  const opened = await openHost();
  const { id } = await opened.caller.studies.start({ recipe: smallRecipe, seed: 3 });
  await untilStatus(opened.host, id, "done");
  return { ...opened, id };
}

test("system.info says who runs here; the engine is known once it was asked", async () => {
  const { caller, dataFolder } = await openHost();
  expect(await caller.system.info()).toMatchObject({ host: "cli", dataFolder, pid: process.pid, engine: null, address: null });
  const report = await caller.system.doctor();
  expect(report.machine.cores).toBeGreaterThan(0);
  expect(report.store.studies).toBe(0);
  expect(report.runtime.node).toBe(process.versions.node);
  expect((await caller.system.info()).engine).toBe("cpu, TensorFlow 0.0.0-scripted, 1 CPU threads");
});

test("presets are whole recipes", async () => {
  const { caller } = await openHost();
  const offered = await caller.studies.presets();
  expect(offered[0].key).toBe("quick");
  for (const { recipe } of offered) expect(studyRecipe.parse(recipe)).toEqual(recipe);
});

test("all that a study left can be read back", async () => {
  const { caller, id } = await finishedStudy();
  expect(await caller.studies.list()).toMatchObject([
    { id, seed: 3, status: "done", progress: 1, etaSeconds: null, starts: ["weak", "strong"] },
  ]);

  const rl = `${id}-7`;
  expect((await caller.runs.metrics({ stageId: rl })).steps).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await caller.runs.evaluations({ studyId: id })).toHaveLength(8);
  expect((await caller.runs.checkpoints({ studyId: id })).filter(({ stageId }) => stageId === rl).map(({ step }) => step)).toEqual([
    2, 4, 6,
  ]);

  const steps = await caller.inspect.rolloutSteps({ stageId: rl });
  expect(steps.map(({ step, rollouts }) => [step, rollouts])).toEqual([1, 2, 3, 4, 5, 6].map((step) => [step, 4]));
  const { total, rows } = await caller.inspect.rollouts({ stageId: rl, step: 2 });
  expect(total).toBe(4);
  expect(rows[0]).toMatchObject({ step: 2, prompt: problems[4].prompt, policyStep: 1 });
  // Ids 10 and 11 of the built-in vocabulary are the characters after six specials and the newline.
  expect(await caller.inspect.rolloutTokens({ rolloutId: rows[0].id })).toEqual([
    { id: 10, text: "#", logprob: -0.5, entropy: 0.25 },
    { id: 11, text: "$", logprob: -0.5, entropy: 0.25 },
  ]);
  const [before] = (await caller.runs.evaluations({ studyId: id })).filter(({ pool }) => pool === "test");
  const samples = await caller.inspect.samples({ evaluationId: before.id, problemId: problems[12].id });
  expect(samples).toMatchObject({ total: 4, rows: [{ prompt: problems[12].prompt }, {}, {}, {}] });

  const [dataset] = await caller.datasets.list();
  expect((await caller.datasets.problems({ datasetId: dataset.id, pool: "sft" })).total).toBe(4);
  expect(await caller.datasets.problem({ datasetId: dataset.id, problemId: problems[0].id })).toMatchObject({ traces: [{ text: "#0" }] });
});

test("the comparison is there once the study is finished, in the contract's schema", async () => {
  const { host, caller } = await openHost();
  const { id } = await caller.studies.start({ recipe: smallRecipe, seed: 3 });
  expect(await caller.compare.study({ id })).toBeNull();
  await untilStatus(host, id, "done");
  const result = comparison.parse(await caller.compare.study({ id }));
  const [weak] = result.starts;
  const { total, rows } = await caller.inspect.samples({ evaluationId: weak.evaluationIds.after, limit: 500 });
  expect(weak.after.value).toBeCloseTo(rows.reduce((sum, { reward }) => sum + reward, 0) / total);
  expect(result.gaps.map(({ weak, strong }) => [weak, strong])).toEqual([["weak", "strong"]]);
  expect(result.study.seconds).toBeGreaterThan(0);
});

test("live.events is a subscription that ends with its signal", async () => {
  const { host, caller } = await openHost();
  const events = await caller.live.events();
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  for await (const event of events) {
    expect(event).toEqual({ type: "study", studyId: id, status: "queued" });
    break;
  }
  await untilStatus(host, id, "done");
  expect(host.events.listenerCount).toBe(0);
});

async function failureOf(call: Promise<unknown>) {
  const thrown = await call.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(TRPCError);
  return recordOf(thrown, "call");
}

test("every error is a record that says what failed, where and what to do", async () => {
  const { caller } = await openHost();
  expect(await failureOf(caller.studies.get({ id: "none" }))).toMatchObject({ code: "unknown-study" });
  expect(await failureOf(caller.studies.start({ preset: "none", seed: 1 }))).toEqual({
    code: "unknown-preset",
    where: "studies.start preset",
    message: 'There is no preset "none".',
    hint: expect.stringContaining("quick"),
  });
  expect(await failureOf(caller.studies.start({ seed: 1 }))).toMatchObject({
    code: "bad-input",
    message: "Give either a preset or a recipe.",
  });
  const contradictory = { ...smallRecipe, rl: { ...smallRecipe.rl, topP: 0.9 } };
  expect(await failureOf(caller.studies.start({ recipe: contradictory }))).toMatchObject({
    code: "bad-input",
    where: "call recipe.rl.topP",
    message: expect.stringContaining("biases the log-probs"),
  });
});

test("what nobody foresaw is a record too, and says it is a defect", () => {
  expect(recordOf(new TypeError("x is undefined"), "studies.list")).toMatchObject({ code: "unexpected", where: "studies.list" });
  expect(recordOf(new HeadstartError({ code: "a", where: "b", message: "c", hint: "d" }), "e")).toEqual({
    code: "a",
    where: "b",
    message: "c",
    hint: "d",
  });
});
