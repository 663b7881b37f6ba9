// The committed PyTorch values for tests, and helpers to compare with them.
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../../contract/recipe.ts";
import { Parameters, type WeightArrays } from "../model/parameters.ts";
import { Transformer } from "../model/transformer.ts";

export interface StoredTensor {
  shape: number[];
  data: number[];
}

// biome-ignore lint/suspicious/noExplicitAny: the file's structure is described in make_reference.py
export const reference: any = JSON.parse(readFileSync(new URL("./reference.json", import.meta.url), "utf8"));

export function referenceModel(tied = true): Transformer {
  const config: ModelConfig = { ...reference.config, tieWordEmbeddings: tied };
  const weights: WeightArrays = new Map(
    Object.entries(reference.weights as Record<string, StoredTensor>).map(([name, { data }]) => [name, Float32Array.from(data)]),
  );
  if (!tied) weights.set("lm_head.weight", Float32Array.from(reference.untied.lmHead.data));
  return new Transformer(new Parameters(config, weights));
}

/** Largest absolute difference. */
export function maxDifference(actual: tf.Tensor | ArrayLike<number>, expected: ArrayLike<number>): number {
  const values = actual instanceof tf.Tensor ? actual.dataSync() : actual;
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(values[i] - expected[i]);
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }
  return largest;
}
