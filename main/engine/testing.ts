// For tests: a small random model on the built-in vocabulary, and ports that keep what a stage hands over.
import { randomStream } from "../analysis/random.ts";
import type { Problem } from "../contract/dataset.ts";
import type { MetricName } from "../contract/metrics.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import type { Rollout, Sample, TokenArrays } from "../contract/rollout.ts";
import { builtInTokenizer } from "../tokenizer/built-in.ts";
import { type TrainerState, trainedShapes } from "./checkpoint.ts";
import type { EvaluationSummary } from "./eval/evaluate.ts";
import { initialWeights, Parameters, type WeightArrays } from "./model/parameters.ts";
import { Transformer } from "./model/transformer.ts";
import type { EnginePorts } from "./ports.ts";

export const smallConfig: ModelConfig = {
  architecture: "llama",
  vocabSize: builtInTokenizer.vocabSize,
  hiddenSize: 32,
  intermediateSize: 64,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 8,
  ropeTheta: 10_000,
  ropeScaling: null,
  rmsNormEps: 1e-5,
  tieWordEmbeddings: true,
  maxPositionEmbeddings: 64,
};

export function smallModel(seed = 1): Transformer {
  return new Transformer(new Parameters(smallConfig, initialWeights(smallConfig, seed)));
}

/** `count` problems a pool whose right answer is their last digit: `17=?` → 7. */
export function copyProblems(count: number): Problem[] {
  const random = randomStream("copy-problems");
  return (["sft", "rl", "dev", "test"] as const).flatMap((pool, p) =>
    Array.from({ length: count }, (_, i): Problem => {
      const text = String(100 * (p + 1) + i);
      return {
        id: `${pool}-${i}`,
        source: random.pick(["a", "b"]),
        domain: "math",
        pool,
        prompt: `${text}=?`,
        answer: text.slice(-1),
        steps: 1,
        difficulty: 1,
      };
    }),
  );
}

export interface Recorder extends EnginePorts {
  metricsAt: { step: number; values: Partial<Record<MetricName, number>> }[];
  rolloutsAt: { step: number; rollouts: Rollout[]; tokens: TokenArrays }[];
  evaluationsAt: { step: number; summary: EvaluationSummary; samples: Sample[] }[];
  checkpoints: TrainerState[];
}

/** Ports that keep everything; their verifier rewards the answer as the first character of the text. */
export function recorder(): Recorder {
  const record: Recorder = {
    metricsAt: [],
    rolloutsAt: [],
    evaluationsAt: [],
    checkpoints: [],
    yield: async () => {},
    now: () => 0,
    verify: async (problem, { text, finishReason }) => {
      if (finishReason === "length") return { reward: 0, verdict: "truncated", reason: "cut" };
      return text.startsWith(problem.answer)
        ? { reward: 1, verdict: "right", reason: "first character" }
        : { reward: 0, verdict: "wrong", reason: "first character" };
    },
    progress: async () => {},
    metrics: async (step, values) => void record.metricsAt.push({ step, values }),
    rollouts: async (step, rollouts, tokens) => void record.rolloutsAt.push({ step, rollouts, tokens }),
    samples: async () => {},
    evaluation: async (step, _config, summary, samples) => {
      record.evaluationsAt.push({ step, summary, samples });
      return `evaluation-${step}`;
    },
    checkpoint: async (state) => {
      record.checkpoints.push(copied(state));
      return `checkpoint-${state.step}`;
    },
  };
  return record;
}

/** A state with its tensors read out. */
function copied(state: TrainerState): TrainerState {
  const read = (source: TrainerState["weights"]): WeightArrays =>
    new Map(trainedShapes(state).map(({ name }) => [name, source.get(name)!]));
  const { step, first, second } = state.optimizer;
  return { ...state, weights: read(state.weights), optimizer: { step, first: read(first), second: read(second) } };
}
