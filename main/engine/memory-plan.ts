// What a use of a model takes of memory, computed beforehand: bytes by term. A training step has its peak where the backward pass
// begins (all activations, the logits, no gradient yet) or where it ends (all gradients, few activations); the plan is of the
// higher. What each op keeps for its gradient follows from its code (the fused forms; CUDA's composites keep more), and the
// whole was held against the resident memory of processes (main/bench/memory-plan.ts). Pure: no tensors.
import type { MemoryPlan } from "../contract/checkpoint.ts";
import { type LoraConfig, loraConfig, loraModules, loraShapes } from "../contract/lora.ts";
import { type ParameterShape, parameterShapes } from "../contract/parameter-shapes.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import { generationLimits, logitBytes, updateLimits } from "./limits.ts";
import { pageBytes, pagesFor } from "./model/pages.ts";

export interface MemoryUse {
  use: MemoryPlan["use"];
  /** Rows of a batch; rows that are generated. */
  rows: number;
  /** Tokens of a row, prompt and response. */
  length: number;
  /** Parts that a batch is worked through in. */
  gradientAccumulation?: number;
  recompute?: boolean;
  /** For use "lora"; absent: the defaults. */
  lora?: LoraConfig;
  /** RL with KL keeps the start's weights beside the policy's. */
  reference?: boolean;
}

/** Bytes by name, of what is in memory at one time. */
type Terms = Record<string, number>;

/** Node, TensorFlow's libraries and the code, before there is a model. */
const runtimeBytes = 400 * 2 ** 20;

/** The host adds the use and what the machine has. */
export function memoryPlan(config: ModelConfig, use: MemoryUse): Pick<MemoryPlan, "terms" | "total" | "largest"> {
  const terms = Object.entries(termsOf(config, use))
    .map(([name, bytes]) => ({ name, bytes: Math.round(bytes) }))
    .filter(({ bytes }) => bytes > 0);
  const largest = terms.reduce((most, term) => (term.bytes > most.bytes ? term : most));
  return { terms, total: terms.reduce((sum, { bytes }) => sum + bytes, 0), largest: largest.name };
}

/** Rows of so many tokens in a micro-batch of an RL update. */
export function rowsPerUpdate(config: ModelConfig, length: number): number {
  const tokens = Math.min(updateLimits.tokens, updateLimits.activationBytes / activationBytes(config));
  return Math.max(1, Math.floor(tokens / Math.max(1, length)));
}

function termsOf(config: ModelConfig, use: MemoryUse): Terms {
  const shapes = parameterShapes(config);
  const working = workingTerms(config, use);
  // What TensorFlow freed it keeps, in blocks that nothing as large as the largest matrix fits into: each use of that much at one
  // time takes a place of its own (one when weights are read, one within products, one more when its gradient is computed), and
  // rows of changing lengths leave gaps between activations.
  const places = { evaluate: 1, lora: 2, sft: 3, rl: 3 }[use.use];
  return {
    runtime: runtimeBytes,
    weights: bytesOf(shapes) * (use.reference ? 2 : 1),
    ...working,
    "working memory": places * largestOf(shapes) + 0.1 * working.activations,
  };
}

function workingTerms(config: ModelConfig, use: MemoryUse): Terms {
  const { rows, length, gradientAccumulation = 1, lora = loraConfig.parse({}) } = use;
  switch (use.use) {
    case "evaluate":
      return generationTerms(config, rows, length);
    case "sft":
      return trainingTerms(config, use, gradientAccumulation, null);
    case "lora":
      return trainingTerms(config, use, gradientAccumulation, lora);
    case "rl": {
      const parts = Math.ceil(rows / rowsPerUpdate(config, length));
      return added(generationTerms(config, rows, length), trainingTerms(config, { rows, length }, parts, null));
    }
  }
}

function generationTerms(config: ModelConfig, rows: number, length: number): Terms {
  const atOnce = Math.min(rows, generationLimits.rows);
  const tokens = atOnce + generationLimits.promptTokens;
  const { hiddenSize, intermediateSize, vocabSize } = config;
  return {
    "KV cache": Math.min(generationLimits.cacheBytes, atOnce * pagesFor(length) * pageBytes(config)),
    activations: 4 * tokens * (3 * hiddenSize + 3 * intermediateSize),
    logits: 4 * 2 * atOnce * vocabSize,
  };
}

