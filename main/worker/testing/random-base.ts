// For tests only: a small model with random weights where a host or a training thread looks for its base checkpoint.
import { join } from "node:path";
import { initialWeights } from "../../engine/model/parameters.ts";
import { smallConfig } from "../../engine/testing.ts";
import { writeCheckpoint } from "../checkpoint-files.ts";

export function writeRandomBase(resourcesFolder: string): void {
  const weights = initialWeights(smallConfig, 1);
  const state = {
    step: 0,
    config: smallConfig,
    adapter: null,
    weights,
    optimizer: { step: 0, first: weights, second: weights },
    counters: { prompts: 0, tokens: 0 },
  };
  const folder = join(resourcesFolder, "tiny-base");
  writeCheckpoint(folder, state, {
    id: "tiny-base",
    parentId: null,
    seed: 1,
    dataHash: null,
    codeVersion: "test",
    origin: "random",
    tokenizer: { kind: "built-in" },
    tokenizerFolder: folder,
  });
}
