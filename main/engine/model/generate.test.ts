import * as tf from "@tensorflow/tfjs-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../../analysis/random.ts";
import { builtInTokenizer as tokenizer } from "../../tokenizer/built-in.ts";
import { encodePrompt } from "../../tokenizer/chat.ts";
import { loadNative, registeredFusedKernels } from "../../worker/native.ts";
import { useCompositesOnly } from "../kernels.ts";
import { layOut } from "../sft/batches.ts";
import { trainedLogprobs } from "../sft/sft-loss.ts";
import { smallConfig } from "../testing.ts";
import { type GenerateRequest, type Generation, generate } from "./generate.ts";
import { openCache } from "./kv-cache.ts";
import { initialAdapter } from "./lora.ts";
import { pageBytes, pageTokens } from "./pages.ts";
import { initialWeights, Parameters } from "./parameters.ts";
import { Transformer } from "./transformer.ts";

const ports = { yield: async () => {} };
const config = { ...smallConfig, maxPositionEmbeddings: 512 };
let model: Transformer;
beforeAll(() => {
  loadNative();
  model = new Transformer(new Parameters(config, initialWeights(config, 1)));
});
afterAll(() => model.dispose());
afterEach(() => useCompositesOnly(false));

const prompts = ["1+1=?", "20+33=?", "7=?"].map((prompt) => encodePrompt(tokenizer, prompt));
// An ordinary character ends a row here: a random model would hardly ever say EOS.
const stopId = tokenizer.encode("a")[0];
const request: GenerateRequest = {
  prompts,
  samplesPerPrompt: 24,
  maxNewTokens: 12,
  temperature: 1.3,
  topP: 1,
  stopIds: [stopId],
  random: (p, s) => randomStream("generate", p, s),
};
/** From one token to more than a page, and one that takes several steps to take in. */
const mixed = [3, 63, 1, 64, 300, 128, 65].map((length, p) => {
  const random = randomStream("mixed", p);
  return Array.from({ length }, () => random.integer(6, 90));
});

function largestDifference(left: Generation[][], right: Generation[][], of: "logprobs" | "entropies"): number {
  const values = (all: Generation[][]) => all.flat().flatMap((generation) => generation[of]);
  return Math.max(...values(left).map((value, i) => Math.abs(value - values(right)[i])));
}
const idsOf = (all: Generation[][]) => all.map((samples) => samples.map(({ ids }) => ids));

