import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AdvantageOptions, groupAdvantages, tokenWeights } from "../../analysis/advantages.ts";
import { optimizerConfig } from "../../contract/recipe.ts";
import { loadNative } from "../../worker/native.ts";
import { accumulateGradients } from "../gradients.ts";
import { useCompositesOnly } from "../kernels.ts";
import { AdamW } from "../optim/adamw.ts";
import { globalNorm } from "../optim/clip.ts";
import { maxDifference, reference, referenceModel } from "../reference/reference.ts";
import { assignRows, layOut } from "../sft/batches.ts";
import { trainedLogprobs } from "../sft/sft-loss.ts";
import { policyLoss } from "./policy-loss.ts";

beforeAll(() => {
  loadNative();
});
afterEach(() => useCompositesOnly(false));

interface ReferenceRollout {
  group: number;
  prompt: number[];
  response: number[];
  reward: number;
  truncated: boolean;
}
const { rollouts, temperature, variants } = reference.grpo as {
  rollouts: ReferenceRollout[];
  temperature: number;
  variants: Record<string, Record<string, number> & { advantages: (number | null)[] }>;
};
const plain: AdvantageOptions = { std: true, overlongFilter: false, overlongInGroupStats: true };

function advantagesOf(options: AdvantageOptions) {
  const groups = [0, 1].map((g) => rollouts.filter(({ group }) => group === g));
  const results = groups.map((group) => groupAdvantages(group.map((r) => r.reward), group.map((r) => r.truncated), options)); // biome-ignore format: one thought
  return { advantages: results.flatMap((r) => r.advantages), inLoss: results.flatMap((r) => r.inLoss) };
}

interface Case {
  advantage?: Partial<AdvantageOptions>;
  aggregation?: "token-mean" | "sequence-mean";
  old?: number[][];
  ref?: number[][];
  packing?: boolean;
}

function step(model: ReturnType<typeof referenceModel>, options: Case) {
  const examples = rollouts.map(({ prompt, response }) => ({ ids: [...prompt, ...response], promptLength: prompt.length }));
  const rows = layOut(examples, assignRows(examples.map((e) => e.ids.length), 40, options.packing ?? false), 0); // biome-ignore format: one thought
  const { advantages, inLoss } = advantagesOf({ ...plain, ...options.advantage });
  const weights = tokenWeights(rollouts.map((r) => r.response.length), inLoss, options.aggregation ?? "token-mean"); // biome-ignore format: one thought
  const spread = (perRollout: number[]) => Float32Array.from(rows.example, (i) => perRollout[i]);
  const perToken = (values: number[][] | undefined) => {
    if (!values) return null;
    const seen = new Map<number, number>();
    return Float32Array.from(rows.example, (i) => {
      const t = seen.get(i) ?? 0;
      seen.set(i, t + 1);
      return values[i][t];
    });
  };
  let clipped = 0;
  let kl = 0;
  let logprobs: Float32Array | undefined;
  let entropies: Float32Array | undefined;
  const { loss, gradients } = accumulateGradients(model.parameters, [
    () => {
      const trained = trainedLogprobs(model, rows, temperature);
      logprobs = trained.logprobs.dataSync() as Float32Array;
      entropies = trained.entropies.dataSync() as Float32Array;
      const tokens = {
        advantages: spread(advantages),
        weights: spread(weights),
        oldLogprobs: perToken(options.old),
        referenceLogprobs: perToken(options.ref),
      };
      const result = policyLoss(trained.logprobs, tokens, { clipLow: 0.2, clipHigh: 0.28, klCoefficient: 0.05 });
      clipped = result.clipped.dataSync()[0];
      kl = result.kl.dataSync()[0];
      return result.loss;
    },
  ]);
  return { loss, gradients, advantages, inLoss, clipped, kl, logprobs: logprobs!, entropies: entropies!, rows };
}

for (const form of ["fused", "composite"] as const) {
  describe(`a GRPO step (${form} ops) against PyTorch`, () => {
    it.each([false, true])("loss, log-probs, entropies, gradients and the update are the same (packing %s)", (packing) => {
      useCompositesOnly(form === "composite");
      const model = referenceModel();
      const result = step(model, { packing });
      const order = [...new Set(result.rows.example)];
      expect(maxDifference(result.advantages, reference.grpo.advantages)).toBeLessThan(1e-5);
      expect(maxDifference(result.logprobs, order.flatMap((i) => reference.grpo.logprobs[i]))).toBeLessThan(1e-4); // biome-ignore format: one thought
      expect(maxDifference(result.entropies, order.flatMap((i) => reference.grpo.entropies[i]))).toBeLessThan(1e-4); // biome-ignore format: one thought
      // On-policy the surrogate's value is Σ weight · A · log π here and Σ weight · A in PyTorch's ratio form: gradients are what counts.
      model.parameters.names().forEach((name, i) => {
        expect(maxDifference(result.gradients[i], reference.grpo.gradients[name].data), name).toBeLessThan(5e-5);
      });
      const adamw = new AdamW(model.parameters, optimizerConfig.parse(reference.sft.optimizer));
      expect(adamw.apply(result.gradients, 1e-3)).toBeCloseTo(reference.grpo.gradNorm, 3);
      model.parameters.names().forEach((name, i) => {
        expect(maxDifference(model.parameters.list()[i], reference.grpo.updated[name].data), name).toBeLessThan(5e-5);
      });
      adamw.dispose();
      model.dispose();
    });
  });
}

describe("variants of the loss against PyTorch", () => {
  const cases: [string, Case][] = [
    ["drGrpo", { advantage: { std: false } }],
    ["sequenceMean", { aggregation: "sequence-mean" }],
    ["overlongInStats", { advantage: { overlongFilter: true } }],
    ["overlongOutOfStats", { advantage: { overlongFilter: true, overlongInGroupStats: false } }],
    ["clipHigher", { old: reference.grpo.oldLogprobs }],
    ["kl", { ref: reference.grpo.refLogprobs }],
  ];
  it.each(cases)("%s", (name, options) => {
    const model = referenceModel();
    const result = step(model, options);
    const expected = variants[name];
    expected.advantages.forEach((advantage, i) => {
      expect(result.inLoss[i]).toBe(advantage !== null);
      if (advantage !== null) expect(result.advantages[i]).toBeCloseTo(advantage, 5);
    });
    expect(globalNorm(result.gradients)).toBeCloseTo(expected.gradNorm, 3);
    if (name === "clipHigher") {
      expect(result.loss).toBeCloseTo(expected.loss, 5);
      expect(result.clipped / result.rows.targets.length).toBeCloseTo(expected.clipped, 5);
      expect(result.clipped).toBeGreaterThan(0);
    }
    if (name === "kl") expect(result.kl).toBeCloseTo(expected.kl, 5);
    tf.dispose(result.gradients);
    model.dispose();
  });
});
