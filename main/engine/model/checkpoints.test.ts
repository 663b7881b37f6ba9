// Checkpoints as transformers saves them (BF16, F32, shards; all three architectures), opened through the formats, against
// transformers' logits.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { openHfFolder } from "../../formats/hf-checkpoint.ts";
import { loadNative } from "../../worker/native.ts";
import { maxDifference } from "../reference/reference.ts";
import { Parameters } from "./parameters.ts";
import { Transformer } from "./transformer.ts";

beforeAll(() => {
  loadNative();
});

const folder = fileURLToPath(new URL("../reference/checkpoints", import.meta.url));

it.each(["tiny-llama", "tiny-qwen2", "tiny-qwen3"])("%s", (name) => {
  const { config, weights } = openHfFolder(`${folder}/${name}`);
  const model = new Transformer(new Parameters(config, weights));
  weights.close();
  const { prompts } = JSON.parse(readFileSync(`${folder}/${name}/logits.json`, "utf8"));
  expect(prompts.length).toBeGreaterThan(0);
  for (const { ids, positions, logits, greedy } of prompts as {
    ids: number[];
    positions: number[];
    logits: number[][];
    greedy: number[];
  }[]) {
    const all = [...ids, ...greedy];
    const rows = { ids: Int32Array.from(all), visibleFrom: new Int32Array(all.length), batch: 1, length: all.length };
    const ours = model.logits(model.hidden(rows));
    const at = (position: number) => ours.dataSync().slice(position * config.vocabSize, (position + 1) * config.vocabSize);
    positions.forEach((position, i) => {
      expect(maxDifference(at(position), logits[i])).toBeLessThan(1e-4);
    });
    const best = tf.argMax(ours, -1).dataSync();
    expect([...best.slice(ids.length - 1, -1)]).toEqual(greedy);
  }
  model.dispose();
});
