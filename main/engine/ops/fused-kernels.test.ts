// Every fused kernel against its composite at sizes models have (odd lengths, packed rows, grouped heads, vocabularies that
// are no multiple of the vector width), values and gradients. The composites are held to PyTorch elsewhere.
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../../analysis/random.ts";
import { optimizerConfig } from "../../contract/recipe.ts";
import { loadNative, registeredFusedKernels } from "../../worker/native.ts";
import { useCompositesOnly } from "../kernels.ts";
import { AdamW } from "../optim/adamw.ts";
import { globalNorm } from "../optim/clip.ts";
import { maxDifference } from "../reference/reference.ts";
import { smallModel } from "../testing.ts";
import { causalAttention } from "./causal-attention.ts";
import { linear, linears } from "./linear.ts";
import { rmsNorm, streamNorm } from "./rms-norm.ts";
import { ropeTable } from "./rope.ts";
import { swiGlu } from "./swiglu.ts";
import { tokenLogprobs } from "./token-logprob.ts";

beforeAll(() => {
  loadNative();
});
afterEach(() => useCompositesOnly(false));

function random(shape: number[], name: string, scale = 1): tf.Tensor {
  const stream = randomStream("fused", name);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * stream.normal()),
    shape,
  );
}

/** Value and gradients of Σ f(inputs) · weights, fused and composite. */
function both(f: (inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): Record<"fused" | "composite", Float32Array[]> {
  const run = (composite: boolean) => {
    useCompositesOnly(composite);
    return tf.tidy(() => {
      const shape = f(inputs).shape;
      const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) => tf.sum(tf.mul(f(given), random(shape, "dy"))) as tf.Scalar)(
        inputs,
      );
      return [f(inputs), value, ...grads].map((tensor) => tensor.dataSync() as Float32Array);
    });
  };
  return { fused: run(false), composite: run(true) };
}

function expectEqual({ fused, composite }: ReturnType<typeof both>, tolerance: number): void {
  fused.forEach((values, i) => {
    const size = composite[i].reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    expect(maxDifference(values, composite[i]) / size).toBeLessThan(tolerance);
  });
}

