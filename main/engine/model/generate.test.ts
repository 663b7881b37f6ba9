import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../../analysis/random.ts";
import { builtInTokenizer as tokenizer } from "../../tokenizer/built-in.ts";
import { encodePrompt } from "../../tokenizer/chat.ts";
import { loadNative } from "../../worker/native.ts";
import { layOut } from "../sft/batches.ts";
import { trainedLogprobs } from "../sft/sft-loss.ts";
import { smallModel } from "../testing.ts";
import { type GenerateRequest, generate } from "./generate.ts";
import type { Transformer } from "./transformer.ts";

const ports = { yield: async () => {} };
let model: Transformer;
beforeAll(() => {
  loadNative();
  model = smallModel();
});
afterAll(() => model.dispose());

const prompts = ["1+1=?", "20+33=?", "7=?"].map((prompt) => encodePrompt(tokenizer, prompt));
// An ordinary character ends a row here: a random model would hardly ever say EOS.
const eosId = tokenizer.encode("a")[0];
const request: GenerateRequest = {
  prompts,
  samplesPerPrompt: 24,
  maxNewTokens: 12,
  temperature: 1.3,
  topP: 1,
  stopIds: [eosId],
  random: (p, s) => randomStream("generate", p, s),
};

describe("generation", () => {
  it("ends a row at EOS, marks what was cut, and reports a log-prob and an entropy for each token", async () => {
    const all = (await generate(model, { ...request, samplesPerPrompt: 200 }, ports)).flat();
    expect(all.filter(({ finishReason }) => finishReason === "stop").length).toBeGreaterThan(5);
    for (const { ids, logprobs, entropies, finishReason } of all) {
      expect(ids.indexOf(eosId)).toBe(finishReason === "stop" ? ids.length - 1 : -1);
      expect(ids.length === 12 || finishReason === "stop").toBe(true);
      expect([logprobs.length, entropies.length]).toEqual([ids.length, ids.length]);
    }
  });

  it("gives the same tokens whatever else is in the batch", async () => {
    const together = await generate(model, request, ports);
    const inRounds = await generate(model, { ...request, maxRows: 24 }, ports);
    expect(inRounds.map((samples) => samples.map(({ ids }) => ids))).toEqual(together.map((samples) => samples.map(({ ids }) => ids)));
  });

  it("its log-probs and entropies are those of a training forward at the same temperature", async () => {
    const generations = (await generate(model, request, ports)).map((samples) => samples[0]);
    const examples = generations.map(({ ids }, p) => ({ ids: [...prompts[p], ...ids], promptLength: prompts[p].length }));
    const rows = layOut(examples, [[0, 1, 2]], tokenizer.padId); // biome-ignore format: rows
    const { logprobs, entropies } = trainedLogprobs(model, rows, 1.3);
    expect(Math.max(...logprobs.dataSync().map((value, i) => Math.abs(value - generations.flatMap((g) => g.logprobs)[i])))).toBeLessThan(
      1e-4,
    );
    expect(Math.max(...entropies.dataSync().map((value, i) => Math.abs(value - generations.flatMap((g) => g.entropies)[i])))).toBeLessThan(
      1e-4,
    );
    tf.dispose([logprobs, entropies]);
  });

  it("leaks no tensor, also when it is stopped", async () => {
    await generate(model, request, ports);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) await generate(model, request, ports);
    const stop = { yield: () => Promise.reject(new Error("stopped")) };
    await expect(generate(model, request, stop)).rejects.toThrow("stopped");
    expect(tf.memory().numTensors).toBe(before);
  });
});
