import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { optimizerConfig } from "../../contract/recipe.ts";
import { loadNative } from "../../worker/native.ts";
import { accumulateGradients } from "../gradients.ts";
import { useCompositesOnly } from "../kernels.ts";
import type { Transformer } from "../model/transformer.ts";
import { AdamW } from "../optim/adamw.ts";
import { maxDifference, reference, referenceModel, type StoredTensor } from "../reference/reference.ts";
import { assignRows, layOut, type TrainingExample } from "./batches.ts";
import { sftLoss } from "./sft-loss.ts";

beforeAll(() => {
  loadNative();
});
afterEach(() => useCompositesOnly(false));

const examples: TrainingExample[] = reference.sft.rows.map((row: { ids: number[]; mask: number[] }) => ({
  // The trained tokens are the tail; what follows the last of them is padding.
  ids: row.ids.slice(0, row.mask.lastIndexOf(1) + 1),
  promptLength: row.mask.indexOf(1),
}));
const tokens = examples.reduce((sum, { ids, promptLength }) => sum + ids.length - promptLength, 0);
const optimizer = optimizerConfig.parse(reference.sft.optimizer);

function gradientsOf(model: Transformer, rows: number[][][]) {
  return accumulateGradients(model.parameters, rows.map((batch) => () => sftLoss(model, layOut(examples, batch, 0), tokens))); // biome-ignore format: one thought
}

function expectClose(model: Transformer, tensors: ArrayLike<number>[], expected: Record<string, StoredTensor>, tolerance: number) {
  model.parameters.names().forEach((name, i) => {
    expect(maxDifference(tensors[i], expected[name].data), name).toBeLessThan(tolerance);
  });
}

for (const form of ["fused", "composite"] as const) {
  describe(`SFT (${form} ops) against PyTorch`, () => {
    it.each([
      ["padded rows", assignRows(examples.map((e) => e.ids.length), 64, false), 1], // biome-ignore format: a table
      ["packed rows", assignRows(examples.map((e) => e.ids.length), 32, true), 1], // biome-ignore format: a table
      ["two micro-batches", assignRows(examples.map((e) => e.ids.length), 64, false), 2], // biome-ignore format: a table
    ])("loss, gradients and two AdamW steps are the same: %s", (_, rows, microBatches) => {
      useCompositesOnly(form === "composite");
      const model = referenceModel();
      const adamw = new AdamW(model.parameters, optimizer);
      const size = Math.ceil(rows.length / microBatches);
      const batches = Array.from({ length: microBatches }, (_, i) => rows.slice(i * size, (i + 1) * size));
      const first = gradientsOf(model, batches);
      expect(first.loss).toBeCloseTo(reference.sft.loss, 4);
      expectClose(model, first.gradients.map((g) => g.dataSync()), reference.sft.gradients, 2e-5); // biome-ignore format: a table
      expect(adamw.apply(first.gradients, optimizer.learningRate)).toBeCloseTo(reference.sft.gradNorm, 3);
      expectClose(model, model.parameters.list().map((p) => p.dataSync()), reference.sft.updated, 2e-5); // biome-ignore format: a table
      const second = gradientsOf(model, batches);
      expect(second.loss).toBeCloseTo(reference.sft.second.loss, 4);
      adamw.apply(second.gradients, optimizer.learningRate);
      expectClose(model, model.parameters.list().map((p) => p.dataSync()), reference.sft.second.updated, 5e-5); // biome-ignore format: a table
      adamw.dispose();
      model.dispose();
    });
  });
}

it("leaks no tensor over 50 steps", () => {
  const model = referenceModel();
  const adamw = new AdamW(model.parameters, optimizer);
  const step = () => adamw.apply(gradientsOf(model, [[[0], [1]]]).gradients, 1e-3);
  step();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 50; i++) step();
  expect(tf.memory().numTensors).toBe(before);
  adamw.dispose();
  model.dispose();
});
