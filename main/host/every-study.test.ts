// Every kind of study from its shipped tiny recipe to its result: the real store, training thread, engine, base and verifiers. This
// holds the machinery; what the studies say is in studies/LOG.md.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StudyRecipe, type StudyResult, studyRecipe, studyResult } from "../contract/index.ts";
import { startTrainingWorker } from "../worker/client.ts";
import { resourcesFolder, threadEntries } from "./entries.ts";
import { createHost, type Host } from "./host.ts";
import { createCaller } from "./router/index.ts";

let host: Host;
let caller: ReturnType<typeof createCaller>;
let dataFolder: string;

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "headstart-studies-"));
  host = await createHost({ dataFolder, resourcesFolder: resourcesFolder(), kind: "cli", entries: threadEntries(), takeUp: false, startWorker: startTrainingWorker }); // biome-ignore format: one record
  caller = createCaller({ host });
});
afterAll(async () => {
  await host.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function run(what: string | StudyRecipe): Promise<{ id: string; result: StudyResult }> {
  const events = host.events.subscribe();
  const { id } = await caller.studies.start({ ...(typeof what === "string" ? { preset: what } : { recipe: what }), seed: 1 });
  for await (const event of events) {
    if (event.type !== "study" || event.studyId !== id) continue;
    if (event.status === "failed") throw new Error((await caller.studies.get({ id })).error?.message);
    if (event.status === "done") break;
  }
  const result = await caller.results.get({ id });
  expect(studyResult.parse(result)).toEqual(result);
  expect(result.seeds).toMatchObject([{ seed: 1, complete: true }]);
  return { id, result };
}

const arm = (result: StudyResult, name: string) => result.arms.find((each) => each.name === name)!.runs[0];

test("data ladder: nested cells, one of them matched by tokens too, and the regression over the cells", async () => {
  const { result } = await run("ladder-tiny");
  expect(result.arms.map(({ name }) => name)).toEqual(["16 × 1", "64 × 1", "16 × 2", "64 × 2", "16 × 1, same tokens"]);
  const sft = result.arms.map(({ runs }) => runs[0].sft!);
  expect(sft.slice(0, 4).map(({ examples }) => examples)).toEqual([16, 64, 32, 128]);
  expect(sft[4].examples).toBe(16);
  // The update that reaches the largest cell's tokens is the last.
  expect(sft[4].tokens! / sft[3].tokens!).toBeGreaterThanOrEqual(1);
  expect(sft[4].tokens! / sft[3].tokens!).toBeLessThan(1.2);
  expect(sft[3].lengths).toMatchObject({ wasserstein: 0, ks: 0 });
  expect(result.regression?.points).toHaveLength(4);
  expect(result.regression?.degreesOfFreedom).toBe(1);
});

test("epochs: a start annealed at the end of each, and RL from two of them", async () => {
  const { id, result } = await run("epochs-tiny");
  const points = result.arms.map(({ name, runs }) => [name, runs[0].sft?.examples, runs[0].evaluations.map(({ when }) => when)]);
  expect(points).toEqual([
    ["epoch 1", 48, ["before", "after"]],
    ["epoch 2", 48, ["alone"]],
    ["epoch 3", 48, ["before", "after"]],
  ]);
  const study = await caller.studies.get({ id });
  const result2 = study.stages.find(({ plan }) => plan.key === "sft/epoch 2")?.result;
  expect(result2?.epochs?.map(({ epoch }) => epoch)).toEqual([2]);
  // A branch trains its own last epoch alone.
  expect(
    (await caller.runs.metrics({ stageId: study.stages.find(({ plan }) => plan.key === "sft/epoch 3")!.id })).steps[0],
  ).toBeGreaterThan(1);
});

test("three starts through a short, a filtered and a code stage", async () => {
  const { id, result } = await run("stages-tiny");
  for (const { name, runs } of result.arms) {
    const [{ stages, evaluations }] = runs;
    expect(stages.map((stage) => [stage.name, stage.steps])).toEqual([["Math short", 2], ["Math long", 2], ["Code", 2]]); // biome-ignore format: a table
    expect(stages[1].door, name).toMatchObject({ problems: 24, samplesPerProblem: 4 });
    expect(evaluations.map(({ when, point }) => [when, point])).toEqual([["before", null], ["between", "Math short"], ["between", "Math long"], ["after", "Code"]]); // biome-ignore format: a table
    const code = await caller.inspect.rollouts({ stageId: stages[2].stageId, limit: 16, offset: 0 });
    expect(new Set(code.rows.map(({ source }) => source))).toEqual(new Set(["code"]));
  }
  expect(result.starts?.scopes[0].pairs.map(({ weak, strong }) => [weak, strong])).toEqual([["weak", "middle"], ["weak", "strong"], ["middle", "strong"]]); // biome-ignore format: a table
  expect((await caller.results.fates({ id }))?.points[0]).toEqual(["before RL", "Math short", "Math long", "end"]);
  const curves = (await caller.results.alignment({ id }))!.curves;
  expect(curves.map(({ points }) => points.map(({ x }) => x))).toEqual([[0, 2, 4, 6], [0, 2, 4, 6], [0, 2, 4, 6]]); // biome-ignore format: a table
  expect(await caller.results.fairness({ id })).toMatchObject({ fair: true });
  const prints = await caller.results.fingerprints({ id });
  expect(prints.map(({ start, problems, samplesPerProblem }) => [start, problems, samplesPerProblem])).toEqual([["weak", 8, 2], ["middle", 8, 2], ["strong", 8, 2]]); // biome-ignore format: a table
  expect((await caller.results.fingerprintCorrelations({ id }))?.starts).toBe(3);
});

test("temperatures are the forks' own, and the controller moves them", async () => {
  const { result } = await run("temperature-tiny");
  expect(result.arms.map(({ name, role }) => [name, role])).toEqual([["start", "start"], ["T 0.6", "arm"], ["T 1", "arm"], ["T 1.4", "arm"]]); // biome-ignore format: a table
  for (const T of [0.6, 1, 1.4]) {
    const [{ temperature }] = arm(result, `T ${T}`).stages;
    expect(temperature.first).toBe(T);
    expect(temperature.last).not.toBe(T);
  }
  const [candidate] = arm(result, "start").temperature!.candidates;
  expect(candidate.distinct).toBeGreaterThan(0);
  expect(candidate.informative).toBeGreaterThanOrEqual(0);
  expect(result.differences.filter(({ what }) => what === "change").map(({ from, to }) => [from.arm, to.arm])).toEqual([["start", "T 0.6"], ["start", "T 1"], ["start", "T 1.4"]]); // biome-ignore format: a table
});

test("without forks the temperature sweep is all: of a checkpoint, without training", async () => {
  const data = { gsm8k: false, arithmetic: { count: 200, minSteps: 1, maxSteps: 1, maxDigits: 1 } };
  const evaluation = { problems: 8, samplesPerProblem: 2, maxResponseTokens: 24 };
  const temperature = { candidates: [0.8, 1.2], problems: 8, samplesPerProblem: 2 };
  const start = { name: "base", checkpoint: "tiny-base" };
  const sweep = { kind: "temperature", name: "Sweep", data, start, temperature, rl: { maxResponseTokens: 24 }, finalEval: evaluation, devEval: { ...evaluation, pool: "dev" } }; // biome-ignore format: one record
  const { result } = await run(studyRecipe.parse(sweep));
  expect(result.arms.map(({ name, role }) => [name, role])).toEqual([["base", "start"]]);
  const { temperature: found, stages, evaluations } = arm(result, "base");
  expect(found!.candidates.map((each) => each.temperature)).toEqual([0.8, 1.2]);
  expect([stages.length, evaluations.length]).toEqual([0, 1]);
  expect(() => studyRecipe.parse({ ...sweep, temperatures: [1] })).toThrow("One fork is compared with nothing");
});

test("over-long filtering on and off, each end at the training budget and at twice it", async () => {
  const { id, result } = await run("overlong-tiny");
  const budgets = (name: string) => arm(result, name).evaluations.map(({ budget }) => budget);
  expect(budgets("start")).toEqual([16, 32, 48, 96]);
  expect(budgets("16 tokens, filter on")).toEqual([16, 32]);
  expect(budgets("48 tokens, filter off")).toEqual([48, 96]);
  const [on] = arm(result, "16 tokens, filter on").stages;
  expect(on).toMatchObject({ overlongFilter: true, budget: 16 });
  const report = (await caller.results.overlong({ id }))!;
  expect(report.arms.map(({ budget, filter }) => [budget, filter])).toEqual([[16, true], [16, false], [48, true], [48, false]]); // biome-ignore format: a table
  // Evaluations at both budgets draw from the same streams: what ended within the budget is the same text at twice it.
  for (const { extension } of report.arms) expect(extension).toMatchObject({ same: extension.ended, continued: extension.truncated });
});

test("verifier noise changes rewards of RL and no verdict", async () => {
  const { result } = await run("verifier-noise-tiny");
  const [noisy] = arm(result, "false + 20 %, false − 0 %").stages;
  const { rows } = await caller.inspect.rollouts({ stageId: noisy.stageId, limit: 32, offset: 0 });
  const flipped = rows.filter(({ verdict, reward }) => (verdict === "right") !== (reward === 1));
  expect(flipped.every(({ reward }) => reward === 1)).toBe(true);
  const [clean] = arm(result, "false + 0 %, false − 0 %").stages;
  const cleanRows = (await caller.inspect.rollouts({ stageId: clean.stageId, limit: 32, offset: 0 })).rows;
  expect(cleanRows.every(({ verdict, reward }) => (verdict === "right") === (reward === 1))).toBe(true);
});

test("any checkpoint through stages of RL", async () => {
  const { result } = await run("rl-tiny");
  const { stages, evaluations, sft } = arm(result, "tiny-base");
  expect(sft).toBeNull();
  expect(evaluations.map(({ when }) => when)).toEqual(["before", "between", "after"]);
  expect(stages[1].door!.survivors).toBeLessThanOrEqual(24);
});

/** Sums with so many workings each, one pool a file; no prompt is in two. */
async function importedPools() {
  const put = async (name: string, from: number, count: number, workings: number) => {
    const rows = Array.from({ length: count }, (_, i) => {
      const [a, b] = [Math.floor((from + i) / 90) + 10, ((from + i) % 90) + 10];
      const said = [`${a}+${b}=${a + b}`, `${b}+${a}=${a + b}`, `${a}+${b - 10}+10=${a + b}`].slice(0, workings);
      return { prompt: `${a}+${b}=?`, answer: String(a + b), responses: said.map((line) => `${line} \\boxed{${a + b}}`) };
    });
    const path = join(dataFolder, `${name}.jsonl`);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    return { dataset: (await host.importedDatasets.import({ path, name, mapping: undefined })).id };
  };
  return { kind: "imported", sft: await put("sft", 0, 200, 3), rl: await put("rl", 200, 100, 1), dev: await put("dev", 300, 20, 1), test: await put("test", 320, 30, 1) }; // biome-ignore format: one record
}

test("the same on imported pools: a ladder, and two starts through a door and RL", async () => {
  const data = await importedPools();
  const sft = { epochs: 2, batchSize: 8, maxLength: 64, optimizer: { learningRate: 0.002 } };
  const evals = { devEval: { pool: "dev", samplesPerProblem: 2, maxResponseTokens: 32 }, finalEval: { samplesPerProblem: 2, maxResponseTokens: 32 } }; // biome-ignore format: one record
  const cells = [1, 3].flatMap((responsesPerPrompt) => [40, 160].map((prompts) => ({ prompts, responsesPerPrompt })));
  const ladder = await run(studyRecipe.parse({ kind: "ladder", name: "Imported ladder", data, cells, sft, ...evals }));
  expect(ladder.result.arms.map(({ runs }) => runs[0].sft?.examples)).toEqual([40, 160, 120, 480]);
  const [score] = arm(ladder.result, "160 × 3").evaluations;
  expect(score.score.problems).toBe(30);
  // The rows' workings were learnt: without them the base never writes a box.
  expect(score.score.value).toBeGreaterThan(0.1);
  const rl = { steps: 2, promptsPerStep: 8, groupSize: 4, maxResponseTokens: 32, evalEvery: 2, checkpointEvery: 2 };
  const starts = [40, 160].map((prompts) => ({ name: `${prompts} rows`, prompts, responsesPerPrompt: 2, sft }));
  const stages = [{ name: "All" }, { name: "Not all solved", door: { samplesPerProblem: 4, problems: 24, dropAllSolved: true } }];
  const two = await run(studyRecipe.parse({ kind: "weak-vs-strong", name: "Imported starts", data, starts, temperature: { candidates: [0.8, 1.1], problems: 16, samplesPerProblem: 2 }, rl, stages, ...evals })); // biome-ignore format: one record
  for (const { runs } of two.result.arms) {
    expect(runs[0].evaluations.map(({ when }) => when)).toEqual(["before", "between", "after"]);
    expect(runs[0].stages[1].door).toMatchObject({ problems: 24, samplesPerProblem: 4 });
    const { rows } = await caller.inspect.rollouts({ stageId: runs[0].stages[0].stageId, limit: 8, offset: 0 });
    expect(rows.every(({ problemId }) => problemId.startsWith("rl-v1"))).toBe(true);
  }
  expect(await caller.results.fairness({ id: two.id })).toMatchObject({ fair: true });
  // A row knows what was made of it, though the study's problems come from four files.
  const { evaluations } = await caller.datasets.imported.runs({ datasetId: "test-v1", row: 3 });
  expect(new Set(evaluations.map(({ studyId }) => studyId))).toEqual(new Set([ladder.id, two.id]));
});
