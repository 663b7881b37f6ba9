import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadNative } from "../../worker/native.ts";
import { useCompositesOnly } from "../kernels.ts";
import { maxDifference, reference, referenceModel } from "../reference/reference.ts";
import { layOut } from "../sft/batches.ts";
import { trainedLogprobs } from "../sft/sft-loss.ts";
import { openCache } from "./kv-cache.ts";
import type { TokenRows, Transformer } from "./transformer.ts";

beforeAll(() => {
  loadNative();
});

function rowsOf(ids: number[][], from: number[]): TokenRows {
  const length = ids[0].length;
  const visibleFrom = Int32Array.from({ length: ids.length * length }, (_, i) => Math.min(i % length, from[Math.floor(i / length)]));
  return { ids: Int32Array.from(ids.flat()), visibleFrom, batch: ids.length, length };
}

for (const form of ["fused", "composite"] as const) {
  describe(`transformer (${form} ops) against transformers' LlamaForCausalLM`, () => {
    let model: Transformer;
    beforeAll(() => {
      useCompositesOnly(form === "composite");
      model = referenceModel();
    });
    afterAll(() => {
      model.dispose();
      useCompositesOnly(false);
    });

    it("gives the same logits, tied and untied head", () => {
      const rows = rowsOf(reference.forward.ids, [0, 0, 0]);
      expect(maxDifference(model.logits(model.hidden(rows)), reference.forward.tied.data)).toBeLessThan(1e-4);
      const untied = referenceModel(false);
      expect(maxDifference(untied.logits(untied.hidden(rows)), reference.forward.untied.data)).toBeLessThan(1e-4);
      untied.dispose();
    });

    it("gives the same logits on left-padded rows", () => {
      const { ids, mask, logits } = reference.leftPadded as { ids: number[][]; mask: number[][]; logits: { data: number[] } };
      const from = mask.map((row) => row.indexOf(1));
      const actual = model.logits(model.hidden(rowsOf(ids, from))).dataSync();
      const vocab = model.config.vocabSize;
      const real = mask.flat().flatMap((one, i) => (one ? [i] : []));
      expect(real.length).toBeGreaterThan(10);
      for (const i of real)
        expect(maxDifference(actual.slice(i * vocab, (i + 1) * vocab), logits.data.slice(i * vocab, (i + 1) * vocab))).toBeLessThan(1e-4);
    });

    it("packed rows equal the examples alone", () => {
      const { examples } = reference.packing as { examples: { ids: number[]; losses: number[] }[] };
      const rows = layOut(
        examples.map(({ ids }) => ({ ids, promptLength: 1 })),
        [[2, 0, 1]],
        0,
      ); // prettier-ignore
      const losses = tf.tidy(() => tf.neg(trainedLogprobs(model, rows, 1).logprobs).dataSync());
      const expected = [2, 0, 1].flatMap((i) => examples[i].losses);
      expect(maxDifference(losses, expected)).toBeLessThan(1e-4);
    });

    it("decoding with the cache equals the full forward, and greedy tokens equal transformers'", () => {
      const { prompts, maxNewTokens, tokens } = reference.greedy as { prompts: number[][]; maxNewTokens: number; tokens: number[][] };
      const cache = openCache(model, prompts.length);
      const next = (ids: (b: number) => number[], start: (b: number) => number) =>
        cache.forward(prompts.map((_, b) => ({ pages: [b], start: start(b), ids: ids(b), logits: true })));
      let current = next((b) => prompts[b], () => 0); // biome-ignore format: one thought
      const chosen: number[][] = prompts.map(() => []);
      for (let step = 0; step < maxNewTokens; step++) {
        const best = tf.tidy(() => tf.argMax(current, -1).dataSync() as Int32Array);
        prompts.forEach((prompt, b) => {
          const full = tf.tidy(() => {
            const ids = [...prompt, ...chosen[b]];
            const all = model.logits(model.hidden(rowsOf([ids], [0]))).dataSync();
            return all.slice((ids.length - 1) * model.config.vocabSize);
          });
          const row = current.dataSync().slice(b * model.config.vocabSize, (b + 1) * model.config.vocabSize);
          expect(maxDifference(row, full)).toBeLessThan(1e-4);
          chosen[b].push(best[b]);
        });
        current.dispose();
        current = next((b) => chosen[b].slice(-1), (b) => prompts[b].length + step); // biome-ignore format: one thought
      }
      current.dispose();
      cache.dispose();
      expect(chosen).toEqual(tokens);
    });
  });
}
