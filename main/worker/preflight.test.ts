// What the pre-flight says of the data, by the real thread, held against what the stages then do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StageJob } from "../contract/job.ts";
import type { DataFacts } from "../contract/preflight.ts";
import type { StageEvent } from "../contract/run.ts";
import { weakVsStrongRecipe } from "../contract/study.ts";
import { planStudy } from "../studies/plan.ts";
import { startTrainingWorker, type TrainingWorker } from "./client.ts";
import { writeRandomBase } from "./testing/random-base.ts";

const recipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Facts",
  data: { gsm8k: false, arithmetic: { count: 120, maxSteps: 1, maxDigits: 1 } },
  starts: [
    { name: "weak", prompts: 8, responsesPerPrompt: 1, sft: { epochs: 1, batchSize: 2, maxLength: 48 } },
    { name: "strong", prompts: 16, responsesPerPrompt: 2, sft: { epochs: 2, batchSize: 4, maxLength: 48, packing: false } },
  ],
  rl: { steps: 2, promptsPerStep: 4, groupSize: 2, maxResponseTokens: 8 },
});
type Recipe = typeof recipe;

let folder: string;
let worker: TrainingWorker;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headstart-facts-"));
  writeRandomBase(folder);
  worker = startTrainingWorker({
    entry: new URL("./entry.ts", import.meta.url),
    verify: () => Promise.reject(new Error("asked for nothing")),
  });
});
afterAll(async () => {
  await worker.close();
  rmSync(folder, { recursive: true, force: true });
});

const place = () => ({ folder: join(folder, "tiny-base"), id: "tiny-base" });
const factsOf = async (of: Recipe, seed = 1): Promise<DataFacts> =>
  (await worker.ask({ kind: "preflight", recipe: of, plans: planStudy(of), seed, imported: null, resourcesFolder: folder, checkpoint: place() })) as DataFacts; // biome-ignore format: one record

async function run(key: string): Promise<StageEvent[]> {
  const plan = planStudy(recipe).find((each) => each.key === key)!;
  const job: StageJob = { studyId: "facts", stageId: key, seed: 1, recipe, plan, studyFolder: join(folder, "facts"), resourcesFolder: folder, imported: null, datasetHash: null, from: place(), resumeFrom: null, samples: [], extended: [], epochsBefore: [], temperature: null, problemIds: null, policyStep: 0, codeVersion: "test" }; // biome-ignore format: one record
  const events: StageEvent[] = [];
  expect(await worker.run(job, async (event) => void events.push(event))).toBe("done");
  return events;
}

describe("what the training thread finds in the data", () => {
  it("is what the stages then train on", async () => {
    const facts = await factsOf(recipe);
    expect(facts.problems).toEqual([]);
    const dataset = (await run("data")).flatMap((event) => (event.type === "dataset" ? [event] : []))[0];
    for (const pool of ["sft", "rl", "dev", "test"] as const)
      expect(facts.pools[pool]).toBe(dataset.problems.filter((problem) => problem.pool === pool).length);
    expect(facts.rlByDomain).toEqual({ math: facts.pools.rl, code: 0 });
    for (const each of facts.sft) {
      const events = await run(each.key);
      const { result } = events.find((event) => event.type === "result") as Extract<StageEvent, { type: "result" }>;
      expect(result).toMatchObject({
        examples: each.examples,
        droppedExamples: each.dropped,
        steps: each.steps,
        tokens: each.trainedTokens,
      });
    }
    expect(facts.sft.map(({ start, examples }) => [start, examples])).toEqual([
      ["weak", 8],
      ["strong", 32],
    ]);
  });

  it("shows the first batch: prompts read, responses trained, padding up to the row's end", async () => {
    const [packed, alone] = (await factsOf(recipe)).sft;
    for (const row of [...packed.firstRows, ...alone.firstRows]) {
      expect(row.examples.reduce((sum, { tokens }) => sum + tokens, 0) + row.padding).toBe(row.tokens);
      for (const { segments } of row.examples) expect(segments.map(({ trained }) => trained)).toEqual([false, true]);
    }
    expect(packed.firstRows.some(({ examples }) => examples.length > 1)).toBe(true);
    expect(alone.firstRows.every(({ examples }) => examples.length === 1)).toBe(true);
    for (const { trainedShare, filled } of [packed, alone]) {
      expect(trainedShare).toBeGreaterThan(0);
      expect(trainedShare).toBeLessThan(filled);
      expect(filled).toBeLessThanOrEqual(1);
    }
  });

  it("follows the seed, and tells the prompts of the first step", async () => {
    const [one, again, other] = [await factsOf(recipe), await factsOf(recipe), await factsOf(recipe, 2)];
    expect(again).toEqual(one);
    expect(other.firstPrompts).not.toEqual(one.firstPrompts);
    expect(one.firstPrompts).toHaveLength(recipe.rl.promptsPerStep);
    const door = weakVsStrongRecipe.parse({ ...recipe, stages: [{ name: "A", door: { max: 0.5 } }] });
    expect((await factsOf(door)).firstPrompts).toEqual([]);
  });

  it("counts what is too long, and says where examples are lacking", async () => {
    const [weak, strong] = recipe.starts as { sft: object }[];
    const short = weakVsStrongRecipe.parse({ ...recipe, starts: [{ ...weak, sft: { maxLength: 2 } }, strong] });
    expect((await factsOf(short)).sft[0]).toMatchObject({ examples: 0, dropped: 8, steps: 0, trainedTokens: 0, firstRows: [] });
    const many = weakVsStrongRecipe.parse({ ...recipe, starts: [weak, { ...strong, prompts: 5_000 }] });
    expect((await factsOf(many)).problems).toMatchObject([
      { severity: "stops", where: "starts.1.prompts", message: expect.stringContaining("5000") },
    ]);
  });
});
