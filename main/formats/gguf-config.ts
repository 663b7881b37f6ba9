// A GGUF file's metadata → ModelConfig. As with config.json, what would change what the model computes and is not done here is
// refused by its name; so every key of the architecture is one that is known.
import { z } from "zod";
import { type ModelConfig, modelConfig, type RopeScaling, ropeScaling } from "../contract/recipe.ts";
import { brokenFile, unsupported } from "./format-errors.ts";
import { type GgufMetadata, shownValue } from "./gguf-header.ts";
import { checkHeads } from "./hf-config.ts";

const architectures: readonly string[] = modelConfig.shape.architecture.unwrap().options;
const size = (max: number) => z.number().int().positive().max(max);

/** Keys below the architecture's name, llama.cpp's LLM, Attention and Rope. */
const keys = z.object({
  block_count: size(1024),
  context_length: size(1 << 28),
  embedding_length: size(1 << 20),
  feed_forward_length: size(1 << 22),
  vocab_size: size(1 << 24).optional(),
  "attention.head_count": size(4096),
  "attention.head_count_kv": size(4096).optional(),
  "attention.key_length": size(1 << 14).optional(),
  "attention.value_length": size(1 << 14).optional(),
  "attention.layer_norm_rms_epsilon": z.number().positive(),
  "rope.freq_base": z.number().positive().default(10_000),
  "rope.dimension_count": size(1 << 14).optional(),
  "rope.scale_linear": z.number().min(1).optional(),
  "rope.scaling.type": z.string().default("none"),
  "rope.scaling.factor": z.number().min(1).optional(),
  "rope.scaling.original_context_length": size(1 << 28).optional(),
  "rope.scaling.yarn_beta_fast": z.number().positive().default(32),
  "rope.scaling.yarn_beta_slow": z.number().positive().default(1),
});
type Keys = z.infer<typeof keys>;
/** They say something of the file or of its training, and nothing of what the model computes. */
const silent = ["rope.scaling.finetuned", "tensor_data_layout"];

/**
 * The config, of a file whose embedding has `vocabSize` rows. `ropeFactors`: the tensor rope_freqs.weight [headDim / 2] that
 * each frequency of RoPE is divided by, where the file has one.
 */
export function ggufConfig(
  metadata: GgufMetadata,
  file: { where: string; vocabSize: number; tied: boolean; ropeFactors: Float32Array | null },
): ModelConfig {
  const { where } = file;
  const architecture = metadata.get("general.architecture");
  if (typeof architecture !== "string" || !architectures.includes(architecture))
    throw unsupported(
      where,
      `The GGUF file holds the architecture ${architecture === undefined ? "(none)" : shownValue(architecture)}; read are ${architectures.join(", ")}.`,
      "Use a Llama, Qwen2 or Qwen3 model.",
    );
  const found = architectureKeys(metadata, architecture, where);
  const heads = found["attention.head_count"];
  const headDim = found["attention.key_length"] ?? found.embedding_length / heads;
  for (const key of ["attention.value_length", "rope.dimension_count"] as const)
    if ((found[key] ?? headDim) !== headDim)
      throw unsupported(
        where,
        `The model has ${key} = ${found[key]} with heads of ${headDim} dimensions: this is not supported.`,
        "Use a model whose heads are whole.",
      );
  const ropeTheta = shortest(found["rope.freq_base"]);
  const config: ModelConfig = {
    architecture: architecture as ModelConfig["architecture"],
    vocabSize: file.vocabSize,
    hiddenSize: found.embedding_length,
    intermediateSize: found.feed_forward_length,
    numHiddenLayers: found.block_count,
    numAttentionHeads: heads,
    numKeyValueHeads: found["attention.head_count_kv"] ?? heads,
    headDim,
    ropeTheta,
    ropeScaling: scalingOf(found, where),
    rmsNormEps: shortest(found["attention.layer_norm_rms_epsilon"]),
    tieWordEmbeddings: file.tied,
    maxPositionEmbeddings: found.context_length,
  };
  checkHeads(config, where);
  if (!file.ropeFactors) return config;
  if (config.ropeScaling)
    throw unsupported(
      where,
      "The model has rope_freqs.weight beside another scaling of RoPE: this is not supported.",
      "Use another file of the model.",
    );
  return { ...config, ropeScaling: llama3Scaling(file.ropeFactors, config, where) };
}

