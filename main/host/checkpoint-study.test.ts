// A user's path with a checkpoint of their own, on the real store, index and training thread: import, evaluate, add samples, make a
// dataset of the responses, fine-tune an adapter on it, evaluate that, export it.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTRPCClient, localLink } from "@trpc/client";
import { beforeAll, describe, expect, it } from "vitest";
import type { GenerateEvent, StudyRecipe } from "../contract/index.ts";
import { sftRecipe } from "../contract/study.ts";
import { openHfFolder } from "../formats/hf-checkpoint.ts";
import { openPeftFolder } from "../formats/peft.ts";
import { startTrainingWorker } from "../worker/client.ts";
import { threadEntries } from "./entries.ts";
import { createHost, type Host } from "./host.ts";
import { type AppRouter, appRouter, createCaller } from "./router/index.ts";
import { untilStatus } from "./testing/open-host.ts";

const tinyLlama = fileURLToPath(new URL("../engine/reference/checkpoints/tiny-llama", import.meta.url));

let host: Host;
let dataFolder: string;
let caller: ReturnType<typeof createCaller>;

async function open(): Promise<void> {
  host = await createHost({ dataFolder, resourcesFolder: dataFolder, kind: "cli", entries: threadEntries(), takeUp: false, startWorker: startTrainingWorker }); // biome-ignore format: one record
  caller = createCaller({ host, local: true });
}

/** Until the study that `begin` starts has ended. */
async function run(begin: () => Promise<{ id: string }>): Promise<string> {
  const ended = new Promise<string>((resolve, reject) => {
    void (async () => {
      for await (const event of host.events.subscribe()) {
        if (event.type !== "study" || (event.status !== "done" && event.status !== "failed")) continue;
        if (event.status === "done") return resolve(event.studyId);
        return reject(new Error((await host.store.study(event.studyId)).error?.message));
      }
    })();
  });
  const { id } = await begin();
  expect(await ended).toBe(id);
  return id;
}

async function handleOf(path: string): Promise<string> {
  return (await caller.files.handle({ path })).handle;
}

