// The plan against the bytes of the tensors that a step really holds at its peak, and against what processes had resident
// (main/bench/memory-plan.ts, SmolLM2-135M's sizes, 2 cores).
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { loraConfig } from "../contract/lora.ts";
import { modelConfig, optimizerConfig } from "../contract/recipe.ts";
import { loadNative, registeredFusedKernels } from "../worker/native.ts";
import { accumulateGradients } from "./gradients.ts";
import { type MemoryUse, memoryPlan, rowsPerUpdate } from "./memory-plan.ts";
import { initialAdapter } from "./model/lora.ts";
import { initialWeights, Parameters } from "./model/parameters.ts";
import { Transformer } from "./model/transformer.ts";
import { AdamW } from "./optim/adamw.ts";
import { inParts, layOut } from "./sft/batches.ts";
import { sftLoss } from "./sft/sft-loss.ts";

beforeAll(() => {
  loadNative();
});

const sizes = {
  vocabSize: 300,
  hiddenSize: 48,
  intermediateSize: 128,
  numHiddenLayers: 5,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 16,
};
const models = {
  llama: modelConfig.parse(sizes),
  qwen2: modelConfig.parse({ ...sizes, architecture: "qwen2", tieWordEmbeddings: false }),
  qwen3: modelConfig.parse({ ...sizes, architecture: "qwen3", headDim: 24 }),
};

/** Bytes of what the backend holds, at the most, while `run` runs. */
function peakBytes(run: () => void): number {
  const { tensorMap } = tf.backend() as unknown as { tensorMap: Map<object, { shape: number[] }> };
  const size = (key: object) => 4 * tensorMap.get(key)!.shape.reduce((a, b) => a * b, 1);
  const { set, delete: remove } = tensorMap;
  let now = 0;
  let peak = 0;
  tensorMap.set = (key, value) => {
    const before = tensorMap.has(key) ? size(key) : 0;
    set.call(tensorMap, key, value);
    now += size(key) - before;
    peak = Math.max(peak, now);
    return tensorMap;
  };
  tensorMap.delete = (key) => {
    if (tensorMap.has(key)) now -= size(key);
    return remove.call(tensorMap, key);
  };
  run();
  Object.assign(tensorMap, { set, delete: remove });
  return peak;
}

function measured(config: (typeof models)["llama"], { rows, length, gradientAccumulation = 1, recompute, lora }: MemoryUse): number {
  const examples = Array.from({ length: rows }, (_, i) => ({ ids: Array.from({ length }, (_, t) => (7 * t + i) % 300), promptLength: 1 }));
  const batches = inParts(examples.map((_, i) => [i]), gradientAccumulation).map((part) => layOut(examples, part, 0)); // biome-ignore format: one thought
  return peakBytes(() => {
    const model = new Transformer(new Parameters(config, initialWeights(config, 1)));
    if (lora) model.parameters.adapt(lora, initialAdapter(config, lora, 1));
    const optimizer = new AdamW(model.parameters, optimizerConfig.parse({}));
    optimizer.apply(accumulateGradients(model.parameters, batches.map((batch) => () => sftLoss(model, batch, 100, { recompute, dropoutSeed: 1 }))).gradients, 1e-3); // biome-ignore format: one thought
    optimizer.dispose();
    model.dispose();
  });
}

describe.skipIf(!registered())("the plan is what a step's tensors take", () => {
  const lora = loraConfig.parse({ rank: 4 });
  const few = loraConfig.parse({ rank: 4, targets: ["q_proj", "down_proj"], dropout: 0.2 });
  it.each<[keyof typeof models, Omit<MemoryUse, "use">]>([
    ["llama", { rows: 8, length: 64 }],
    ["llama", { rows: 1, length: 8 }],
    ["llama", { rows: 8, length: 64, recompute: true }],
    ["llama", { rows: 8, length: 64, gradientAccumulation: 4 }],
    ["llama", { rows: 8, length: 64, lora }],
    ["llama", { rows: 8, length: 64, lora: few }],
    ["qwen2", { rows: 8, length: 64 }],
    ["qwen3", { rows: 8, length: 64 }],
    ["qwen3", { rows: 8, length: 64, lora, recompute: true }],
  ])("%s %o", (name, shape) => {
    const use: MemoryUse = { use: shape.lora ? "lora" : "sft", ...shape };
    const { terms } = memoryPlan(models[name], use);
    const planned = terms.reduce((sum, { name: term, bytes }) => (term === "runtime" || term === "working memory" ? sum : sum + bytes), 0);
    expect(planned / measured(models[name], use)).toBeGreaterThan(0.93);
    expect(planned / measured(models[name], use)).toBeLessThan(1.07);
  });
});

it("is within 15 % of what processes had resident", () => {
  const smolLm2 = modelConfig.parse({ vocabSize: 49_152, hiddenSize: 576, intermediateSize: 1536, numHiddenLayers: 30, numAttentionHeads: 9, numKeyValueHeads: 3, headDim: 64, maxPositionEmbeddings: 8192 }); // biome-ignore format: sizes
  const residentMiB: [MemoryUse, number][] = [
    [{ use: "evaluate", rows: 16, length: 512 }, 1395],
    [{ use: "sft", rows: 2, length: 256 }, 3137],
    [{ use: "sft", rows: 4, length: 512 }, 4719],
    [{ use: "sft", rows: 8, length: 256, recompute: true }, 3019],
    [{ use: "sft", rows: 8, length: 256, gradientAccumulation: 4 }, 3823],
    [{ use: "lora", rows: 4, length: 256 }, 2502],
    [{ use: "lora", rows: 8, length: 256, recompute: true }, 1509],
    [{ use: "rl", rows: 16, length: 128 }, 4237],
  ];
  for (const [use, used] of residentMiB) {
    const { terms, total, largest } = memoryPlan(smolLm2, use);
    expect(Math.abs(total / 2 ** 20 / used - 1)).toBeLessThan(0.15);
    expect(terms.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total);
    expect(terms.find(({ name }) => name === largest)!.bytes).toBe(Math.max(...terms.map(({ bytes }) => bytes)));
  }
  const weights = memoryPlan(smolLm2, residentMiB[0][0]).terms.find(({ name }) => name === "weights");
  expect(weights?.bytes).toBe(4 * 134_515_008);
  expect(rowsPerUpdate(smolLm2, 128)).toBe(8); // 1 GiB of 1 MB a token
  expect(rowsPerUpdate(smolLm2, 100_000)).toBe(1);
});

/** CUDA runs the composites, which keep more. */
function registered(): boolean {
  loadNative();
  return registeredFusedKernels().length > 0;
}
