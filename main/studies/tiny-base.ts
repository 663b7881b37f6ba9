// How the tiny base checkpoint was made: what stands where Qwen2.5-Math stands in the paper. Pre-trained on generated text
// only: single operations with their working (data/pretraining.ts), never on GSM8K and never on a chain of steps.
import type { ModelConfig, OptimizerConfig } from "../contract/recipe.ts";

export interface PretrainingRecipe {
  seed: number;
  model: ModelConfig;
  steps: number;
  /** Rows an update, each packed with samples up to rowLength tokens. */
  rows: number;
  rowLength: number;
  optimizer: OptimizerConfig;
}

export const tinyBase: PretrainingRecipe = {
  seed: 1,
  model: {
    vocabSize: 104,
    hiddenSize: 128,
    intermediateSize: 344,
    numHiddenLayers: 3,
    numAttentionHeads: 4,
    numKeyValueHeads: 4,
    headDim: 32,
    ropeTheta: 10_000,
    rmsNormEps: 1e-5,
    tieWordEmbeddings: true,
    maxPositionEmbeddings: 512,
  },
  steps: 4000,
  rows: 32,
  rowLength: 128,
  optimizer: {
    learningRate: 2e-3,
    warmupRatio: 0.03,
    schedule: "cosine",
    minLearningRateRatio: 0.05,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0.01,
    maxGradNorm: 1,
  },
};
