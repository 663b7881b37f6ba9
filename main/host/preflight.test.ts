// Forecasts and refusals from given facts: a scripted training thread says what is in the data.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type DataFacts,
  type PreflightProblem,
  type SftFacts,
  type StagePlan,
  studyRecipe,
  type WeakVsStrongRecipe,
} from "../contract/index.ts";
import { resourcesFolder } from "./entries.ts";
import { measuredLengthExceededBy, measuredShareCut, measuredTokens } from "./measured-checkpoint.ts";
import { ratesOf, shareAbove } from "./preflight.ts";
import { openHost } from "./testing/open-host.ts";
import { ScriptedWorker } from "./testing/scripted-worker.ts";
import { smallRecipe } from "./testing/small-recipe.ts";

const sft = (start: string, rest: Partial<SftFacts> = {}): SftFacts => ({ key: `sft/${start}`, start, examples: 100, dropped: 0, steps: 50, trainedTokens: 40_000, tokens: 60_000, responseLengths: [10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30], trainedShare: 0.5, filled: 0.9, firstRows: [], ...rest }); // biome-ignore format: one record
const facts: DataFacts = { pools: { sft: 100, rl: 100, dev: 100, test: 100 }, rlByDomain: { math: 100, code: 0 }, promptTokens: { mean: 4, longest: 8 }, sft: [sft("weak"), sft("strong")], firstPrompts: [], problems: [] }; // biome-ignore format: one record

async function openWith(given: Partial<DataFacts> = {}) {
  const worker = new ScriptedWorker();
  worker.ask = async () => ({ ...facts, ...given });
  return openHost({ worker });
}
async function problemsOf(given: Partial<DataFacts>, rl: Partial<WeakVsStrongRecipe["rl"]> = {}): Promise<PreflightProblem[]> {
  const { caller } = await openWith(given);
  const recipe = { ...smallRecipe, rl: { ...smallRecipe.rl, ...rl } };
  return (await caller.studies.preflight({ recipe, seed: 1 })).problems;
}

test("tokens of each stage: trained ones of SFT, generated ones of RL and evaluations by the mean response", async () => {
  const { caller } = await openWith();
  const { stages, totals, memory, truncation, firstBudget, basis } = await caller.studies.preflight({ recipe: smallRecipe, seed: 1 });
  const tokens = Object.fromEntries(stages.map(({ key, tokens: count }) => [key, count]));
  expect(tokens["sft/weak"]).toBe(40_000);
  // 100 test problems × 4 samples × 20 tokens.
  expect(tokens["evaluate/weak/before"]).toBe(8_000);
  // 6 steps × 2 prompts × 2 rollouts × 20 tokens, and dev (100 of at most 128 × 2 × 20) at steps 0, 3 and 6.
  expect(tokens["rl/weak"]).toBe(480 + 3 * 4_000);
  expect(totals.tokens).toBe(Object.values(tokens).reduce<number>((sum, count) => sum + (count ?? 0), 0));
  expect(totals.seconds).toBeGreaterThan(0);
  expect(basis).toContain("rough");
  expect(stages.map(({ memory: bytes }) => bytes === null)).toEqual(stages.map(({ kind }) => kind === "data"));
  expect(memory.plan.total).toBe(Math.max(...stages.map(({ memory: bytes }) => bytes ?? 0)));
  expect(truncation).toEqual([
    { start: "weak", budget: 64, share: 0, basis: "SFT responses" },
    { start: "strong", budget: 64, share: 0, basis: "SFT responses" },
  ]);
  expect(firstBudget).toEqual({ start: "weak", budget: 24, basis: "SFT responses" }); // 30 % are longer
});

