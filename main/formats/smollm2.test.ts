// The real file: SmolLM2-135M-Instruct as Q4_1, every tensor bit for bit as transformers decodes it (make_smollm2_reference.py).
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openGguf } from "./gguf.ts";
import sums from "./reference/smollm2.json" with { type: "json" };

const path = process.env.HEADSTART_SMOLLM2;

describe.skipIf(!path)("SmolLM2-135M-Instruct (needs HEADSTART_SMOLLM2, the path of its GGUF file)", () => {
  it("has transformers' config and tensors", () => {
    const gguf = openGguf(path!);
    expect(gguf.config).toEqual({
      architecture: "llama",
      vocabSize: 49_152,
      hiddenSize: 576,
      intermediateSize: 1536,
      numHiddenLayers: 30,
      numAttentionHeads: 9,
      numKeyValueHeads: 3,
      headDim: 64,
      ropeTheta: 100_000,
      ropeScaling: null,
      rmsNormEps: 1e-5,
      tieWordEmbeddings: true,
      maxPositionEmbeddings: 8192,
    });
    const found = gguf.names().map((name) => [
      name,
      createHash("sha256")
        .update(new Uint8Array(gguf.read(name).buffer))
        .digest("hex")
        .slice(0, 16),
    ]);
    expect(Object.fromEntries(found)).toEqual(sums);
    gguf.close();
  }, 60_000);
});
