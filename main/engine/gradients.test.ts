// Ways of working through a batch in less memory give the gradient of the whole batch at once.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { loadNative } from "../worker/native.ts";
import { accumulateGradients } from "./gradients.ts";
import { initialWeights, Parameters } from "./model/parameters.ts";
import { type Training, Transformer } from "./model/transformer.ts";
import { linear } from "./ops/linear.ts";
import { headLogprobs, tokenLogprobs } from "./ops/token-logprob.ts";
import { maxDifference } from "./reference/reference.ts";
import { inParts, layOut, type TrainingExample } from "./sft/batches.ts";
import { sftLoss } from "./sft/sft-loss.ts";
import { smallConfig, smallModel } from "./testing.ts";

beforeAll(() => {
  loadNative();
});

const lengths = [9, 14, 5, 11, 7, 12];
const examples = lengths.map((length, i): TrainingExample => ({ ids: Array.from({ length }, (_, t) => 2 + ((7 * t + 3 * i) % 60)), promptLength: 2 + (i % 3) })); // biome-ignore format: one thought
const rows = examples.map((_, i) => [i]);

function gradientsOf(model: Transformer, parts: number, training: Training = {}): { loss: number; values: ArrayLike<number>[] } {
  const batches = inParts(rows, parts).map((part) => layOut(examples, part, 0));
  const tokens = batches.reduce((sum, { targets }) => sum + targets.length, 0);
  const { loss, gradients } = accumulateGradients(model.parameters, batches.map((batch) => () => sftLoss(model, batch, tokens, training))); // biome-ignore format: one thought
  const values = gradients.map((gradient) => gradient.dataSync());
  tf.dispose(gradients);
  return { loss, values };
}

function expectSame(actual: ReturnType<typeof gradientsOf>, expected: ReturnType<typeof gradientsOf>, tolerance: number): void {
  expect(Math.abs(actual.loss - expected.loss)).toBeLessThanOrEqual(tolerance);
  actual.values.forEach((values, i) => {
    expect(maxDifference(values, expected.values[i])).toBeLessThanOrEqual(tolerance);
  });
}

describe("gradients", () => {
  it("rows go into parts once each, in order", () => {
    expect(inParts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2, 3], [4, 5]]); // biome-ignore format: parts
    expect(inParts([1, 2], 5)).toEqual([[1], [2]]);
  });

  it("micro-batches add up to the whole batch", () => {
    const model = smallModel();
    const whole = gradientsOf(model, 1);
    for (const parts of [2, 6]) expectSame(gradientsOf(model, parts), whole, 1e-6);
    model.dispose();
  });

  it("layers computed again give the same gradient in less memory, and leak nothing", async () => {
    const config = { ...smallConfig, numHiddenLayers: 6 };
    const model = new Transformer(new Parameters(config, initialWeights(config, 1)));
    const before = tf.memory().numTensors;
    expectSame(gradientsOf(model, 1, { recompute: true }), gradientsOf(model, 1), 0);
    expect(tf.memory().numTensors).toBe(before);
    const peak = async (training: Training) => (await tf.profile(() => void gradientsOf(model, 1, training))).peakBytes;
    expect(await peak({ recompute: true })).toBeLessThan(0.7 * (await peak({})));
    model.dispose();
  });

  it("log-probs of a large vocabulary come in pieces: same values and gradients", () => {
    const [count, width, vocab] = [10, 8, 50];
    const states = tf.randomNormal([count, width], 0, 1, "float32", 1);
    const head = tf.randomNormal([vocab, width], 0, 1, "float32", 2);
    const targets = tf.tensor1d(Int32Array.from({ length: count }, (_, i) => (i * 7) % vocab), "int32"); // biome-ignore format: one thought
    const weights = tf.randomNormal([count], 0, 1, "float32", 3);
    const run = (f: (s: tf.Tensor2D, h: tf.Tensor2D) => { logprobs: tf.Tensor1D; entropies: tf.Tensor1D }) =>
      tf.tidy(() => {
        const { value, grads } = tf.valueAndGrads((s: tf.Tensor, h: tf.Tensor) => tf.sum(tf.mul(f(s as tf.Tensor2D, h as tf.Tensor2D).logprobs, weights)))([states, head]); // biome-ignore format: one thought
        const { logprobs, entropies } = f(states as tf.Tensor2D, head as tf.Tensor2D);
        return [value, ...grads, logprobs, entropies].map((tensor) => tensor.dataSync());
      });
    const whole = run((s, h) => tokenLogprobs(linear(s, h), targets, 0.7));
    for (const bytes of [4 * vocab, 4 * vocab * 3, 4 * vocab * 9])
      run((s, h) => headLogprobs(s, h, targets, 0.7, bytes)).forEach((values, i) => {
        expect(maxDifference(values, whole[i])).toBeLessThan(2e-6 * (1 + Math.abs(whole[i][0])));
      });
    tf.dispose([states, head, targets, weights]);
  });
});