test("what cannot learn stops, and is refused at the start with the same words", async () => {
  const cases: [Partial<DataFacts>, Partial<WeakVsStrongRecipe["rl"]>, string][] = [
    [{ sft: [sft("weak", { examples: 0, dropped: 9, steps: 0, trainedTokens: 0 }), sft("strong")] }, {}, "None of its 9 examples fits"],
    [{ sft: [sft("weak", { trainedTokens: 0 }), sft("strong")] }, {}, "No token would be trained"],
    [{}, { maxResponseTokens: 9 }, "Every response would be cut: the shortest of the start's has 10 tokens"],
    [{ pools: { ...facts.pools, rl: 1 } }, {}, "The RL pool has 1 problems and a step asks for 2"],
    [
      { pools: { ...facts.pools, rl: 99 } },
      { dynamicSampling: true, dynamicSamplingMaxBatches: 50 },
      "a step with dynamic sampling may ask for 100",
    ],
    [{}, { domain: "code" }, "The RL pool has 0 problems of domain code"],
  ];
  for (const [given, rl, message] of cases) {
    const [first] = await problemsOf(given, rl);
    expect(first).toMatchObject({ severity: "stops", message: expect.stringContaining(message) });
    expect(first.hint).not.toBe("");
    const { caller } = await openWith(given);
    const started = caller.studies.start({ recipe: { ...smallRecipe, rl: { ...smallRecipe.rl, ...rl } } });
    await expect(started).rejects.toMatchObject({ cause: { code: "recipe-contradiction", message: expect.stringContaining(message) } });
    expect(await caller.studies.list()).toEqual([]);
  }
});

test("a budget that the model has no positions for stops by its field, once", async () => {
  const { caller } = await openWith();
  const recipe = { ...smallRecipe, finalEval: { ...smallRecipe.finalEval, maxResponseTokens: 100_000 } };
  const stops = (await caller.studies.preflight({ recipe, seed: 1 })).problems.filter(({ severity }) => severity === "stops");
  expect(stops).toMatchObject([{ where: "finalEval.maxResponseTokens", message: expect.stringContaining("A response may have 100000 tokens") }]); // biome-ignore format: one thought
  await expect(caller.studies.start({ recipe })).rejects.toMatchObject({ cause: { message: stops[0].message, where: stops[0].where } });
});

test("what a study's arms would all be told is told once; a ladder of three cells is told that it has no regression", async () => {
  const problem = { severity: "stops" as const, where: "start.prompts", message: "Too many.", hint: "Lower it." };
  expect(await problemsOf({ problems: [problem, problem] })).toEqual([problem]);
  const { caller } = await openWith();
  const cells = [1, 2, 4].map((prompts) => ({ prompts, responsesPerPrompt: 1 }));
  const ladder = studyRecipe.parse({ kind: "ladder", name: "L", data: smallRecipe.data, cells, sft: {} });
  const { problems, kind } = await caller.studies.preflight({ recipe: ladder, seed: 1 });
  expect(kind).toBe("ladder");
  expect(problems).toMatchObject([{ severity: "caution", where: "cells", message: expect.stringContaining("at least 4") }]);
});

test("what should be known is a caution, and starts all the same", async () => {
  expect(await problemsOf({})).toEqual([]);
  const cautions = await problemsOf(
    { sft: [sft("weak", { examples: 20, dropped: 20, steps: 4 }), sft("strong")] },
    { promptsPerStep: 3, updatesPerBatch: 2, maxResponseTokens: 15 },
  );
  expect(cautions.map(({ severity }) => severity)).not.toContain("stops");
  const text = cautions.map(({ message }) => message).join("\n");
  const short = { ...smallRecipe, finalEval: { ...smallRecipe.finalEval, maxResponseTokens: 16 } };
  const { problems } = await (await openWith()).caller.studies.preflight({ recipe: short, seed: 1 });
  expect(problems).toMatchObject([{ severity: "caution", where: "finalEval.maxResponseTokens", hint: "Raise it to 64." }]);
  for (const part of ["20 of 40 examples", "20 examples do not fill one batch of 32 rows", "It makes 4 updates", "do not divide into 2 updates", "75 % of responses would be cut"]) expect(text).toContain(part); // biome-ignore format: one list
  const { caller } = await openWith({ sft: [sft("weak", { dropped: 20 }), sft("strong")] });
  expect((await caller.studies.start({ recipe: smallRecipe })).id).toBeTruthy();
});

