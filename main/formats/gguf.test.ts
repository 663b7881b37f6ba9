import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parameterShapes } from "../contract/parameter-shapes.ts";
import { ggmlTypes } from "./ggml-types.ts";
import { openGguf } from "./gguf.ts";
import { ggufConfig, llama3Factors } from "./gguf-config.ts";
import type { GgufValue } from "./gguf-header.ts";
import { openHfFolder } from "./hf-checkpoint.ts";
import blocks from "./reference/ggml-blocks.json" with { type: "json" };

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const written = (name: string) => here(`reference/${name}.gguf`);
const saved = (name: string) => here(`../engine/reference/checkpoints/${name}`);
const names = ["tiny-llama", "tiny-qwen2", "tiny-qwen3"];

describe("blocks", () => {
  const types = [...ggmlTypes.values()];
  it.each(types.map((type) => [type.name, type] as const))("%s are decoded bit for bit as the Python package does", (name, type) => {
    const reference = blocks[name as keyof typeof blocks];
    const bytes = Uint8Array.from(Buffer.from(reference.blocks, "base64"));
    const expected = new Float32Array(Uint8Array.from(Buffer.from(reference.values, "base64")).buffer);
    const values = new Float32Array((bytes.length / type.blockBytes) * type.blockValues);
    type.decode(bytes, values);
    expect(values.length).toBeGreaterThanOrEqual(96);
    expect(values).toEqual(expected);
  });
});

describe("a file that the Python package wrote", () => {
  it.each(names)("%s has the config and the values of the checkpoint it was made from", (name) => {
    const gguf = openGguf(written(name));
    const source = openHfFolder(saved(name));
    expect(gguf.config).toEqual(source.config);
    expect(gguf.names().sort()).toEqual(source.weights.names().sort());
    for (const { name: tensor, shape } of parameterShapes(source.config)) {
      expect(gguf.shape(tensor)).toEqual(shape);
      const [read, exact] = [gguf.read(tensor), source.weights.read(tensor)];
      const largest = exact.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      const steps = { F32: 0, F16: 2 ** -11, BF16: 2 ** -8, Q8_0: 1 / 127, Q4_1: 1 / 7 }[gguf.dtype(tensor)]!;
      for (let i = 0; i < exact.length; i++)
        if (!(Math.abs(read[i] - exact[i]) <= steps * largest)) expect.fail(`${tensor}[${i}]: ${read[i]}, ${exact[i]}`);
    }
    gguf.close();
    source.weights.close();
  });

  it("has the tokenizer's metadata", () => {
    const gguf = openGguf(written("tiny-llama"));
    const tokenizer = gguf.tokenizer!;
    gguf.close();
    const json = JSON.parse(readFileSync(join(saved("tiny-llama"), "tokenizer.json"), "utf8"));
    expect(tokenizer.tokens).toHaveLength(288);
    expect(tokenizer.tokens.slice(0, 3)).toEqual(["<|endoftext|>", "<|im_start|>", "<|im_end|>"]);
    expect([...tokenizer.tokenTypes!].filter((type) => type !== 1)).toEqual([3, 3, 3, 4, 4]);
    expect(tokenizer.merges).toEqual(json.model.merges.map((pair: string[]) => pair.join(" ")));
    expect(tokenizer).toMatchObject({
      model: "gpt2",
      pre: "llama-bpe",
      scores: null,
      bosTokenId: null,
      eosTokenId: 2,
      padTokenId: 0,
      addBosToken: false,
      addSpacePrefix: null,
      chatTemplate: readFileSync(join(saved("tiny-llama"), "chat_template.jinja"), "utf8"),
    });
    expect(gguf.eosTokenIds).toEqual([2]);
  });
});

