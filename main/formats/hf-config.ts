// config.json of Hugging Face checkpoints ↔ ModelConfig, for the three architectures that Headstart computes. Whatever would
// change what the model computes and is not done here is refused by its name: a model that runs slightly wrong is worse than
// one that does not run. Meanings and defaults are those of transformers 5 (configuration_llama.py, configuration_qwen2.py,
// configuration_qwen3.py, modeling_rope_utils.py).
import { z } from "zod";
import type { HeadstartError } from "../contract/errors.ts";
import { type ModelConfig, type RopeScaling, ropeScaling } from "../contract/recipe.ts";
import type { FloatType } from "./encode-values.ts";
import { brokenFile, unsupported } from "./format-errors.ts";

const architectures = { LlamaForCausalLM: "llama", Qwen2ForCausalLM: "qwen2", Qwen3ForCausalLM: "qwen3" } as const;
type ClassName = keyof typeof architectures;
const classNames = Object.keys(architectures) as ClassName[];

/** Bounds far beyond any model, so that no size in a file makes the parameters' list itself too long. */
const size = (max: number) => z.number().int().positive().max(max);
const tokenIds = z.union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative())]).nullish();
const rope = z.record(z.string(), z.unknown()).nullish();

const configFile = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  model_type: z.string().nullish(),
  vocab_size: size(1 << 24),
  hidden_size: size(1 << 20),
  intermediate_size: size(1 << 22),
  num_hidden_layers: size(1024),
  num_attention_heads: size(4096),
  num_key_value_heads: size(4096).nullish(),
  head_dim: size(1 << 14).nullish(),
  rms_norm_eps: z.number().positive(),
  max_position_embeddings: size(1 << 28),
  original_max_position_embeddings: size(1 << 28).nullish(),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: rope,
  rope_parameters: rope,
  tie_word_embeddings: z.boolean().nullish(),
  eos_token_id: tokenIds,
});
type ConfigFile = z.infer<typeof configFile>;

/** Keys that change what a model computes, and the values under which they do not. */
const inert: Record<string, (value: unknown, config: ConfigFile) => boolean> = {
  attention_bias: (value) => value === false,
  mlp_bias: (value) => value === false,
  hidden_act: (value) => value === "silu" || value === "swish",
  partial_rotary_factor: (value) => value === 1,
  use_sliding_window: (value, config) => value === false || Number(config.max_window_layers ?? 28) >= config.num_hidden_layers,
  layer_types: (value) => Array.isArray(value) && value.every((type) => type === "full_attention"),
  quantization_config: () => false,
  num_experts: (value) => value === 0,
  num_local_experts: (value) => value === 0,
};

/** The config of a parsed config.json; throws what is not supported by name. */
export function modelConfigOf(json: unknown, where: string): ModelConfig {
  const parsed = configFile.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw brokenFile("broken-config", where, `${issue.path.join(".") || "The file"}: ${issue.message}.`);
  }
  const file = parsed.data;
  const architecture = architectureOf(file, where);
  for (const [key, isInert] of Object.entries(inert)) {
    const value = file[key];
    if (value !== undefined && value !== null && !isInert(value, file))
      throw refused(where, `${key} = ${JSON.stringify(value).slice(0, 120)}`);
  }
  const heads = file.num_attention_heads;
  const config: ModelConfig = {
    architecture,
    vocabSize: file.vocab_size,
    hiddenSize: file.hidden_size,
    intermediateSize: file.intermediate_size,
    numHiddenLayers: file.num_hidden_layers,
    numAttentionHeads: heads,
    numKeyValueHeads: file.num_key_value_heads ?? heads,
    headDim: file.head_dim ?? (architecture === "qwen3" ? 128 : file.hidden_size / heads),
    ...ropeOf(file, where),
    rmsNormEps: file.rms_norm_eps,
    tieWordEmbeddings: file.tie_word_embeddings ?? false,
    maxPositionEmbeddings: file.max_position_embeddings,
  };
  checkHeads(config, where);
  return config;
}

/** Heads that can be grouped and rotated; whatever file a config came from. */
export function checkHeads({ numAttentionHeads, numKeyValueHeads, headDim }: ModelConfig, where: string): void {
  if (numAttentionHeads % numKeyValueHeads !== 0)
    throw refused(where, `${numAttentionHeads} attention heads that ${numKeyValueHeads} key-value heads do not divide`);
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) throw refused(where, `a head of ${headDim} dimensions, which must be even for RoPE`);
}

/** Ids of the tokens that end a response, as config.json and generation_config.json give them: none, one or several. */
export function eosTokenIdsOf(json: unknown, where: string): number[] {
  const parsed = z.looseObject({ eos_token_id: tokenIds }).safeParse(json);
  if (!parsed.success) throw brokenFile("broken-config", where, "eos_token_id is neither an id nor a list of ids.");
  return [parsed.data.eos_token_id ?? []].flat();
}

export interface ConfigExtras {
  eosTokenIds: readonly number[];
  bosTokenId: number | null;
  dtype: FloatType;
}