test("of a checkpoint that was evaluated here, truncation and lengths are measured", async () => {
  const { host, caller } = await openHost();
  const done = (async (events) => {
    for await (const event of events) if (event.type === "study" && event.status === "done") return;
  })(host.events.subscribe());
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  await done;
  const { stages } = await caller.studies.get({ id });
  const checkpoint = stages.find(({ plan }) => plan.key === "sft/strong")!.result!.checkpointId!;
  const evaluated = stages.find(({ plan }) => plan.key === "evaluate/strong/before")!.result!.evaluationId!;
  const samples = (await caller.inspect.samples({ evaluationId: evaluated, offset: 0, limit: 500 })).rows;
  // The scripted thread leaves no weights.
  const { folder } = await host.checkpoints.place(checkpoint);
  cpSync(join(resourcesFolder(), "tiny-base"), folder, { recursive: true });
  const file = join(folder, "checkpoint.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), id: checkpoint }));
  const budget = Math.max(...samples.map(({ tokens }) => tokens)) - 1;
  const starts = [smallRecipe.starts[0], { name: "strong", checkpoint }];
  const recipe = studyRecipe.parse({ ...smallRecipe, starts, rl: { ...smallRecipe.rl, maxResponseTokens: budget } });
  const { truncation } = await caller.studies.preflight({ recipe, seed: 1 });
  const cut = samples.filter(({ tokens, verdict }) => tokens > budget || (verdict === "truncated" && tokens >= budget)).length;
  expect(truncation).toEqual([{ start: checkpoint, budget, share: cut / samples.length, basis: "measured" }]);
  expect(cut).toBeGreaterThan(0);
});

test("shares and means from lengths, by hand", () => {
  const deciles = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
  expect([0, 25, 100].map((budget) => shareAbove(deciles, budget))).toEqual([1, 0.75, 0]);
  const measured = { passAt1: 0.5, samples: 4, budget: 30, lengths: [10, 20, 30, 30].map((tokens, i) => ({ tokens, truncated: i === 3 })) };
  expect([9, 20, 30, 31].map((budget) => measuredShareCut(measured, budget))).toEqual([1, 0.5, 0.25, null]);
  expect(measuredTokens(measured, 20)).toBe(17.5);
  // Half are longer than 20; which length a quarter exceeds, the evaluation's own budget of 30 hides.
  expect([0.75, 0.5, 0.25].map((share) => measuredLengthExceededBy(measured, share))).toEqual([10, 20, null]);
});

test("the pace is that of finished stages of the kind, scaled to the model's size", () => {
  // 10 steps of 8 rollouts; 3 looks at dev of 40 responses make 120 more beside the 80.
  const rl = { kind: "rl", config: { steps: 10, promptsPerStep: 4, groupSize: 2, evalEvery: 5 }, devEval: { problems: 10, samplesPerProblem: 4 } } as object; // biome-ignore format: one record
  const share = 1 + 120 / 80;
  const stage = (tokens: number, activeSeconds: number, parameters: number) => ({ plan: rl as StagePlan, status: "done" as const, result: { tokens }, activeSeconds, parameters }); // biome-ignore format: one record
  const size = 610_000;
  const rough = ratesOf([], size);
  expect(rough.basis).toMatch(/^Time by a rough rate/);
  expect(ratesOf([], 10 * size).rates.rl).toBeCloseTo(rough.rates.rl! / 10);
  // 1,000 and 3,000 tokens in 10 s each; a model twice as large at half that pace says the same.
  const own = ratesOf([stage(1_000, 10, size), stage(3_000, 10, size), stage(9_000, 1, size)], size);
  expect(own.rates).toMatchObject({ rl: 200 * share, sft: rough.rates.sft });
  expect(own.basis).toMatch(/^Time of RL by what such stages took in this data folder/);
  expect(ratesOf([stage(1_000, 10, 2 * size)], 2 * size).rates.rl).toBe(100 * share);
  expect(ratesOf([stage(1_000, 10, 2 * size)], size).rates.rl).toBe(200 * share);
});