function trainingTerms(
  config: ModelConfig,
  { rows, length, recompute }: Pick<MemoryUse, "rows" | "length" | "recompute">,
  parts: number,
  lora: LoraConfig | null,
): Terms {
  const { hiddenSize, vocabSize, numHiddenLayers, tieWordEmbeddings } = config;
  const shapes = lora ? loraShapes(config, lora) : parameterShapes(config);
  const trained = bytesOf(shapes);
  const tokens = Math.ceil(rows / parts) * length;
  const head = lora ? 0 : 4 * vocabSize * hiddenSize;
  const wholeLogits = 4 * tokens * vocabSize;
  const logits = Math.min(wholeLogits, Math.max(logitBytes, 4 * vocabSize));
  const perToken = activationBytes(config, lora);
  const states = 4 * tokens * hiddenSize;
  const kept = recompute ? numHiddenLayers * states : tokens * perToken;
  // A block that is computed again, beside what it keeps: what it adds up on the way, or the gradients within SwiGLU.
  const onTheWay = 4 * tokens * 2 * Math.max(config.intermediateSize, adaptedOutputs(config, lora));
  const again = (tokens * perToken) / numHiddenLayers + onTheWay + 2 * states;
  const lasting: Terms = { adapter: lora ? trained : 0, optimiser: 2 * trained };
  const earlier = parts > 1 ? trained : 0;
  // In pieces: one piece's gradient of the head, the sum's and the new sum's.
  const begin = { activations: kept + 3 * states, logits: 2 * logits, gradients: earlier + head * (wholeLogits > logits ? 3 : 1) };
  const firstBlock = { activations: kept + again, gradients: earlier + head };
  const lastBlock = { activations: states + again, gradients: earlier + trained };
  const end = {
    activations: states,
    gradients: earlier + trained + (tieWordEmbeddings ? 2 : 1) * head, // the embedding's, and its sum with the head's
  };
  const peaks: Terms[] = recompute ? [begin, firstBlock, lastBlock, end] : [begin, end];
  return added(lasting, peaks.reduce((most, peak) => (totalOf(peak) > totalOf(most) ? peak : most))); // biome-ignore format: one thought
}

/** Bytes that the layers keep of a token for the backward pass. */
function activationBytes(config: ModelConfig, lora: LoraConfig | null = null): number {
  const { architecture, hiddenSize: d, intermediateSize: inner, numAttentionHeads, numKeyValueHeads, headDim, numHiddenLayers } = config;
  const [q, kv] = [numAttentionHeads * headDim, numKeyValueHeads * headDim];
  const dropped = lora && lora.dropout > 0 ? lora.targets : [];
  const inputs = dropped.length > 0 ? dropped.reduce((sum, target) => sum + widthOf(config, target), 0) : inputsKept(config, lora);
  const norms = architecture === "qwen3" ? q + kv : 0; // q and k before their norm
  const adapters = lora ? lora.targets.length * 2 * lora.rank : 0;
  // Both norms' inputs; q, k, v, what attention gives and its log-sum-exp; gate and up; what projections were given,
  // or what dropout left of it.
  return 4 * numHiddenLayers * (2 * d + 2 * q + 2 * kv + numAttentionHeads + 2 * inner + inputs + norms + adapters);
}

/** Floats of a token's projection inputs that are kept for a matrix's gradient, beside attention's, which is kept in any case. */
function inputsKept({ hiddenSize: d, intermediateSize: inner }: ModelConfig, lora: LoraConfig | null): number {
  const any = (...targets: string[]) => Number(!lora || (lora.targets as string[]).some((target) => targets.includes(target)));
  return any("q_proj", "k_proj", "v_proj") * d + any("gate_proj", "up_proj") * d + any("down_proj") * inner;
}

/** Floats of a token that projections with an adapter give. */
function adaptedOutputs(config: ModelConfig, lora: LoraConfig | null): number {
  return lora ? loraModules(config, lora).reduce((sum, { outputs }) => sum + outputs, 0) / config.numHiddenLayers : 0;
}

/** Floats of a token that go into a projection. */
function widthOf(config: ModelConfig, target: LoraConfig["targets"][number]): number {
  if (target === "down_proj") return config.intermediateSize;
  return target === "o_proj" ? config.numAttentionHeads * config.headDim : config.hiddenSize;
}

function bytesOf(shapes: ParameterShape[]): number {
  return shapes.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
}

function largestOf(shapes: ParameterShape[]): number {
  return shapes.reduce((most, each) => Math.max(most, bytesOf([each])), 0);
}

function totalOf(terms: Terms): number {
  return Object.values(terms).reduce((sum, bytes) => sum + bytes, 0);
}

function added(a: Terms, b: Terms): Terms {
  const sum: Terms = { ...a };
  for (const [name, bytes] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + bytes;
  return sum;
}
