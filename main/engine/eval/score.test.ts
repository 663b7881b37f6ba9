import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { loadNative } from "../../worker/native.ts";
import { maxDifference, reference, referenceModel } from "../reference/reference.ts";
import { score } from "./score.ts";

beforeAll(() => {
  loadNative();
});

it("gives transformers' log-probs and its highest logits, and leaks no tensor", () => {
  const model = referenceModel();
  const before = tf.memory().numTensors;
  const { vocabSize } = model.config;
  for (const { ids, losses } of reference.packing.examples as { ids: number[]; losses: number[] }[])
    expect(
      maxDifference(
        score(model, ids).logprobs,
        losses.map((loss) => -loss),
      ),
    ).toBeLessThan(1e-4);
  const { ids, tied } = reference.forward as { ids: number[][]; tied: { data: number[] } };
  const last = tied.data.slice((ids[0].length - 1) * vocabSize, ids[0].length * vocabSize);
  const expected = last.map((logit, id) => ({ id, logit })).sort((a, b) => b.logit - a.logit).slice(0, 5); // biome-ignore format: one thought
  const { top } = score(model, ids[0]);
  expect(top.map(([id]) => id)).toEqual(expected.map(({ id }) => id));
  expect(maxDifference(top.map(([, logit]) => logit), expected.map(({ logit }) => logit))).toBeLessThan(1e-4); // biome-ignore format: one thought
  expect(score(model, [3]).logprobs).toEqual([]);
  expect(tf.memory().numTensors).toBe(before);
  expect(() => score(model, [3, vocabSize])).toThrow(/Id 32/);
  expect(() => score(model, [])).toThrow(/no ids/);
  model.dispose();
});
