// LoRA adapters in PEFT's format: a folder of adapter_config.json and adapter_model.safetensors. As with config.json, what would
// change what the adapter adds and is not done here is refused by its name.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type LoraConfig, loraConfig, loraShapes, loraTarget } from "../contract/lora.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import { checkShapes } from "./check-tensors.ts";
import { brokenFile, unsupported } from "./format-errors.ts";
import { openSafetensors } from "./safetensors.ts";
import { writeSafetensors } from "./safetensors-writer.ts";
import { readStrictJson } from "./strict-json.ts";
import type { WeightFile } from "./weight-file.ts";
import { type WrittenFile, writeAside } from "./write-aside.ts";

export const adapterFile = "adapter_model.safetensors";
const configFile = "adapter_config.json";

const adapterConfig = z.looseObject({
  peft_type: z.string(),
  base_model_name_or_path: z.string().nullish(),
  r: z.number(),
  lora_alpha: z.number(),
  lora_dropout: z.number().default(0),
  use_rslora: z.boolean().default(false),
});

/** Keys that are read or change nothing, and the values that they may have; any other key must have a value that is none. */
const understood: Record<string, (value: unknown) => boolean> = {
  peft_type: (value) => value === "LORA",
  task_type: (value) => value === "CAUSAL_LM",
  bias: (value) => value === "none",
  // The others begin from a base model that they have changed.
  init_lora_weights: (value) => value === true || value === "gaussian" || value === "orthogonal" || value === "eva",
  ...Object.fromEntries(
    ["base_model_name_or_path", "r", "lora_alpha", "lora_dropout", "use_rslora", "target_modules", "inference_mode", "revision"]
      .concat(["peft_version", "auto_mapping", "megatron_core", "qalora_group_size", "eva_config", "runtime_config"])
      .map((key) => [key, () => true]),
  ),
};

export interface PeftAdapter {
  lora: LoraConfig;
  /** A and B of each module, by PEFT's names (contract/lora.ts). */
  weights: WeightFile;
  /** What the adapter says it stands on: a name on the Hugging Face hub or a path; nothing to rely on. */
  base: string | null;
}

/** Opens an adapter of a model of this config, reading headers only, with every tensor checked. The caller closes `weights`. */
export function openPeftFolder(folder: string, model: ModelConfig): PeftAdapter {
  const path = join(folder, configFile);
  const parsed = adapterConfig.safeParse(readStrictJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw brokenFile("broken-config", path, `${issue.path.join(".") || "The file"}: ${issue.message}.`);
  }
  const file = parsed.data;
  for (const [key, value] of Object.entries(file))
    if (!(understood[key] ?? isNone)(value))
      throw unsupported(
        path,
        `The adapter has ${key} = ${JSON.stringify(value).slice(0, 120)}: this is not supported.`,
        "Use a plain LoRA adapter.",
      );
  if (!existsSync(join(folder, adapterFile)))
    throw unsupported(folder, `The folder has no ${adapterFile}.`, "Save the adapter with PEFT's save_pretrained, as safetensors.");
  const weights = openSafetensors([join(folder, adapterFile)]);
  try {
    const lora = loraConfig.safeParse({
      rank: file.r,
      // rsLoRA scales by alpha / √rank.
      alpha: file.use_rslora ? file.lora_alpha * Math.sqrt(file.r) : file.lora_alpha,
      dropout: file.lora_dropout,
      targets: loraTarget.options.filter((target) => weights.names().some((name) => name.includes(`.${target}.lora_`))),
    });
    if (!lora.success) {
      const [issue] = lora.error.issues;
      throw brokenFile("broken-config", path, `${issue.path.join(".")}: ${issue.message}.`);
    }
    checkShapes(loraShapes(model, lora.data), weights, folder);
    return { lora: lora.data, weights, base: file.base_model_name_or_path ?? null };
  } catch (thrown) {
    weights.close();
    throw thrown;
  }
}

/** Writes an adapter that PEFT loads. `read` gives the tensors by PEFT's names; `base` is what the adapter stands on, in words. */
export function writePeftFolder(
  folder: string,
  { model, lora, base }: { model: ModelConfig; lora: LoraConfig; base: string | null },
  read: (name: string) => Float32Array,
): WrittenFile {
  mkdirSync(folder, { recursive: true });
  const json = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: base,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    target_modules: lora.targets,
    bias: "none",
    inference_mode: true,
  };
  writeAside(join(folder, configFile), (append) => append(new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`)));
  return writeSafetensors(join(folder, adapterFile), loraShapes(model, lora), read);
}

function isNone(value: unknown): boolean {
  return value === null || value === false || (typeof value === "object" && Object.keys(value).length === 0);
}