/** config.json as transformers 4 and 5 both read it. */
export function configJson(config: ModelConfig, { eosTokenIds, bosTokenId, dtype }: ConfigExtras): Record<string, unknown> {
  return {
    architectures: [classNames.find((name) => architectures[name] === config.architecture)],
    model_type: config.architecture,
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.numHiddenLayers,
    num_attention_heads: config.numAttentionHeads,
    num_key_value_heads: config.numKeyValueHeads,
    head_dim: config.headDim,
    hidden_act: "silu",
    rms_norm_eps: config.rmsNormEps,
    max_position_embeddings: config.maxPositionEmbeddings,
    rope_theta: config.ropeTheta,
    rope_scaling: config.ropeScaling && ropeScalingJson(config.ropeScaling),
    tie_word_embeddings: config.tieWordEmbeddings,
    ...(config.architecture !== "qwen2" && { attention_bias: false }),
    bos_token_id: bosTokenId,
    eos_token_id: eosTokenIds.length === 1 ? eosTokenIds[0] : eosTokenIds.length ? eosTokenIds : null,
    torch_dtype: { F32: "float32", F16: "float16", BF16: "bfloat16" }[dtype],
  };
}

function architectureOf({ architectures: named, model_type: type }: ConfigFile, where: string): ModelConfig["architecture"] {
  const className = named?.length ? named.join(", ") : null;
  const found =
    className === null ? classNames.find((name) => architectures[name] === type) : classNames.find((name) => name === className);
  if (!found)
    throw refused(where, `the architecture ${(className ?? type ?? "(none named)").slice(0, 120)}; read are ${classNames.join(", ")}`);
  if (type && type !== architectures[found]) throw refused(where, `the architecture ${found} with model_type ${type.slice(0, 120)}`);
  return architectures[found];
}

/** From `rope_scaling` beside `rope_theta`, or transformers 5's `rope_parameters` that holds both; the first wins, as there. */
function ropeOf(file: ConfigFile, where: string): Pick<ModelConfig, "ropeTheta" | "ropeScaling"> {
  const scaling = file.rope_scaling ?? {};
  const given = Object.keys(scaling).length ? scaling : (file.rope_parameters ?? {});
  if (Object.values(given).some((value) => typeof value === "object" && value !== null && !Array.isArray(value)))
    throw refused(where, "rope_parameters that differ by layer");
  if ((given.partial_rotary_factor ?? 1) !== 1)
    throw refused(where, `partial_rotary_factor = ${JSON.stringify(given.partial_rotary_factor).slice(0, 60)}`);
  const theta = z
    .number()
    .positive()
    .safeParse(given.rope_theta ?? file.rope_theta ?? 10_000);
  if (!theta.success) throw brokenFile("broken-config", where, "rope_theta is not a positive number.");
  return { ropeTheta: theta.data, ropeScaling: ropeScalingOf(given, file, where) };
}

function ropeScalingOf(given: Record<string, unknown>, file: ConfigFile, where: string): RopeScaling | null {
  const type = given.rope_type ?? given.type ?? "default";
  if (type === "default") return null;
  const original = file.original_max_position_embeddings ?? given.original_max_position_embeddings ?? file.max_position_embeddings;
  const parsed = ropeScaling.safeParse({
    type,
    factor: given.factor ?? (type === "yarn" ? file.max_position_embeddings / Number(original) : undefined),
    lowFreqFactor: given.low_freq_factor,
    highFreqFactor: given.high_freq_factor,
    originalMaxPositionEmbeddings: original,
    betaFast: given.beta_fast || undefined,
    betaSlow: given.beta_slow || undefined,
    attentionFactor: given.attention_factor ?? yarnAttentionFactor(given),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue.path[0] === "type")
      throw refused(where, `RoPE scaling of type ${JSON.stringify(type).slice(0, 60)}; read are default, linear, llama3 and yarn`);
    throw brokenFile("broken-config", where, `RoPE scaling ${String(type).slice(0, 60)}, ${issue.path.join(".")}: ${issue.message}.`);
  }
  if (parsed.data.type === "llama3" && parsed.data.highFreqFactor <= parsed.data.lowFreqFactor)
    throw brokenFile("broken-config", where, "RoPE scaling llama3: high_freq_factor must exceed low_freq_factor.");
  if (parsed.data.type === "yarn" && given.truncate === false) throw refused(where, "RoPE scaling yarn with truncate = false");
  return parsed.data;
}

/** DeepSeek's form of YaRN's attention factor, a ratio of two; null where it is the paper's, 0.1 ln(factor) + 1. */
function yarnAttentionFactor({ mscale, mscale_all_dim: allDim, factor }: Record<string, unknown>): number | null {
  if (!mscale || !allDim) return null;
  const scale = (weight: unknown) => 0.1 * Number(weight) * Math.log(Number(factor)) + 1;
  return scale(mscale) / scale(allDim);
}

function ropeScalingJson(scaling: RopeScaling): Record<string, unknown> {
  const { type: rope_type, factor } = scaling;
  if (scaling.type === "linear") return { rope_type, factor };
  const original_max_position_embeddings = scaling.originalMaxPositionEmbeddings;
  if (scaling.type === "llama3")
    return {
      rope_type,
      factor,
      original_max_position_embeddings,
      low_freq_factor: scaling.lowFreqFactor,
      high_freq_factor: scaling.highFreqFactor,
    };
  return {
    rope_type,
    factor,
    original_max_position_embeddings,
    beta_fast: scaling.betaFast,
    beta_slow: scaling.betaSlow,
    ...(scaling.attentionFactor !== null && { attention_factor: scaling.attentionFactor }),
  };
}

function refused(where: string, what: string): HeadstartError {
  return unsupported(where, `The model has ${what}: this is not supported.`, "Use a checkpoint of a plain Llama, Qwen2 or Qwen3 model.");
}
