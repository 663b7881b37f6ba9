import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RandomStream, randomStream } from "../../analysis/random.ts";
import { loadNative, registeredFusedKernels } from "../../worker/native.ts";
import { useCompositesOnly } from "../kernels.ts";
import { reference } from "../reference/reference.ts";
import { type Draw, drawTokens, type SamplingOptions } from "./sampling.ts";

const { temperature, topP, logits, logprobs, entropies, kept } = reference.sampling as {
  temperature: number;
  topP: number;
  logits: { shape: [number, number]; data: number[] };
  logprobs: { data: number[] };
  entropies: number[];
  kept: number[][];
};
const [rows, vocab] = logits.shape;

/** `count` draws from one row of logits [W, V]. */
function draws(values: tf.Tensor2D, row: number, count: number, options: SamplingOptions, random: RandomStream): Draw[] {
  return drawTokens(values, Array(count).fill(row), options, Array.from({ length: count }, () => random.uniform())); // biome-ignore format: one thought
}

for (const form of ["fused", "composite"] as const) {
  describe(`drawing a token (${form})`, () => {
    let values: tf.Tensor2D;
    beforeAll(() => {
      loadNative();
      useCompositesOnly(form === "composite");
      values = tf.tensor2d(logits.data, [rows, vocab]);
    });
    afterAll(() => {
      useCompositesOnly(false);
      values.dispose();
    });

    it("reports the log-prob and entropy of softmax(logits / T), as PyTorch computes them", () => {
      for (let row = 0; row < rows; row++) {
        for (const draw of draws(values, row, 40, { temperature, topP: 1 }, randomStream("draw", row))) {
          expect(draw.entropy).toBeCloseTo(entropies[row], 5);
          expect(draw.logprob).toBeCloseTo(logprobs.data[row * vocab + draw.id], 5);
        }
      }
    });

    it("draws each token as often as its probability says", () => {
      const count = 20_000;
      const counts = new Array(vocab).fill(0);
      for (const { id } of draws(values, 0, count, { temperature, topP: 1 }, randomStream("frequencies"))) counts[id]++;
      counts.forEach((times, id) => {
        const p = Math.exp(logprobs.data[id]);
        expect(Math.abs(times / count - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / count) + 1e-9);
      });
    });

    it("top-p draws exactly from the nucleus that transformers keeps", () => {
      for (let row = 0; row < rows; row++) {
        const drawn = new Set(draws(values, row, 20_000, { temperature, topP }, randomStream("nucleus", row)).map(({ id }) => id));
        expect([...drawn].sort((a, b) => a - b)).toEqual(kept[row].flatMap((keep, id) => (keep ? [id] : [])));
      }
    });

    it("is greedy at T = 0, the first of equals, and at the smallest top-p draws the likeliest", () => {
      for (let row = 0; row < rows; row++) {
        const line = logits.data.slice(row * vocab, (row + 1) * vocab);
        const best = line.indexOf(Math.max(...line));
        expect(drawTokens(values, [row], { temperature: 0, topP: 1 }, [0])[0].id).toBe(best);
        expect(drawTokens(values, [row], { temperature, topP: 1e-9 }, [0.999])[0].id).toBe(best);
      }
      expect(tf.tidy(() => drawTokens(tf.tensor2d([[1, 3, 2, 3]]), [0], { temperature: 0, topP: 1 }, [0])[0].id)).toBe(1);
    });
  });
}

it.skipIf(!registered()).each([
  [9, 1, 1],
  [103, 0.6, 0.95],
  [1000, 1.3, 1],
  [49_152, 1, 1],
  [49_152, 0.6, 0.95],
  [49_152, 1, 0.5],
])("the fused draws are the composite's: %i tokens, T = %f, top-p %f", (vocabSize, t, p) => {
  const random = randomStream("large", vocabSize);
  const values = tf.tensor2d(
    Float32Array.from({ length: 2 * vocabSize }, () => 3 * random.normal()),
    [2, vocabSize],
  );
  const both = [false, true].map((composite) => {
    useCompositesOnly(composite);
    return [0, 1].flatMap((row) => draws(values, row, 30, { temperature: t, topP: p }, randomStream("uniforms", row)));
  });
  useCompositesOnly(false);
  const [fused, composite] = both;
  expect(fused.map(({ id }) => id)).toEqual(composite.map(({ id }) => id));
  expect(new Set(fused.map(({ id }) => id)).size).toBeGreaterThan(4);
  fused.forEach((draw, i) => {
    expect(draw.logprob).toBeCloseTo(composite[i].logprob, 4);
    expect(draw.entropy).toBeCloseTo(composite[i].entropy, 4);
  });
  values.dispose();
});

/** CUDA runs the composite: there is nothing to compare. */
function registered(): boolean {
  loadNative();
  return registeredFusedKernels().length > 0;
}