describe("RoPE's scaling", () => {
  const config = (keys: Record<string, GgufValue>, ropeFactors: Float32Array | null = null) => {
    const sizes = { block_count: 1, context_length: 131_072, embedding_length: 256, feed_forward_length: 64, "attention.head_count": 4 };
    const own = Object.entries({ ...sizes, "attention.layer_norm_rms_epsilon": Math.fround(1e-5), ...keys });
    const metadata = new Map<string, GgufValue>([
      ["general.architecture", "llama"],
      ...own.map(([key, value]) => [`llama.${key}`, value] as const),
    ]);
    return ggufConfig(metadata, { where: "file", vocabSize: 10, tied: true, ropeFactors });
  };

  it.each([
    [8, 8192, 5e5, 128], // Llama 3.1
    [32, 8192, 5e5, 64], // Llama 3.2
    [4, 2048, 1e4, 64],
    [4, 32, 1e4, 8], // no frequency between the ends
  ])("of Llama 3 by %d past %d tokens is known by its factors", (factor, original, theta, headDim) => {
    const scaling = { type: "llama3", factor, lowFreqFactor: 1, highFreqFactor: 4, originalMaxPositionEmbeddings: original } as const;
    const factors = llama3Factors(scaling, headDim, theta);
    const found = config({ "rope.freq_base": theta, embedding_length: 4 * headDim }, factors).ropeScaling;
    expect(found).toEqual(scaling);
  });

  it("by factors that are not Llama 3's is refused", () => {
    const factors = (at: (i: number) => number) => Float32Array.from({ length: 32 }, (_, i) => at(i));
    for (const wrong of [factors((i) => 1 + i), factors(() => Number.NaN), factors((i) => (i % 2 ? 1 : 8)), Float32Array.of(1, 8)])
      expect(() => config({}, wrong)).toThrow(/rope_freqs.weight/);
    expect(
      config(
        {},
        factors(() => 1),
      ).ropeScaling,
    ).toBeNull();
  });

  it("is read from its keys", () => {
    expect(config({ "rope.scale_linear": 4 }).ropeScaling).toEqual({ type: "linear", factor: 4 });
    expect(
      config({ "rope.scaling.type": "yarn", "rope.scaling.factor": 4, "rope.scaling.original_context_length": 32_768 }).ropeScaling,
    ).toEqual({
      type: "yarn",
      factor: 4,
      originalMaxPositionEmbeddings: 32_768,
      betaFast: 32,
      betaSlow: 1,
      attentionFactor: null,
    });
    expect(() => config({ "rope.scaling.type": "yarn" })).toThrow(/RoPE by yarn/);
    expect(() => config({ "rope.scaling.attn_factor": 2 })).toThrow(/llama.rope.scaling.attn_factor = 2/);
    expect(() => config({ "rope.dimension_count": 32 })).toThrow(/rope.dimension_count = 32 with heads of 64/);
  });
});

