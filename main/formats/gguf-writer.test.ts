import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parameterShapes } from "../contract/parameter-shapes.ts";
import { appendTensor } from "./encode-values.ts";
import { narrowF16, widenF16 } from "./float-types.ts";
import { openGguf } from "./gguf.ts";
import { type GgufModel, writeGguf } from "./gguf-writer.ts";
import { openHfFolder } from "./hf-checkpoint.ts";
import blocks from "./reference/ggml-blocks.json" with { type: "json" };

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "headstart-gguf-writer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "model.gguf");
const names = ["tiny-llama", "tiny-qwen2", "tiny-qwen3"];

/** The model that transformers saved, with the tokenizer of the file that the Python package wrote of it. */
function model(name: string): GgufModel & { read: (name: string) => Float32Array; close: () => void } {
  const gguf = openGguf(here(`reference/${name}.gguf`));
  gguf.close();
  const { config, weights } = openHfFolder(here(`../engine/reference/checkpoints/${name}`));
  return { name, config, tokenizer: gguf.tokenizer!, read: (tensor) => weights.read(tensor), close: () => weights.close() };
}

describe("a GGUF file written", () => {
  it.each(names)("as F16 is read again with the config, tokenizer and values of %s", (name) => {
    const source = model(name);
    writeGguf(path, source, source.read, "F16");
    const gguf = openGguf(path);
    expect(gguf.config).toEqual(source.config);
    expect(gguf.tokenizer).toEqual(source.tokenizer);
    for (const { name: tensor, shape } of parameterShapes(source.config)) {
      const values = source.read(tensor);
      if (shape.length > 1) widenF16(narrowF16(values), values, 0);
      expect(gguf.read(tensor), tensor).toEqual(values);
      expect(gguf.dtype(tensor)).toBe(shape.length > 1 ? "F16" : "F32");
    }
    gguf.close();
    source.close();
  });

  it("as Q8_0 keeps rows that are no whole blocks as F16", () => {
    const source = model("tiny-llama");
    writeGguf(path, source, source.read, "Q8_0");
    const gguf = openGguf(path);
    for (const { name: tensor, shape } of parameterShapes(source.config)) {
      expect(gguf.dtype(tensor)).toBe(shape.length === 1 ? "F32" : shape[1] === 48 ? "F16" : "Q8_0");
      const [read, exact] = [gguf.read(tensor), source.read(tensor)];
      const largest = exact.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      expect(read.every((value, i) => Math.abs(value - exact[i]) <= largest / 250)).toBe(true);
    }
    gguf.close();
    source.close();
  });

  it("has Q8_0 blocks bit for bit as the Python package makes them", () => {
    const { source, blocks: expected } = blocks.Q8_0;
    const values = new Float32Array(Uint8Array.from(Buffer.from(source, "base64")).buffer);
    const written: Uint8Array[] = [];
    appendTensor((bytes) => written.push(bytes), { name: "x", shape: [values.length] }, values, "Q8_0");
    expect(Buffer.concat(written).toString("base64")).toBe(expected);
  });

  it("fills up the tokens to the rows of the embedding, and refuses more tokens than rows", () => {
    const source = model("tiny-qwen2");
    const fewer = {
      ...source.tokenizer,
      tokens: source.tokenizer.tokens.slice(0, 286),
      tokenTypes: source.tokenizer.tokenTypes!.slice(0, 286),
    };
    writeGguf(path, { ...source, tokenizer: fewer }, source.read, "F16");
    const gguf = openGguf(path);
    expect(gguf.tokenizer!.tokens.slice(284)).toEqual([...fewer.tokens.slice(284), "[PAD286]", "[PAD287]"]);
    expect([...gguf.tokenizer!.tokenTypes!.slice(284)]).toEqual([...fewer.tokenTypes.slice(284), 5, 5]);
    gguf.close();
    const more = { ...source.tokenizer, tokens: [...source.tokenizer.tokens, "more"] };
    expect(() => writeGguf(path, { ...source, tokenizer: more }, source.read, "F16")).toThrow(/289 tokens, the model's embedding 288 rows/);
    source.close();
  });

  it("carries linear scaling, and refuses a YaRN that llama.cpp has not", () => {
    const source = model("tiny-qwen3");
    const scaled = { ...source, config: { ...source.config, ropeScaling: { type: "linear", factor: 2.5 } as const } };
    writeGguf(path, scaled, source.read, "F16");
    const gguf = openGguf(path);
    expect(gguf.config.ropeScaling).toEqual(scaled.config.ropeScaling);
    gguf.close();
    const before = readFileSync(path);
    const { ropeScaling } = source.config;
    if (ropeScaling?.type !== "yarn") throw new Error("the tiny Qwen3 has YaRN");
    const own = { ...source, config: { ...source.config, ropeScaling: { ...ropeScaling, attentionFactor: 2 } } };
    expect(() => writeGguf(path, own, source.read, "F16")).toThrow(/attention factor/);
    expect(readFileSync(path)).toEqual(before);
    source.close();
  });
});
