// Writes a model as a GGUF file that llama.cpp loads: matrices as F16 or Q8_0, norms and biases as F32, the tokenizer as
// metadata. The header follows from the shapes alone, so no more than one tensor is in memory.
import type { GgufTokenizerMetadata } from "../contract/gguf-tokenizer.ts";
import { type ParameterShape, parameterShapes } from "../contract/parameter-shapes.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import { appendTensor, type Encoding, encodedBytes } from "./encode-values.ts";
import { unsupported } from "./format-errors.ts";
import { llama3Factors } from "./gguf-config.ts";
import { ggufName, halvesToPairs, hasPairedRows } from "./gguf-names.ts";
import { type WrittenFile, writeAside } from "./write-aside.ts";

export interface GgufModel {
  name: string;
  config: ModelConfig;
  /** Its tokens are as many as the embedding has rows, or fewer: llama.cpp asks for as many, so unused ones fill up the list. */
  tokenizer: GgufTokenizerMetadata;
}

const alignment = 32;
/** ggml's ids, and llama.cpp's for a file of mostly this type. */
const typeIds: Record<Encoding, number> = { F32: 0, F16: 1, Q8_0: 8, BF16: 30 };
const fileTypes: Record<Encoding, number> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };

/**
 * `read` gives the values by Hugging Face's names. Matrices whose rows are no whole blocks of 32 are written as F16 in a Q8_0
 * file, as llama.cpp does.
 */
export function writeGguf(
  path: string,
  { name, config, tokenizer }: GgufModel,
  read: (name: string) => Float32Array,
  encoding: "F16" | "Q8_0",
): WrittenFile {
  const { architecture, headDim, ropeScaling } = config;
  const tensors = parameterShapes(config).map(
    (tensor): GgufOut => ({
      ...tensor,
      name: ggufName(tensor.name),
      encoding: tensor.shape.length === 1 ? "F32" : encoding === "Q8_0" && tensor.shape[1] % 32 !== 0 ? "F16" : encoding,
      values: () => {
        if (!hasPairedRows(tensor.name, architecture)) return read(tensor.name);
        const values = read(tensor.name).slice(); // the caller's stay as they are
        halvesToPairs(values, headDim, tensor.shape[1]);
        return values;
      },
    }),
  );
  if (ropeScaling?.type === "llama3")
    tensors.unshift({
      name: "rope_freqs.weight",
      shape: [headDim / 2],
      encoding: "F32",
      values: () => llama3Factors(ropeScaling, headDim, config.ropeTheta),
    });
  const metadata = [
    entry("general.architecture", text(architecture)),
    entry("general.type", text("model")),
    entry("general.name", text(name)),
    entry("general.file_type", u32(fileTypes[encoding])),
    entry("general.quantization_version", u32(2)),
    ...configEntries(config).map(([key, value]) => entry(`${architecture}.${key}`, value)),
    ...tokenizerEntries(tokenizer, config.vocabSize),
  ];
  let offset = 0;
  const infos = tensors.map(({ name, shape, encoding }) => {
    const at = offset;
    offset += padded(encodedBytes(shape, encoding));
    return Buffer.concat([
      bare.text(name),
      bare.u32(shape.length),
      ...[...shape].reverse().map(bare.u64),
      bare.u32(typeIds[encoding]),
      bare.u64(at),
    ]);
  });
  const header = Buffer.concat([
    Buffer.from("GGUF"),
    bare.u32(3),
    bare.u64(tensors.length),
    bare.u64(metadata.length),
    ...metadata,
    ...infos,
  ]);
  return writeAside(path, (append) => {
    append(header);
    append(new Uint8Array(padded(header.length) - header.length));
    for (const tensor of tensors) {
      appendTensor(append, tensor, tensor.values(), tensor.encoding);
      const bytes = encodedBytes(tensor.shape, tensor.encoding);
      append(new Uint8Array(padded(bytes) - bytes));
    }
  });
}

interface GgufOut extends ParameterShape {
  encoding: Encoding;
  values: () => Float32Array;
}

function configEntries(config: ModelConfig): [string, Buffer][] {
  return [
    ["block_count", u32(config.numHiddenLayers)],
    ["context_length", u32(config.maxPositionEmbeddings)],
    ["embedding_length", u32(config.hiddenSize)],
    ["feed_forward_length", u32(config.intermediateSize)],
    ["vocab_size", u32(config.vocabSize)],
    ["attention.head_count", u32(config.numAttentionHeads)],
    ["attention.head_count_kv", u32(config.numKeyValueHeads)],
    ["attention.key_length", u32(config.headDim)],
    ["attention.value_length", u32(config.headDim)],
    ["attention.layer_norm_rms_epsilon", f32(config.rmsNormEps)],
    ["rope.dimension_count", u32(config.headDim)],
    ["rope.freq_base", f32(config.ropeTheta)],
    ...scalingEntries(config),
  ];
}

