import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { parameterShapes } from "../contract/parameter-shapes.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import { openHfFolder, writeHfFolder } from "./hf-checkpoint.ts";
import { configJson, modelConfigOf } from "./hf-config.ts";

/** Saved by transformers (make_checkpoints.py). */
const saved = fileURLToPath(new URL("../engine/reference/checkpoints", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "headstart-hf-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shared = { vocabSize: 288, hiddenSize: 32, intermediateSize: 48, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 };
const expected: Record<string, ModelConfig> = {
  "tiny-llama": {
    ...shared,
    architecture: "llama",
    headDim: 8,
    ropeTheta: 10_000,
    ropeScaling: { type: "llama3", factor: 4, lowFreqFactor: 1, highFreqFactor: 4, originalMaxPositionEmbeddings: 128 },
    rmsNormEps: 1e-5,
    tieWordEmbeddings: false,
    maxPositionEmbeddings: 512,
  },
  "tiny-qwen2": {
    ...shared,
    architecture: "qwen2",
    headDim: 8,
    ropeTheta: 1_000_000,
    ropeScaling: null,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: true,
    maxPositionEmbeddings: 128,
  },
  "tiny-qwen3": {
    ...shared,
    architecture: "qwen3",
    headDim: 12,
    ropeTheta: 1_000_000,
    ropeScaling: { type: "yarn", factor: 4, originalMaxPositionEmbeddings: 32, betaFast: 32, betaSlow: 1, attentionFactor: null },
    rmsNormEps: 1e-6,
    tieWordEmbeddings: true,
    maxPositionEmbeddings: 128,
  },
};

describe("a folder that transformers saved", () => {
  it.each(Object.keys(expected))("%s opens with its config and every tensor", (name) => {
    const { config, weights, eosTokenIds } = openHfFolder(join(saved, name));
    expect(config).toEqual(expected[name]);
    expect(eosTokenIds).toEqual([2, 0]);
    for (const { name: tensor, shape } of parameterShapes(config)) {
      const values = weights.read(tensor);
      expect(values.length).toBe(shape.reduce((a, b) => a * b));
      expect(values.every(Number.isFinite) && values.some((value) => value !== 0)).toBe(true);
    }
    weights.close();
  });

  it("names its files, and how it is sampled from", () => {
    const { weights, files, sampling } = openHfFolder(join(saved, "tiny-qwen2"));
    weights.close();
    expect(sampling).toEqual({ temperature: 0.7, topP: 0.8 });
    expect(files).toEqual({
      weights: ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
      beside: ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"],
    });
  });

  it.each(Object.keys(expected))("%s is written again with the same config and values", (name) => {
    const source = openHfFolder(join(saved, name));
    const extras = { eosTokenIds: source.eosTokenIds, bosTokenId: null, dtype: "F32", sampling: source.sampling } as const;
    rmSync(folder, { recursive: true, force: true });
    writeHfFolder(folder, source.config, (tensor) => source.weights.read(tensor), extras);
    const copy = openHfFolder(folder);
    expect(copy.config).toEqual(source.config);
    expect(copy.eosTokenIds).toEqual(source.eosTokenIds);
    expect(copy.sampling).toEqual(source.sampling);
    for (const { name: tensor } of parameterShapes(source.config)) expect(copy.weights.read(tensor)).toEqual(source.weights.read(tensor));
    source.weights.close();
    copy.weights.close();
  });
});

describe("a folder that is not whole", () => {
  const change = (file: string, edit: (json: Record<string, unknown>) => void) => {
    const json = JSON.parse(readFileSync(join(folder, file), "utf8"));
    edit(json);
    writeFileSync(join(folder, file), JSON.stringify(json));
  };
  const refusal = (message: RegExp) => expect.objectContaining({ name: "HeadstartError", message: expect.stringMatching(message) });
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(saved, "tiny-qwen2"), folder, { recursive: true });
  });

  it("misses a shard", () => {
    rmSync(join(folder, "model-00002-of-00002.safetensors"));
    expect(() => openHfFolder(folder)).toThrow(refusal(/cannot be opened/));
  });

  it.each(["../model.safetensors", "/etc/model.safetensors", "a/b.safetensors", "model.bin"])("names the shard %s", (shard) => {
    change("model.safetensors.index.json", (json) => Object.assign(json.weight_map as object, { "model.norm.weight": shard }));
    expect(() => openHfFolder(folder)).toThrow(refusal(/not a safetensors file of this folder/));
  });

  it("lacks a tensor, or has one of another shape, or one too many", () => {
    change("config.json", (json) => Object.assign(json, { num_hidden_layers: 3, layer_types: null }));
    expect(() => openHfFolder(folder)).toThrow(refusal(/model.layers.2.input_layernorm.weight \(32\).* missing/));
    change("config.json", (json) => Object.assign(json, { num_hidden_layers: 2, intermediate_size: 64 }));
    expect(() => openHfFolder(folder)).toThrow(refusal(/gate_proj.weight is 48×32 where the config asks for 64×32/));
    change("config.json", (json) => Object.assign(json, { intermediate_size: 48, num_hidden_layers: 1 }));
    expect(() => openHfFolder(folder)).toThrow(refusal(/model.layers.1.* has no place/));
  });

  it("has pickled weights only, or is an adapter", () => {
    rmSync(join(folder, "model.safetensors.index.json"));
    expect(() => openHfFolder(folder)).toThrow(refusal(/neither model.safetensors nor/));
    rmSync(join(folder, "config.json"));
    expect(() => openHfFolder(folder)).toThrow(refusal(/no config.json/));
    writeFileSync(join(folder, "adapter_config.json"), "{}");
    expect(() => openHfFolder(folder)).toThrow(refusal(/LoRA adapter/));
  });

  it("ties a head that it keeps with values of its own: then it is not tied", () => {
    const { config, weights } = openHfFolder(join(saved, "tiny-llama"));
    const extras = { eosTokenIds: [], bosTokenId: null, dtype: "F32" } as const;
    const tie = () => change("config.json", (json) => Object.assign(json, { tie_word_embeddings: true }));
    rmSync(folder, { recursive: true, force: true });
    writeHfFolder(folder, config, (name) => weights.read(name), extras);
    tie();
    const untied = openHfFolder(folder);
    expect(untied.config.tieWordEmbeddings).toBe(false);
    untied.weights.close();
    writeHfFolder(folder, config, (name) => weights.read(name.replace("lm_head", "model.embed_tokens")), extras);
    tie();
    const tied = openHfFolder(folder);
    expect(tied.config.tieWordEmbeddings).toBe(true);
    tied.weights.close();
    weights.close();
  });
});

