import { expect, test } from "vitest";
import { modelConfig } from "../contract/recipe.ts";
import type { GenerateCase } from "./cases.ts";
import { leastSeconds } from "./roofline.ts";

// Small enough to count by hand: blocks 1 · (4·(4 + 2·2) + 4·4 + 3·4·8) = 144 weights, head 10·4 = 40.
const tiny: GenerateCase = {
  key: "tiny",
  label: "tiny",
  kind: "generate",
  model: modelConfig.parse({
    vocabSize: 10,
    hiddenSize: 4,
    intermediateSize: 8,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    numKeyValueHeads: 1,
    headDim: 2,
  }),
  promptLengths: [1, 3],
  newTokens: 2,
};

test("prompts count their operations; a step takes as long as the slower of operations and bytes", () => {
  // Prompts: 2·144·4 + 2·40·2 + 16·(1 + 6) = 1424 operations. The step: 2·184·2 + 16·6 = 832 operations, 4·(184 + 4·6) = 832 bytes.
  expect(leastSeconds(tiny, { gigaflops: 1e-9, gigabytes: 1 })).toBeCloseTo(1424 + 832, 6);
  expect(leastSeconds(tiny, { gigaflops: 1, gigabytes: 1e-9 })).toBeCloseTo(832, 3);
  expect(leastSeconds({ ...tiny, newTokens: 1 }, { gigaflops: 1e-9, gigabytes: 1e-9 })).toBeCloseTo(1424, 6);
});
