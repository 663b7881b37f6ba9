import * as tf from "@tensorflow/tfjs-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LoraConfig, loraConfig, loraShapes } from "../../contract/lora.ts";
import { optimizerConfig } from "../../contract/recipe.ts";
import { loadNative } from "../../worker/native.ts";
import { accumulateGradients } from "../gradients.ts";
import { useCompositesOnly } from "../kernels.ts";
import { AdamW } from "../optim/adamw.ts";
import { architectureExamples, architectureModel, architectures, arraysOf, loraReference, maxDifference } from "../reference/reference.ts";
import { layOut } from "../sft/batches.ts";
import { sftLoss } from "../sft/sft-loss.ts";
import { initialAdapter } from "./lora.ts";
import type { Training, Transformer } from "./transformer.ts";

beforeAll(() => {
  loadNative();
});
afterEach(() => useCompositesOnly(false));

const examples = architectureExamples("qwen2");
const batch = layOut(examples, examples.map((_, i) => [i]), 0); // biome-ignore format: one thought
const step = (model: Transformer, training: Training = {}) =>
  accumulateGradients(model.parameters, [() => sftLoss(model, batch, batch.targets.length, training)]);

function adaptedModel(name: string, change: Partial<LoraConfig> = {}): Transformer {
  const { lora, adapter } = loraReference.cases[name];
  const model = architectureModel("qwen2");
  model.parameters.adapt({ ...lora, ...change }, arraysOf(adapter));
  return model;
}

function logitsOf(model: Transformer): Float32Array {
  const { ids } = architectures.cases.qwen2 as { ids: number[][] };
  const [size, length] = [ids.length, ids[0].length];
  const rows = { ids: Int32Array.from(ids.flat()), visibleFrom: new Int32Array(size * length), batch: size, length };
  return tf.tidy(() => model.logits(model.hidden(rows)).dataSync() as Float32Array);
}

for (const form of ["fused", "composite"] as const) {
  describe.each(Object.keys(loraReference.cases))(`LoRA on %s projections against PEFT (${form} ops)`, (name) => {
    beforeAll(() => useCompositesOnly(form === "composite"));
    afterAll(() => useCompositesOnly(false));
    const expected = loraReference.cases[name];

    it("loss, gradients, two AdamW steps and the merged model are the same; the base does not move", () => {
      const model = adaptedModel(name);
      const before = architectureModel("qwen2");
      const { parameters } = model;
      const optimizer = optimizerConfig.parse(loraReference.optimizer);
      const adamw = new AdamW(parameters, optimizer);
      expect(parameters.names().sort()).toEqual(expected.names);
      const first = step(model);
      expect(first.loss).toBeCloseTo(expected.loss, 4);
      parameters.names().forEach((tensor, i) => {
        expect(maxDifference(first.gradients[i], expected.gradients[tensor].data), tensor).toBeLessThan(2e-5);
      });
      expect(adamw.apply(first.gradients, optimizer.learningRate)).toBeCloseTo(expected.gradNorm, 3);
      const second = step(model);
      expect(second.loss).toBeCloseTo(expected.secondLoss, 4);
      adamw.apply(second.gradients, optimizer.learningRate);
      for (const [tensor, values] of parameters.weights())
        expect(maxDifference(values, expected.updated[tensor].data), tensor).toBeLessThan(5e-5);
      for (const tensor of before.parameters.names())
        expect(parameters.get(tensor).dataSync()).toEqual(before.parameters.get(tensor).dataSync());

      const unmerged = logitsOf(model);
      parameters.merge();
      const merged = logitsOf(model);
      expect(maxDifference(merged, unmerged)).toBeLessThan(1e-5);
      expect(maxDifference(merged, expected.merged.data)).toBeLessThan(1e-4);
      expect(parameters.names()).toEqual(before.parameters.names());
      adamw.dispose();
      before.dispose();
      model.dispose();
    });
  });
}

it("computes no gradient of a frozen matrix", async () => {
  const model = adaptedModel("some");
  const { intermediateSize, hiddenSize } = model.config;
  const { kernels } = await tf.profile(() => tf.dispose(step(model).gradients));
  // An Identity is another name for what is there.
  const shapes = kernels.flatMap(({ name, outputShapes }) => (name === "Identity" ? [] : outputShapes.map((shape) => shape.join("×"))));
  expect(shapes).toContain(`2×${hiddenSize}`); // of an A
  expect(shapes).not.toContain(`${intermediateSize}×${hiddenSize}`);
  expect(shapes).not.toContain(`${model.config.vocabSize}×${hiddenSize}`);
  model.dispose();
});

it("begins as PEFT does: A within the same bound, the model as it was", () => {
  const model = architectureModel("qwen2");
  const before = logitsOf(model);
  const lora = loraConfig.parse({ rank: 200 });
  const adapter = initialAdapter(model.config, lora, 1);
  expect([...adapter.keys()]).toEqual(loraShapes(model.config, lora).map(({ name }) => name));
  for (const { name, shape } of loraShapes(model.config, lora)) {
    const largest = adapter.get(name)!.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
    const bound = name.includes("lora_A") ? (loraReference.initial[shape[1]] as number) : 0;
    expect(largest, name).toBeLessThanOrEqual(bound * 1.001);
    expect(largest, name).toBeGreaterThanOrEqual(bound * 0.99);
  }
  model.parameters.adapt(lora, adapter);
  expect(maxDifference(logitsOf(model), before)).toBe(0);
  model.dispose();
});

it("drops inputs of the adapter alone, by a mask that its seed names, also when layers are computed again", () => {
  const model = adaptedModel("all", { dropout: 0.5 });
  const run = (training: Training) => {
    const { loss, gradients } = step(model, training);
    const values = gradients.map((gradient) => gradient.dataSync());
    tf.dispose(gradients);
    return { loss, values };
  };
  const whole = run({});
  const dropped = run({ dropoutSeed: 5 });
  expect(dropped.loss).not.toBe(whole.loss);
  expect(run({ dropoutSeed: 6 }).loss).not.toBe(dropped.loss);
  expect(run({ dropoutSeed: 5, recompute: true })).toEqual(dropped);
  expect(whole.loss).toBeCloseTo(loraReference.cases.all.loss, 4); // without a seed nothing is dropped
  model.dispose();
});

it("leaks no tensor: steps, merging", () => {
  const before = tf.memory().numTensors;
  const model = adaptedModel("all", { dropout: 0.1 });
  const adamw = new AdamW(model.parameters, optimizerConfig.parse({}));
  const update = () => adamw.apply(step(model, { dropoutSeed: 1, recompute: true }).gradients, 1e-3);
  update();
  const during = tf.memory().numTensors;
  for (let i = 0; i < 5; i++) update();
  expect(tf.memory().numTensors).toBe(during);
  adamw.dispose();
  model.parameters.merge();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
