// The committed PyTorch values for tests, and helpers to compare with them.
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { modelConfig } from "../../contract/recipe.ts";
import { Parameters, type WeightArrays } from "../model/parameters.ts";
import { Transformer } from "../model/transformer.ts";
import type { TrainingExample } from "../sft/batches.ts";

export interface StoredTensor {
  shape: number[];
  data: number[];
}

type Stored = Record<string, StoredTensor>;

// biome-ignore lint/suspicious/noExplicitAny: each file's structure is described in the script of its name
const read = (name: string): any => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

/** make_reference.py */
export const reference = read("./reference.json");
/** make_architectures.py */
export const architectures = read("./architectures.json");
/** make_lora.py */
export const loraReference = read("./lora.json");

export function arraysOf(tensors: Stored): WeightArrays {
  return new Map(Object.entries(tensors).map(([name, { data }]) => [name, Float32Array.from(data)]));
}

export function modelOf(config: object, weights: Stored): Transformer {
  return new Transformer(new Parameters(modelConfig.parse(config), arraysOf(weights)));
}

/** The trained rows of an architecture's SFT step. */
export function architectureExamples(name: string): TrainingExample[] {
  const rows: { ids: number[]; mask: number[] }[] = architectures.sft[name].rows;
  return rows.map(({ ids, mask }) => ({ ids, promptLength: mask.indexOf(1) }));
}

export function referenceModel(tied = true): Transformer {
  const head = tied ? {} : { "lm_head.weight": reference.untied.lmHead };
  return modelOf({ ...reference.config, tieWordEmbeddings: tied }, { ...reference.weights, ...head });
}

/** Of an architecture's or RoPE scaling's case. */
export function architectureModel(name: string): Transformer {
  const { config } = architectures.cases[name];
  return modelOf(config, architectures.weights[config.architecture]);
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