function scalingEntries({ ropeScaling }: ModelConfig): [string, Buffer][] {
  if (!ropeScaling || ropeScaling.type === "llama3") return [];
  const type: [string, Buffer][] = [
    ["rope.scaling.type", text(ropeScaling.type)],
    ["rope.scaling.factor", f32(ropeScaling.factor)],
  ];
  if (ropeScaling.type === "linear") return type;
  if (ropeScaling.attentionFactor !== null)
    throw unsupported("config ropeScaling", "llama.cpp has no YaRN with an attention factor of its own.", "Export safetensors instead.");
  return [
    ...type,
    ["rope.scaling.original_context_length", u32(ropeScaling.originalMaxPositionEmbeddings)],
    ["rope.scaling.yarn_beta_fast", f32(ropeScaling.betaFast)],
    ["rope.scaling.yarn_beta_slow", f32(ropeScaling.betaSlow)],
  ];
}

const tokenTypes = { normal: 1, unused: 5 };

function tokenizerEntries(tokenizer: GgufTokenizerMetadata, vocabSize: number): Buffer[] {
  const { tokens } = tokenizer;
  if (tokens.length > vocabSize)
    throw unsupported(
      "tokenizer",
      `The tokenizer has ${tokens.length} tokens, the model's embedding ${vocabSize} rows.`,
      "Use the tokenizer that the model was trained with.",
    );
  const unused = Array.from({ length: vocabSize - tokens.length }, (_, i) => `[PAD${tokens.length + i}]`);
  const types = [...(tokenizer.tokenTypes ?? tokens.map(() => tokenTypes.normal)), ...unused.map(() => tokenTypes.unused)];
  const given: [string, Buffer | null][] = [
    ["ggml.model", text(tokenizer.model)],
    ["ggml.pre", tokenizer.pre === null ? null : text(tokenizer.pre)],
    ["ggml.tokens", texts([...tokens, ...unused])],
    ["ggml.scores", tokenizer.scores && numbers(6, Float32Array.from([...tokenizer.scores, ...unused.map(() => -1000)]))],
    ["ggml.token_type", numbers(5, Int32Array.from(types))],
    ["ggml.merges", tokenizer.merges && texts(tokenizer.merges)],
    ["ggml.bos_token_id", id(tokenizer.bosTokenId)],
    ["ggml.eos_token_id", id(tokenizer.eosTokenId)],
    ["ggml.eot_token_id", id(tokenizer.eotTokenId)],
    ["ggml.padding_token_id", id(tokenizer.padTokenId)],
    ["ggml.unknown_token_id", id(tokenizer.unknownTokenId)],
    ["ggml.add_bos_token", bool(tokenizer.addBosToken)],
    ["ggml.add_space_prefix", bool(tokenizer.addSpacePrefix)],
    ["chat_template", tokenizer.chatTemplate === null ? null : text(tokenizer.chatTemplate)],
  ];
  return given.flatMap(([key, value]) => (value ? [entry(`tokenizer.${key}`, value)] : []));
}

const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

/** Values as they lie in the file; metadata have their type before them. */
const bare = {
  u32: (value: number) => fixed(4, (bytes) => bytes.writeUInt32LE(value)),
  u64: (value: number) => fixed(8, (bytes) => bytes.writeBigUInt64LE(BigInt(value))),
  text: (value: string) => Buffer.concat([bare.u64(Buffer.byteLength(value)), Buffer.from(value)]),
};
const typed = (type: number, ...value: Buffer[]) => Buffer.concat([bare.u32(type), ...value]);
const u32 = (value: number) => typed(4, bare.u32(value));
const f32 = (value: number) =>
  typed(
    6,
    fixed(4, (bytes) => bytes.writeFloatLE(value)),
  );
const text = (value: string) => typed(8, bare.text(value));
const texts = (values: string[]) => typed(9, bare.u32(8), bare.u64(values.length), ...values.map(bare.text));
const id = (value: number | null) => (value === null ? null : u32(value));
const bool = (value: boolean | null) => (value === null ? null : typed(7, Buffer.of(Number(value))));
const entry = (key: string, value: Buffer) => Buffer.concat([bare.text(key), value]);

/** An array of type 5 (int32) or 6 (float32). */
function numbers(type: 5 | 6, values: Int32Array | Float32Array): Buffer {
  return typed(9, bare.u32(type), bare.u64(values.length), Buffer.from(values.buffer, values.byteOffset, values.byteLength));
}

function fixed(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
}