describe("config.json", () => {
  const plain: Record<string, unknown> = {
    ...configJson(expected["tiny-llama"], { eosTokenIds: [], bosTokenId: null, dtype: "F32" }),
    rope_scaling: null,
  };
  const read = (changes: object) => modelConfigOf({ ...plain, ...changes }, "config.json");

  it("fills in what transformers fills in", () => {
    expect(read({ head_dim: null, num_key_value_heads: null, rope_theta: null, tie_word_embeddings: undefined })).toMatchObject({
      headDim: 8,
      numKeyValueHeads: 4,
      ropeTheta: 10_000,
      tieWordEmbeddings: false,
    });
    expect(read({ architectures: ["Qwen3ForCausalLM"], model_type: "qwen3", head_dim: null }).headDim).toBe(128);
    expect(read({ architectures: null, model_type: "qwen2" }).architecture).toBe("qwen2");
  });

  it("reads RoPE in both its forms; rope_scaling wins", () => {
    const llama3 = { factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };
    const scaling = { type: "llama3", factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalMaxPositionEmbeddings: 8192 };
    const old = read({ rope_theta: 5e5, rope_scaling: { rope_type: "llama3", ...llama3 } });
    expect(old).toMatchObject({ ropeTheta: 5e5, ropeScaling: scaling });
    expect(read({ rope_theta: undefined, rope_parameters: { rope_type: "llama3", rope_theta: 5e5, ...llama3 } })).toEqual(old);
    expect(read({ rope_scaling: { type: "linear", factor: 2 }, rope_parameters: { rope_type: "yarn" } }).ropeScaling).toEqual({
      type: "linear",
      factor: 2,
    });
  });

  it("reads YaRN's defaults, and DeepSeek's form of its attention factor", () => {
    expect(read({ rope_scaling: { type: "yarn", factor: 4 } }).ropeScaling).toEqual({
      type: "yarn",
      factor: 4,
      originalMaxPositionEmbeddings: 512,
      betaFast: 32,
      betaSlow: 1,
      attentionFactor: null,
    });
    const { ropeScaling } = read({ rope_scaling: { type: "yarn", factor: Math.E, mscale: 2, mscale_all_dim: 1 } });
    expect(ropeScaling).toMatchObject({ attentionFactor: 1.2 / 1.1 });
  });

  it.each<[object, RegExp]>([
    [{ architectures: ["MistralForCausalLM"] }, /MistralForCausalLM/],
    [{ architectures: ["Qwen2MoeForCausalLM"], model_type: "qwen2_moe" }, /Qwen2MoeForCausalLM/],
    [{ model_type: "mistral" }, /model_type mistral/],
    [{ attention_bias: true }, /attention_bias = true/],
    [{ mlp_bias: true }, /mlp_bias = true/],
    [{ hidden_act: "gelu" }, /hidden_act = "gelu"/],
    [{ quantization_config: { quant_method: "gptq" } }, /quantization_config.*gptq/],
    [{ partial_rotary_factor: 0.5 }, /partial_rotary_factor = 0.5/],
    [{ rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.25 } }, /partial_rotary_factor = 0.25/],
    [{ use_sliding_window: true, max_window_layers: 1 }, /use_sliding_window = true/],
    [{ layer_types: ["full_attention", "sliding_attention"] }, /layer_types/],
    [{ num_experts: 8 }, /num_experts = 8/],
    [{ rope_scaling: { type: "dynamic", factor: 2 } }, /type "dynamic"/],
    [{ rope_scaling: { rope_type: "longrope", short_factor: [], long_factor: [] } }, /type "longrope"/],
    [{ rope_scaling: { type: "yarn", factor: 2, truncate: false } }, /truncate = false/],
    [{ rope_scaling: { type: "linear", factor: 0.5 } }, /linear, factor/],
    [{ rope_scaling: { rope_type: "llama3", factor: 2 } }, /llama3, lowFreqFactor/],
    [{ rope_parameters: { full_attention: { rope_type: "default" } } }, /differ by layer/],
    [{ num_key_value_heads: 3 }, /4 attention heads that 3/],
    [{ head_dim: 7 }, /head of 7 dimensions/],
    [{ hidden_size: 30, head_dim: null }, /head of 7.5 dimensions/],
    [{ vocab_size: undefined }, /vocab_size/],
    [{ num_hidden_layers: 1e9 }, /num_hidden_layers/],
    [{ hidden_size: -1 }, /hidden_size/],
  ])("is refused by name with %j", (changes, message) => {
    expect(() => read(changes)).toThrow(expect.objectContaining({ name: "HeadstartError", message: expect.stringMatching(message) }));
  });

  it("is no object", () => {
    for (const json of [null, [], "x", 1]) expect(() => modelConfigOf(json, "config.json")).toThrow(/expected object/);
  });
});
