// Qwen2, Qwen3 and each RoPE scaling against transformers: logits far past the original context, and one step's gradients.
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadNative } from "../../worker/native.ts";
import { accumulateGradients } from "../gradients.ts";
import { useCompositesOnly } from "../kernels.ts";
import { architectureExamples, architectureModel, architectures, maxDifference, modelOf } from "../reference/reference.ts";
import { layOut } from "../sft/batches.ts";
import { sftLoss } from "../sft/sft-loss.ts";
import { openCache } from "./kv-cache.ts";
import { pagesFor } from "./pages.ts";

beforeAll(() => {
  loadNative();
});

for (const form of ["fused", "composite"] as const) {
  describe(`against transformers (${form} ops)`, () => {
    beforeAll(() => useCompositesOnly(form === "composite"));
    afterAll(() => useCompositesOnly(false));

    it.each(Object.keys(architectures.cases))("%s: logits, whole and decoded with the cache", (name) => {
      const model = architectureModel(name);
      const { ids, logits } = architectures.cases[name] as { ids: number[][]; logits: { data: number[] } };
      const [batch, length] = [ids.length, ids[0].length];
      const rows = { ids: Int32Array.from(ids.flat()), visibleFrom: new Int32Array(batch * length), batch, length };
      expect(maxDifference(model.logits(model.hidden(rows)), logits.data)).toBeLessThan(1e-4);
      const prompts = ids.map((row) => row.slice(0, -1));
      const perRow = pagesFor(length);
      const cache = openCache(model, batch * perRow);
      const pages = (b: number) => Array.from({ length: perRow }, (_, i) => b * perRow + i);
      const afterPrompt = cache.forward(prompts.map((prompt, b) => ({ pages: pages(b), start: 0, ids: prompt, logits: false })));
      const lastTokens = ids.map((row, b) => ({ pages: pages(b), start: length - 1, ids: row.slice(-1), logits: true }));
      const decoded = tf.tidy(() => cache.forward(lastTokens).dataSync());
      const vocab = model.config.vocabSize;
      ids.forEach((_, b) => {
        const last = logits.data.slice(((b + 1) * length - 1) * vocab, (b + 1) * length * vocab);
        expect(maxDifference(decoded.slice(b * vocab, (b + 1) * vocab), last)).toBeLessThan(1e-4);
      });
      afterPrompt.dispose();
      cache.dispose();
      model.dispose();
    });

    it.each(Object.keys(architectures.sft))("%s: loss and gradients", (name) => {
      const model = architectureModel(name);
      const { loss, gradients } = architectures.sft[name];
      const examples = architectureExamples(name);
      const batch = layOut(examples, examples.map((_, i) => [i]), 0); // biome-ignore format: one thought
      const ours = accumulateGradients(model.parameters, [() => sftLoss(model, batch, batch.targets.length)]);
      expect(ours.loss).toBeCloseTo(loss, 4);
      expect(model.parameters.names().sort()).toEqual(Object.keys(gradients).sort());
      model.parameters.names().forEach((parameter, i) => {
        expect(maxDifference(ours.gradients[i], gradients[parameter].data), parameter).toBeLessThan(2e-5);
      });
      tf.dispose(ours.gradients);
      model.dispose();
    });
  });
}

it("computes RoPE tables for long rows when they come, and refuses a row past maxPositionEmbeddings", () => {
  const { config } = architectures.cases.yarn;
  const model = modelOf({ ...config, maxPositionEmbeddings: 900 }, architectures.weights.llama);
  const hidden = (length: number) =>
    tf.tidy(() => model.hidden({ ids: new Int32Array(length), visibleFrom: new Int32Array(length), batch: 1, length }).dataSync());
  const before = tf.memory().numTensors;
  expect(hidden(700).every(Number.isFinite)).toBe(true);
  expect(tf.memory().numTensors).toBe(before);
  expect(() => hidden(901)).toThrow(/maxPositionEmbeddings, 900/);
  model.dispose();
});