describe("generation", () => {
  it("ends a row at a stop id, marks what was cut, and reports a log-prob and an entropy for each token", async () => {
    const all = (await generate(model, { ...request, samplesPerPrompt: 200 }, ports)).flat();
    expect(all.filter(({ finishReason }) => finishReason === "stop").length).toBeGreaterThan(5);
    for (const { ids, logprobs, entropies, finishReason } of all) {
      expect(ids.indexOf(stopId)).toBe(finishReason === "stop" ? ids.length - 1 : -1);
      expect(ids.length === 12 || finishReason === "stop").toBe(true);
      expect([logprobs.length, entropies.length]).toEqual([ids.length, ids.length]);
    }
  });

  it("its log-probs and entropies are those of a training forward at the same temperature", async () => {
    const generations = (await generate(model, request, ports)).map((samples) => samples[0]);
    const examples = generations.map(({ ids }, p) => ({ ids: [...prompts[p], ...ids], promptLength: prompts[p].length }));
    const rows = layOut(examples, [[0, 1, 2]], tokenizer.padId); // biome-ignore format: rows
    const { logprobs, entropies } = trainedLogprobs(model, rows, 1.3);
    const trained = [
      { ids: [], logprobs: [...logprobs.dataSync()], entropies: [...entropies.dataSync()], finishReason: "length" as const },
    ];
    expect(largestDifference([generations], [trained], "logprobs")).toBeLessThan(1e-4);
    expect(largestDifference([generations], [trained], "entropies")).toBeLessThan(1e-4);
    tf.dispose([logprobs, entropies]);
  });

  it.each(["fused", "composite"])(
    "%s: a row's tokens do not depend on what else is in the batch, nor on making way for others",
    async (form) => {
      useCompositesOnly(form === "composite");
      const asked = { ...request, prompts: mixed, samplesPerPrompt: [1, 3, 2, 3, 2, 0, 4], maxNewTokens: 40, stopIds: [] };
      const together = await generate(model, asked, ports);
      expect(together.map((samples) => samples.length)).toEqual(asked.samplesPerPrompt);
      const inTurn = await generate(model, { ...asked, maxRows: 2 }, ports);
      // Room for little more than the longest row: others are sent back and taken in again.
      const cramped = await generate(model, { ...asked, maxCacheBytes: 12 * pageBytes(config) }, ports);
      for (const other of [inTurn, cramped]) {
        expect(idsOf(other)).toEqual(idsOf(together));
        // The fused kernels' sums have one order; stock ops' depend on the sizes.
        expect(largestDifference(other, together, "logprobs")).toBeLessThan(form === "fused" && registered() ? Number.MIN_VALUE : 1e-4);
      }
    },
  );

  it.skipIf(!registered())("the fused form gives what stock ops give, also with an adapter", async () => {
    const adapted = new Transformer(new Parameters(config, initialWeights(config, 1)));
    const lora = { rank: 2, alpha: 8, targets: ["q_proj", "v_proj", "down_proj"], dropout: 0 } as const;
    const adapter = initialAdapter(config, { ...lora, targets: [...lora.targets] }, 1);
    const random = randomStream("adapter");
    for (const [name, values] of adapter) adapter.set(name, values.map(() => 0.3 * random.normal())); // biome-ignore format: one thought
    adapted.parameters.adapt({ ...lora, targets: [...lora.targets] }, adapter);
    const greedy = (one: Transformer, composite: boolean) => {
      useCompositesOnly(composite);
      return generate(one, { ...request, prompts: mixed, samplesPerPrompt: 2, temperature: 0 }, ports);
    };
    const [fused, composite] = [await greedy(model, false), await greedy(model, true)];
    const [adaptedFused, adaptedComposite] = [await greedy(adapted, false), await greedy(adapted, true)];
    expect(idsOf(fused)).toEqual(idsOf(composite));
    expect(idsOf(adaptedFused)).toEqual(idsOf(adaptedComposite));
    expect(idsOf(adaptedFused)).not.toEqual(idsOf(fused));
    expect(largestDifference(fused, composite, "logprobs")).toBeLessThan(1e-4);
    expect(largestDifference(adaptedFused, adaptedComposite, "entropies")).toBeLessThan(1e-4);
    adapted.dispose();
  });

  it("a row that ends makes room at once, and is told as it ends", async () => {
    // Two rows at a time; the first is long, the others end after two tokens, by what a caller asks.
    const asked = { ...request, prompts: [prompts[0], ...Array(6).fill(prompts[2])], samplesPerPrompt: 1, maxNewTokens: 30, maxRows: 2, stopIds: [] }; // biome-ignore format: one thought
    const random = (p: number) => randomStream("room", p);
    let long: readonly number[] = [];
    const finished: number[] = [];
    const streamed: number[][] = asked.prompts.map(() => []);
    let steps = 0;
    const results = await generate(
      model,
      {
        ...asked,
        random,
        stop: (ids) => {
          if (long.length === 0) long = ids;
          return ids !== long && ids.length === 2;
        },
        onToken: (p, _, id) => streamed[p].push(id),
        onFinished: async (p, s, generation) => {
          finished.push(p);
          expect([s, generation.ids]).toEqual([0, streamed[p]]);
        },
      },
      { yield: async () => void steps++ },
    );
    expect(results.map(([{ ids }]) => ids.length)).toEqual([30, 2, 2, 2, 2, 2, 2]);
    expect(results.map(([{ finishReason }]) => finishReason)).toEqual(["length", "stop", "stop", "stop", "stop", "stop", "stop"]);
    expect(finished).toEqual([1, 2, 3, 4, 5, 6, 0]);
    expect(steps).toBe(30); // the prompts' step, and 29 for the long row: the others rode along
  });

  it("ends a row where the model's positions end, and refuses prompts that are empty or leave no room", async () => {
    const nearly = Array(510).fill(7);
    const [[{ ids, finishReason }]] = await generate(model, { ...request, prompts: [nearly], samplesPerPrompt: 1, stopIds: [] }, ports);
    expect([ids.length, finishReason]).toEqual([2, "length"]);
    await expect(generate(model, { ...request, prompts: [[5], []] }, ports)).rejects.toMatchObject({
      code: "empty-prompt",
      where: "prompt 2",
    });
    await expect(generate(model, { ...request, prompts: [Array(512).fill(5)] }, ports)).rejects.toMatchObject({ code: "too-long" });
  });

  it("says so when the model's weights are no numbers", async () => {
    const weights = initialWeights(config, 1);
    weights.get("model.norm.weight")!.fill(Number.NaN);
    const broken = new Transformer(new Parameters(config, weights));
    await expect(generate(broken, request, ports)).rejects.toMatchObject({ code: "not-a-number" });
    await expect(generate(broken, { ...request, temperature: 0 }, ports)).rejects.toMatchObject({ code: "not-a-number" });
    await expect(generate(broken, { ...request, topP: 0.9 }, ports)).rejects.toMatchObject({ code: "not-a-number" });
    broken.dispose();
  });

  it.each(["fused", "composite"])("%s: leaks no tensor, also when it is stopped", async (form) => {
    useCompositesOnly(form === "composite");
    await generate(model, request, ports);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++)
      await generate(model, { ...request, samplesPerPrompt: 4, maxRows: 7, maxCacheBytes: 2 * pageBytes(config) }, ports);
    const stop = { yield: () => Promise.reject(new Error("stopped")) };
    await expect(generate(model, { ...request, maxRows: 2 }, stop)).rejects.toThrow("stopped");
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.skipIf(!registered())("the fused forward", () => {
  it("refuses pages, tokens and rows that are not there", () => {
    const cache = openCache(model, 2);
    const run = { pages: [0], start: 0, ids: [5, 6], logits: true };
    const refused = (change: object) => () => cache.forward([{ ...run, ...change }]);
    expect(refused({ pages: [2] })).toThrow(/page is not in the cache/);
    expect(refused({ pages: [-1] })).toThrow(/page is not in the cache/);
    expect(refused({ ids: [5, config.vocabSize] })).toThrow(/not in the vocabulary/);
    expect(refused({ ids: [-1] })).toThrow(/not in the vocabulary/);
    expect(refused({ start: pageTokens - 1 })).toThrow(/pages are missing/);
    expect(refused({ start: -1 })).toThrow(/pages are missing/);
    expect(refused({ ids: [] })).toThrow();
    expect(() => cache.forward([run], [[0, 2]])).toThrow(/page is not in the cache/);
    cache.forward([run]).dispose();
    cache.dispose();
  });
});

/** CUDA runs the composites: there is nothing to compare. */
function registered(): boolean {
  loadNative();
  return registeredFusedKernels().length > 0;
}