describe("a file that is not whole, or not what is read", () => {
  const folder = mkdtempSync(join(tmpdir(), "headstart-gguf-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "model.gguf");
  const original = readFileSync(written("tiny-qwen3"));
  /** Where the bytes just past a text lie. */
  const past = (bytes: Buffer, text: string) => bytes.indexOf(text) + text.length;
  const opening = (change: (bytes: Buffer) => Buffer | undefined) => {
    const bytes = Buffer.from(original);
    writeFileSync(path, change(bytes) ?? bytes);
    return () => openGguf(path).close();
  };
  const refusal = (message: RegExp) => expect.objectContaining({ name: "HeadstartError", message: expect.stringMatching(message) });

  it("is cut at any place", () => {
    for (let length = 0; length < original.length; length += length < 600 ? 1 : 997)
      expect(
        opening((bytes) => bytes.subarray(0, length)),
        `${length} bytes`,
      ).toThrow(refusal(/./));
    expect(opening((bytes) => bytes.subarray(0, bytes.length - 1))).toThrow(refusal(/Tensor .* does not fit/));
  });

  const u64 = (at: (bytes: Buffer) => number, value: bigint) => (bytes: Buffer) => void bytes.writeBigUInt64LE(value, at(bytes));
  const u32 = (at: (bytes: Buffer) => number, value: number) => (bytes: Buffer) => void bytes.writeUInt32LE(value, at(bytes));
  const rename = (from: string, to: string) => (bytes: Buffer) => void bytes.write(to, bytes.indexOf(from), "latin1");
  const norm = "blk.0.attn_norm.weight";
  it.each<[string, (bytes: Buffer) => void, RegExp]>([
    ["of another format", u32(() => 0, 1), /does not begin as a GGUF file/],
    ["of version 1", u32(() => 4, 1), /has version 1/],
    ["big-endian", u32(() => 4, 3 << 24), /big-endian/],
    ["with 2^60 tensors", u64(() => 8, 1n << 60n), /claims 1152921504606846976 as the number of tensors \(byte 8\)/],
    ["with a million metadata entries", u64(() => 16, 1_000_000n), /claims 1000000 metadata entries \(byte 16\)/],
    ["with a key of 2^40 bytes", u64(() => 24, 1n << 40n), /claims 1099511627776 bytes of a metadata key/],
    [
      "with 2^32 tokens",
      u64((bytes) => past(bytes, "tokenizer.ggml.tokens") + 8, 1n << 32n),
      /claims 4294967296 strings of tokenizer.ggml.tokens/,
    ],
    ["with an array of arrays", u32((bytes) => past(bytes, "tokenizer.ggml.tokens") + 4, 9), /tokenizer.ggml.tokens is an array of arrays/],
    ["with a value of unknown type", u32((bytes) => past(bytes, "qwen3.block_count"), 99), /block_count has a value of type 99/],
    ["with a key twice", rename("qwen3.attention.value_length", "qwen3.attention.key_length\0\0"), /./],
    ["of another architecture", rename("qwen3", "phi-3"), /architecture phi-3/],
    ["of an unknown scaling", rename("yarn", "long"), /scales RoPE by long/],
    ["with a billion layers", u32((bytes) => past(bytes, "qwen3.block_count") + 4, 1e9), /qwen3.block_count/],
    ["with one more layer", u32((bytes) => past(bytes, "qwen3.block_count") + 4, 3), /model.layers.2.input_layernorm.weight .* missing/],
    ["with a tensor of five dimensions", u32((bytes) => past(bytes, norm), 5), /blk.0.attn_norm.weight has 5 dimensions/],
    ["with a tensor of 2^60 values", u64((bytes) => past(bytes, norm) + 4, 1n << 60n), /a dimension of tensor blk.0.attn_norm.weight/],
    [
      "with a tensor larger than the file",
      u64((bytes) => past(bytes, norm) + 4, 1n << 30n),
      /blk.0.attn_norm.weight \(1073741824, F32\) at offset \d+ does not fit/,
    ],
    ["with a quantisation that is not read", u32((bytes) => past(bytes, norm) + 12, 23), /blk.0.attn_norm.weight is quantised as IQ4_XS/],
    [
      "with rows that are not whole blocks",
      u32((bytes) => past(bytes, norm) + 12, 12),
      /blk.0.attn_norm.weight \(32, Q4_K\) .* does not fit/,
    ],
    ["with an offset that is not aligned", u64((bytes) => past(bytes, norm) + 16, 4n), /does not fit/],
    ["with overlapping tensors", u64((bytes) => past(bytes, norm) + 16, 0n), /Tensors .* overlap at offset 0/],
    ["with a tensor of no known place", rename("blk.1.ffn_up.weight", "blk.1.ffn_xp.weight"), /blk.1.ffn_xp.weight has no place/],
    ["with an end token that is none", u32((bytes) => past(bytes, "tokenizer.ggml.eos_token_id") + 4, 288), /eos_token_id = 288 of 288/],
    ["with a key that is not known", rename("qwen3.vocab_size", "qwen3.logit_cap"), /qwen3.logit_cap/],
  ])("%s is refused by name", (_, change, message) => {
    expect(opening((bytes) => change(bytes) as undefined)).toThrow(refusal(message));
  });
});
