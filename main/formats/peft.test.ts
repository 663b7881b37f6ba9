import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, expect, it } from "vitest";
import { openHfFolder } from "./hf-checkpoint.ts";
import { openPeftFolder, writePeftFolder } from "./peft.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Saved by PEFT (make_peft_reference.py). */
const saved = here("reference/tiny-adapter");
const { config: model, weights: base } = openHfFolder(here("../engine/reference/checkpoints/tiny-qwen2"));
base.close();
const folder = mkdtempSync(join(tmpdir(), "headstart-peft-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(folder, { recursive: true, force: true }));

it("an adapter that PEFT saved is read, and written again as it was", () => {
  const adapter = openPeftFolder(saved, model);
  expect(adapter.lora).toEqual({ rank: 3, alpha: 12, dropout: 0.1, targets: ["q_proj", "down_proj"] });
  expect(adapter.base).toBe("tiny-qwen2");
  writePeftFolder(folder, { model, lora: adapter.lora, base: adapter.base }, (name) => adapter.weights.read(name));
  const copy = openPeftFolder(folder, model);
  expect(copy).toMatchObject({ lora: adapter.lora, base: adapter.base });
  expect(copy.weights.names().sort()).toEqual(adapter.weights.names().sort());
  for (const name of adapter.weights.names()) {
    expect(copy.weights.read(name)).toEqual(adapter.weights.read(name));
    expect(copy.weights.read(name).some((value) => value !== 0)).toBe(true);
  }
  adapter.weights.close();
  copy.weights.close();
});

const change = (changes: object) => {
  cpSync(saved, folder, { recursive: true });
  const path = join(folder, "adapter_config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
};

it("rsLoRA's scaling becomes that of LoRA", () => {
  change({ use_rslora: true });
  const { lora, weights } = openPeftFolder(folder, model);
  weights.close();
  expect(lora.alpha / lora.rank).toBeCloseTo(12 / Math.sqrt(3), 12);
});

it.each<[object, RegExp]>([
  [{ peft_type: "IA3" }, /peft_type = "IA3"/],
  [{ use_dora: true }, /use_dora = true/],
  [{ bias: "all" }, /bias = "all"/],
  [{ lora_bias: true }, /lora_bias = true/],
  [{ fan_in_fan_out: true }, /fan_in_fan_out = true/],
  [{ rank_pattern: { q_proj: 8 } }, /rank_pattern/],
  [{ modules_to_save: ["lm_head"] }, /modules_to_save/],
  [{ init_lora_weights: "pissa" }, /init_lora_weights = "pissa"/],
  [{ something_new: 1 }, /something_new = 1/],
  [{ r: 4 }, /lora_A.weight is 3×32 where the config asks for 4×32/],
  [{ r: 0 }, /rank/],
  [{ r: "x" }, /r: /],
])("an adapter with %j is refused by name", (changes, message) => {
  change(changes);
  expect(() => openPeftFolder(folder, model)).toThrow(
    expect.objectContaining({ name: "HeadstartError", message: expect.stringMatching(message) }),
  );
});

it("an adapter of another model, or without weights, is refused", () => {
  expect(() => openPeftFolder(saved, { ...model, numHiddenLayers: 3 })).toThrow(/layers.2.*missing/);
  expect(() => openPeftFolder(saved, { ...model, numHiddenLayers: 1 })).toThrow(/layers.1.*no place/);
  change({});
  rmSync(join(folder, "adapter_model.safetensors"));
  expect(() => openPeftFolder(folder, model)).toThrow(/no adapter_model.safetensors/);
  copyFileSync(here("../engine/reference/checkpoints/tiny-qwen3/model.safetensors"), join(folder, "adapter_model.safetensors"));
  expect(() => openPeftFolder(folder, model)).toThrow(/targets/);
});