describe("a checkpoint of one's own", () => {
  beforeAll(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), "headstart-checkpoint-"));
    await open();
    await caller.checkpoints.import({ handle: await handleOf(tinyLlama), name: "tiny" });
    const rows = Array.from({ length: 12 }, (_, i) => ({ question: `What is ${i}+${i}?`, answer: `It is <<${i}+${i}=${2 * i}>>${2 * i}.\n#### ${2 * i}` })); // biome-ignore format: one record
    writeFileSync(join(dataFolder, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const imported = caller.datasets.imported.import({ handle: await handleOf(join(dataFolder, "rows.jsonl")), name: "sums" });
    for await (const event of await imported)
      if (event.type === "imported") expect(event.dataset).toMatchObject({ id: "sums-v1", rows: 12 });
    return async () => {
      await host.close();
      rmSync(dataFolder, { recursive: true, force: true });
    };
  }, 60_000);

  const evaluate = (checkpoint: string, samplesPerProblem = 2) =>
    run(() => caller.evaluations.start({ checkpoint, dataset: "sums-v1", limit: 5, samplesPerProblem, maxResponseTokens: 8, temperature: 1, topP: 1 })); // biome-ignore format: one record
  const evaluationOf = async (studyId: string) =>
    (await caller.evaluations.list()).find((each) => each.studyId === studyId && each.latest)!;
  const samplesOf = async (evaluationId: string) => (await caller.inspect.samples({ evaluationId, offset: 0, limit: 500 })).rows;

  it("is evaluated with verdicts and intervals, takes more samples, and stands beside itself", async () => {
    const study = await evaluate("tiny");
    const first = await evaluationOf(study);
    expect(first).toMatchObject({ problems: 5, samplesPerProblem: 2, checkpoint: "tiny", dataset: "sums-v1" });
    const samples = await samplesOf(first.id);
    expect(samples).toHaveLength(10);
    expect(Object.values(first.verdicts!).reduce((a, b) => a + b, 0)).toBe(10);
    const { studyId } = await caller.evaluations.extend({ evaluationId: first.id, samplesPerProblem: 4 }).then(async (made) => {
      await untilStatus(host, made.studyId, "done");
      return made;
    });
    const larger = await evaluationOf(studyId);
    expect([larger.samplesPerProblem, larger.id === first.id]).toEqual([4, false]);
    const kept = (await samplesOf(larger.id)).filter(({ sampleIndex }) => sampleIndex < 2);
    const key = (sample: (typeof kept)[number]) => `${sample.problemId} ${sample.sampleIndex}`;
    const sorted = (list: typeof kept) =>
      [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(({ text, verdict }) => ({ text, verdict }));
    expect(sorted(kept)).toEqual(sorted(samples));
    await expect(caller.evaluations.extend({ evaluationId: first.id, samplesPerProblem: 8 })).rejects.toThrow(/larger successor/);
    // The same seed draws the same samples: the paired difference is exactly nothing.
    const again = await evaluationOf(await evaluate("tiny", 4));
    const beside = await caller.evaluations.compare({ before: larger.id, after: again.id });
    expect(beside.difference.value).toBe(0);
    expect([beside.problems, beside.cautions]).toEqual([[], []]);
  }, 60_000);

  it("trains an adapter on responses of its own, which is evaluated and exported, merged and alone", async () => {
    const evaluation = await evaluationOf(await evaluate("tiny"));
    await expect(caller.evaluations.toDataset({ evaluationId: evaluation.id, keep: "verified", name: "none" })).rejects.toThrow(/verified/);
    const made = await caller.evaluations.toDataset({ evaluationId: evaluation.id, keep: "all", name: "own" });
    expect(made).toEqual({ datasetId: "own-v1", rows: 5 });
    const recipe: StudyRecipe = sftRecipe.parse({
      kind: "sft",
      name: "Adapter",
      checkpoint: "tiny",
      data: { dataset: made.datasetId },
      devRows: 1,
      sft: { epochs: 2, batchSize: 2, maxLength: 200, lora: { rank: 2, alpha: 4 }, optimizer: { learningRate: 1e-2 } },
    });
    const study = await run(() => caller.studies.start({ recipe, seed: 1 }));
    const checkpoints = await caller.runs.checkpoints({ studyId: study });
    const { id } = checkpoints[checkpoints.length - 1];
    const card = await caller.checkpoints.get({ id });
    expect(card.file).toMatchObject({ parentId: "tiny", weights: { kind: "adapter", base: "tiny", lora: { rank: 2 } } });
    const metrics = await caller.runs.metrics({ stageId: checkpoints[0].stageId });
    const losses = metrics.values.loss!.flatMap((loss) => loss ?? []);
    expect(losses[losses.length - 1]).toBeLessThan(losses[0]);
    expect(metrics.values.devLoss!.some((loss) => loss !== null)).toBe(true);

    expect(await evaluationOf(await evaluate(id))).toMatchObject({ checkpoint: id, problems: 5 });
    const alone = await caller.checkpoints.export({ checkpoint: id, format: "safetensors", merge: false, handle: await handleOf(dataFolder) }); // biome-ignore format: one record
    const adapter = openPeftFolder(alone.path, card.file.model);
    adapter.weights.close();
    const merged = await caller.checkpoints.export({ checkpoint: id, format: "safetensors" });
    const whole = openHfFolder(merged.path);
    expect(whole.config).toEqual(card.file.model);
    whole.weights.close();
    await expect(caller.checkpoints.export({ checkpoint: id, format: "safetensors" })).rejects.toThrow(/already/);
    expect((await caller.checkpoints.export({ checkpoint: id, format: "gguf", dtype: "Q8_0" })).bytes).toBeGreaterThan(0);
    // What is exported merged and imported again says what the adapter says.
    const again = await caller.checkpoints.import({ handle: await handleOf(merged.path), name: "merged" });
    const { ids } = await caller.checkpoints.encode({ checkpoint: id, text: "What is 1+1?" });
    const scores = await Promise.all([id, again.id].map((checkpoint) => caller.checkpoints.score({ checkpoint, ids })));
    for (const [i, logprob] of scores[0].logprobs.entries()) expect(logprob).toBeCloseTo(scores[1].logprobs[i], 4);
  }, 60_000);

  it("is sampled live: the prompt as the model reads it, text as it comes, then each sample whole", async () => {
    const events: GenerateEvent[] = [];
    const sampling = caller.checkpoints.sample({
      checkpoint: "tiny",
      messages: [{ role: "user", content: "Hi" }],
      n: 2,
      maxTokens: 6,
      temperature: 1,
    });
    for await (const event of await sampling) events.push(event);
    expect(events[0]).toMatchObject({ type: "prompt", text: expect.stringContaining("Hi") });
    const finished = events.flatMap((event) => (event.type === "finished" ? [event] : []));
    expect(finished.map(({ sample }) => sample).sort()).toEqual([0, 1]);
    for (const { sample, result } of finished) {
      const text = events.flatMap((event) => (event.type === "text" && event.sample === sample ? [event.text] : [])).join("");
      expect(result.text.startsWith(text)).toBe(true);
      expect(result.tokens).toBeLessThanOrEqual(6);
    }
  }, 60_000);

  it("an evaluation goes on with the samples that were stored before its host was closed", async () => {
    const stored = new Promise<void>((resolve) => {
      const ingest = host.store.ingest.bind(host.store);
      host.store.ingest = async (stageId, events) => {
        await ingest(stageId, events);
        if (events.some(({ type }) => type === "samples")) resolve();
      };
    });
    const { id } = await caller.evaluations.start({ checkpoint: "tiny", dataset: "sums-v1", samplesPerProblem: 40, maxResponseTokens: 60, temperature: 1, topP: 1 }); // biome-ignore format: one record
    await stored;
    await host.close();
    await open();
    const stage = (await host.store.study(id)).stages[1];
    const before = await host.store.unfinishedSamples(stage.id);
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(480);
    await run(async () => {
      await caller.studies.resume({ id });
      return { id };
    });
    const evaluation = await evaluationOf(id);
    const after = await host.store.samplesOf(evaluation.id);
    expect(after).toHaveLength(480);
    expect(after.slice(0, before.length)).toEqual(before);
  }, 60_000);

  it("refuses what is not there, before anything is stored", async () => {
    const studies = (await caller.studies.list()).length;
    await expect(caller.evaluations.start({ checkpoint: "nothing", dataset: "sums-v1" })).rejects.toThrow(/No checkpoint/);
    // A client of the router ends too: it takes an internal error for a lost connection and would ask for ever.
    const client = createTRPCClient<AppRouter>({ links: [localLink({ router: appRouter, createContext: async () => ({ host }) })] });
    const failed = new Promise<string>((resolve) => {
      client.checkpoints.sample.subscribe({ checkpoint: "nothing", prompt: "Hi" }, { onError: ({ message }) => resolve(message) });
    });
    expect(await failed).toMatch(/No checkpoint/);
    await expect(caller.evaluations.start({ checkpoint: "tiny", dataset: "nothing-v1" })).rejects.toThrow();
    await expect(caller.evaluations.start({ checkpoint: "tiny", benchmark: "aime24" })).rejects.toThrow(/not shipped/);
    await expect(caller.evaluations.start({ checkpoint: "tiny", dataset: "sums-v1", maxResponseTokens: 100_000 })).rejects.toThrow(
      /positions/,
    );
    expect(await caller.studies.list()).toHaveLength(studies);
    expect(existsSync(join(dataFolder, "datasets", "sums-v1"))).toBe(true);
  });
});