describe.skipIf(!registered())("fused kernels", () => {
  it("RMSNorm", () => {
    expectEqual(
      both(([x, w]) => rmsNorm(x as tf.Tensor2D, w as tf.Tensor1D, 1e-5), [random([131, 72], "x"), random([72], "w")]),
      1e-5,
    );
  });

  // Rows of 72 features, and of 7, fewer than a vector has lanes.
  it.each([72, 7])("a residual stream's sum and its RMSNorm, %i features", (features) => {
    const inputs = [random([131, features], "x"), random([131, features], "addition"), random([features], "w")];
    const joined = (added: boolean) => (given: tf.Tensor[]) => {
      const [x, addition, w] = given as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      const { stream, normed } = streamNorm(x, added ? addition : null, w, 1e-5);
      return tf.concat([stream, normed, addition], 1);
    };
    expectEqual(both(joined(true), inputs), 1e-5);
    expectEqual(both(joined(false), inputs), 1e-5);
  });

  it("the norm of gradients of many sizes", () => {
    const gradients = [[3], [40, 40], [129, 257], [], [16_385]].map((shape, i) => random(shape, `g${i}`));
    const fused = globalNorm(gradients);
    useCompositesOnly(true);
    expect(fused / globalNorm(gradients)).toBeCloseTo(1, 6);
    expect(fused).toBeCloseTo(Math.hypot(...gradients.flatMap((g) => [...g.dataSync()])), 3);
  });

  // Tall, narrow, square, one row, sizes that are no multiple of a tile, and a sum longer than one block of it.
  it.each([
    [131, 72, 344],
    [9, 128, 103],
    [40, 40, 40],
    [1, 16, 5],
    [33, 900, 61],
    [950, 24, 130],
  ])("linear, x [%i, %i] by %i outputs", (rows, inner, outputs) => {
    expectEqual(
      both(([x, w]) => linear(x as tf.Tensor2D, w as tf.Tensor2D), [random([rows, inner], "x"), random([outputs, inner], "w")]),
      1e-5,
    );
  });

  // Tiles that reach past the end of each, a sum of several blocks along the rows and one along the outputs.
  it.each([
    [950, 24],
    [131, 300],
    [5, 40],
  ])("several linear maps of one x [%i, %i]", (rows, inner) => {
    const weights = [130, 7, 333].map((outputs) => random([outputs, inner], `w${outputs}`));
    const inputs = [random([rows, inner], "x"), ...weights];
    expectEqual(
      both(([x, ...w]) => tf.concat(linears(x as tf.Tensor2D, w as tf.Tensor2D[]), 1), inputs),
      1e-5,
    );
    const together = linears(inputs[0] as tf.Tensor2D, weights as tf.Tensor2D[]);
    together.forEach((y, i) => {
      expect(y.dataSync()).toEqual(linear(inputs[0] as tf.Tensor2D, weights[i] as tf.Tensor2D).dataSync());
    });
  });

  it("SwiGLU, also far from zero", () => {
    expectEqual(
      both(([g, u]) => swiGlu(g as tf.Tensor2D, u as tf.Tensor2D), [random([67, 344], "g", 12), random([67, 344], "u")]),
      1e-5,
    );
  });

  it.each([1, 0.6, 1.3])("token log-probs and entropies at T = %s", (temperature) => {
    const stream = randomStream("targets");
    const targets = tf.tensor1d(
      Int32Array.from({ length: 150 }, () => stream.integer(0, 102)),
      "int32",
    );
    const op = (kind: "logprobs" | "entropies") => (logits: tf.Tensor) => tokenLogprobs(logits as tf.Tensor2D, targets, temperature)[kind];
    expectEqual(
      both(([logits]) => op("logprobs")(logits), [random([150, 103], "logits", 4)]),
      1e-5,
    );
    const logits = random([150, 103], "logits", 4);
    const fused = op("entropies")(logits).dataSync();
    useCompositesOnly(true);
    expect(maxDifference(fused, op("entropies")(logits).dataSync())).toBeLessThan(1e-4);
  });

  it("attention with RoPE, grouped heads, packed rows and padding", () => {
    const [batch, length, heads, kvHeads, headDim] = [3, 37, 4, 2, 12];
    const { cos, sin } = ropeTable(64, headDim, 10_000);
    // Row 0 is one sequence, row 1 three packed ones, row 2 left-padded (padding sees itself only).
    const from = [() => 0, (t: number) => (t < 10 ? 0 : t < 25 ? 10 : 25), (t: number) => Math.min(t, 6)];
    const visibleFrom = tf.tensor2d(Int32Array.from({ length: batch * length }, (_, i) => from[Math.floor(i / length)](i % length)), [batch, length], "int32"); // biome-ignore format: one thought
    const layout = { batch, length, heads, kvHeads, headDim, visibleFrom, ropeCos: cos, ropeSin: sin };
    const inputs = [random([batch * length, heads * headDim], "q"), random([batch * length, kvHeads * headDim], "k"), random([batch * length, kvHeads * headDim], "v")]; // biome-ignore format: one thought
    expectEqual(
      both(([q, k, v]) => causalAttention(q as tf.Tensor2D, k as tf.Tensor2D, v as tf.Tensor2D, layout), inputs),
      1e-5,
    );
  });

  it("AdamW over several steps", () => {
    const run = (composite: boolean) => {
      useCompositesOnly(composite);
      const model = smallModel();
      const optimizer = new AdamW(model.parameters, optimizerConfig.parse({ learningRate: 0.01, weightDecay: 0.1 }));
      for (let step = 0; step < 3; step++) optimizer.apply(model.parameters.list().map((p, i) => random(p.shape, `g${step}.${i}`)), 0.01); // biome-ignore format: one thought
      const weights = model.parameters.weights();
      optimizer.dispose();
      model.dispose();
      return weights;
    };
    const [fused, composite] = [run(false), run(true)];
    for (const [name, values] of fused) expect(maxDifference(values, composite.get(name)!), name).toBeLessThan(1e-5);
  });

  it("refuse a row longer than the RoPE table and a target outside the vocabulary", () => {
    const { cos, sin } = ropeTable(4, 4, 10_000);
    const x = random([5, 4], "long") as tf.Tensor2D;
    const layout = {
      batch: 1,
      length: 5,
      heads: 1,
      kvHeads: 1,
      headDim: 4,
      visibleFrom: tf.zeros([1, 5], "int32") as tf.Tensor2D,
      ropeCos: cos,
      ropeSin: sin,
    };
    expect(() => causalAttention(x, x, x, layout)).toThrow(/maxPositionEmbeddings/);
    expect(() => tokenLogprobs(random([1, 8], "v") as tf.Tensor2D, tf.tensor1d([8], "int32"), 1)).toThrow(/not in the vocabulary/);
  });
});

/** CUDA runs the composites: there is nothing to compare. */
function registered(): boolean {
  loadNative();
  return registeredFusedKernels().length > 0;
}