function architectureKeys(metadata: GgufMetadata, architecture: string, where: string): Keys {
  const own = [...metadata]
    .filter(([key]) => key.startsWith(`${architecture}.`))
    .map(([key, value]) => [key.slice(architecture.length + 1), value] as const);
  const unknown = own.find(([key, value]) => !(key in keys.shape) && !silent.includes(key) && value !== 0 && value !== false);
  if (unknown)
    throw unsupported(
      where,
      `The model has ${architecture}.${unknown[0]} = ${shownValue(unknown[1])}, which is not known here.`,
      "Use a file of a plain Llama, Qwen2 or Qwen3 model.",
    );
  const parsed = keys.safeParse(Object.fromEntries(own));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw brokenFile("broken-gguf", where, `${architecture}.${issue.path.join(".")}: ${issue.message}.`);
}

function scalingOf(found: Keys, where: string): RopeScaling | null {
  const type = found["rope.scale_linear"] ? "linear" : found["rope.scaling.type"];
  if (type === "none") return null;
  const parsed = ropeScaling.safeParse({
    type: type === "llama3" ? "none" : type, // GGUF has no such type: Llama 3's scaling is the tensor rope_freqs.weight
    factor: shortest(found["rope.scale_linear"] ?? found["rope.scaling.factor"] ?? Number.NaN),
    originalMaxPositionEmbeddings: found["rope.scaling.original_context_length"] ?? found.context_length,
    betaFast: shortest(found["rope.scaling.yarn_beta_fast"]),
    betaSlow: shortest(found["rope.scaling.yarn_beta_slow"]),
  });
  if (!parsed.success)
    throw unsupported(
      where,
      `The model scales RoPE by ${type.slice(0, 60)}, ${parsed.error.issues[0].message}; read are linear and yarn.`,
      "Use another file of the model.",
    );
  return parsed.data;
}

/** The settings of Llama 3's scaling (there low_freq_factor is 1 and high_freq_factor 4) that give these factors; else refused. */
function llama3Scaling(factors: Float32Array, { headDim, ropeTheta }: ModelConfig, where: string): RopeScaling | null {
  if (factors.every((factor) => factor === 1)) return null;
  const wavelengths = Array.from(factors, (_, i) => 2 * Math.PI * ropeTheta ** ((2 * i) / headDim));
  const factor = Math.max(...factors);
  const between = factors.findIndex((each) => each > 1.001 && each < factor * 0.999);
  // From 1/f = (1 - s)/factor + s with s = (original/wavelength - 1)/(4 - 1). Without a frequency between the ends any length
  // that keeps the frequencies of factor 1 gives these factors.
  const smooth = (1 / factors[between] - 1 / factor) / (1 - 1 / factor);
  const kept = Math.max(0.25, ...wavelengths.filter((_, i) => factors[i] === 1));
  const original = between === -1 ? 2 ** Math.floor(Math.log2(4 * kept) + 1) : Math.round(wavelengths[between] * (3 * smooth + 1));
  const scaling = {
    type: "llama3",
    factor: shortest(factor),
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalMaxPositionEmbeddings: original,
  } as const;
  const expected = llama3Factors(scaling, headDim, ropeTheta);
  if (factors.length !== headDim / 2 || factors.some((each, i) => !(Math.abs(each / expected[i] - 1) < 1e-4)))
    throw unsupported(where, "The tensor rope_freqs.weight scales RoPE in a way that is not Llama 3's.", "Use another file of the model.");
  return scaling;
}

/** What each of the headDim / 2 frequencies of RoPE is divided by, as convert_hf_to_gguf.py writes it. */
export function llama3Factors(scaling: Extract<RopeScaling, { type: "llama3" }>, headDim: number, theta: number): Float32Array {
  const { factor, lowFreqFactor: low, highFreqFactor: high, originalMaxPositionEmbeddings: original } = scaling;
  return Float32Array.from({ length: headDim / 2 }, (_, i) => {
    const turns = original / (2 * Math.PI * theta ** ((2 * i) / headDim)); // of this frequency over the original length
    if (turns > high) return 1;
    if (turns < low) return factor;
    const smooth = (turns - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

/** The shortest decimal that is the same float32: 1e-5 rather than 0.000009999999747378752. */
function shortest(value: number): number {
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}
