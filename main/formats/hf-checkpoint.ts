// A checkpoint as Hugging Face keeps it: a folder of config.json, safetensors (one file, or shards with an index) and what
// belongs to the tokenizer. Opened, it has been checked: every tensor that the config asks for is there with its shape.
import { existsSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { parameterShapes } from "../contract/parameter-shapes.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import { checkTensors } from "./check-tensors.ts";
import { brokenFile, unsupported } from "./format-errors.ts";
import { type ConfigExtras, configJson, eosTokenIdsOf, modelConfigOf } from "./hf-config.ts";
import { openSafetensors, type Safetensors } from "./safetensors.ts";
import { writeSafetensors } from "./safetensors-writer.ts";
import { readStrictJson } from "./strict-json.ts";
import type { WeightFile } from "./weight-file.ts";
import { type WrittenFile, writeAside } from "./write-aside.ts";

const singleFile = "model.safetensors";
const indexFile = "model.safetensors.index.json";

/** What else is a part of the checkpoint, where it is there; licences and cards of the model are not. */
const besideWeights = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "chat_template.jinja",
];

/** More shards than any model of these architectures has; each is an open file. */
const maxShards = 256;

export interface SamplingDefaults {
  temperature: number | null;
  topP: number | null;
}

export interface HfCheckpoint {
  config: ModelConfig;
  weights: WeightFile;
  /** Any of them ends a response. */
  eosTokenIds: number[];
  sampling: SamplingDefaults;
  /** Names in the folder: of the weights, in order, and of what else belongs to the checkpoint. */
  files: { weights: string[]; beside: string[] };
}

/** Opens a folder, reading headers only. The caller closes `weights`. */
export function openHfFolder(folder: string): HfCheckpoint {
  const configPath = join(folder, "config.json");
  if (!existsSync(configPath))
    throw existsSync(join(folder, "adapter_config.json"))
      ? unsupported(folder, "The folder holds a LoRA adapter, not a whole model.", "Import its base model, then the adapter.")
      : unsupported(folder, "The folder has no config.json.", "Choose a folder that a model was saved to by transformers.");
  const configJson = readStrictJson(configPath);
  let config = modelConfigOf(configJson, configPath);
  const generation = generationConfig(folder);
  const shards = shardNames(folder);
  const weights = openSafetensors(
    shards.map((name) => join(folder, name)),
    folder,
  );
  try {
    config = withRightHead(config, weights);
    checkTensors(config, weights, folder);
  } catch (thrown) {
    weights.close();
    throw thrown;
  }
  return {
    config,
    weights,
    eosTokenIds: generation.eosTokenIds ?? eosTokenIdsOf(configJson, configPath),
    sampling: generation.sampling,
    files: { weights: shards, beside: besideWeights.filter((name) => existsSync(join(folder, name))) },
  };
}

/** Writes config.json, generation_config.json and model.safetensors; the tokenizer's files are the caller's to copy. */
export function writeHfFolder(
  folder: string,
  config: ModelConfig,
  read: (name: string) => Float32Array,
  extras: ConfigExtras & { sampling?: SamplingDefaults },
): WrittenFile {
  mkdirSync(folder, { recursive: true });
  const json = configJson(config, extras);
  const { bos_token_id, eos_token_id } = json;
  const { temperature = null, topP = null } = extras.sampling ?? {};
  const sampling = temperature === null && topP === null ? {} : { do_sample: true, temperature: temperature ?? 1, top_p: topP ?? 1 };
  writeJson(join(folder, "config.json"), json);
  writeJson(join(folder, "generation_config.json"), { bos_token_id, eos_token_id, ...sampling });
  return writeSafetensors(join(folder, singleFile), parameterShapes(config), read, extras.dtype);
}

function writeJson(path: string, value: unknown): void {
  writeAside(path, (append) => append(new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)));
}

/** As transformers 5 has it: a head that the config ties, but that the file keeps with values of its own, is not tied. */
function withRightHead(config: ModelConfig, weights: Safetensors): ModelConfig {
  const [head, embedding] = ["lm_head.weight", "model.embed_tokens.weight"];
  const own = config.tieWordEmbeddings && weights.has(head) && weights.has(embedding) && !weights.same(head, embedding);
  return own ? { ...config, tieWordEmbeddings: false } : config;
}

function generationConfig(folder: string): { eosTokenIds: number[] | null; sampling: SamplingDefaults } {
  const path = join(folder, "generation_config.json");
  if (!existsSync(path)) return { eosTokenIds: null, sampling: { temperature: null, topP: null } };
  const json = readStrictJson(path);
  const parsed = z.looseObject({ temperature: z.number().nullish(), top_p: z.number().nullish() }).safeParse(json);
  if (!parsed.success) throw brokenFile("broken-config", path, "temperature or top_p is not a number.");
  const eosTokenIds = eosTokenIdsOf(json, path);
  return {
    eosTokenIds: eosTokenIds.length ? eosTokenIds : null,
    sampling: { temperature: parsed.data.temperature ?? null, topP: parsed.data.top_p ?? null },
  };
}

/** model.safetensors, else the files of the index in the order of their names. */
function shardNames(folder: string): string[] {
  if (existsSync(join(folder, singleFile))) return [singleFile];
  const indexPath = join(folder, indexFile);
  if (!existsSync(indexPath))
    throw unsupported(
      folder,
      `The folder has neither ${singleFile} nor ${indexFile}.`,
      "Weights are read from safetensors; pytorch_model.bin is a program to be run and is not: save the model with save_pretrained.",
    );
  const parsed = z.looseObject({ weight_map: z.record(z.string(), z.string()) }).safeParse(readStrictJson(indexPath));
  if (!parsed.success) throw brokenFile("broken-index", indexPath, "It has no weight_map of tensor names to files.");
  const shards = [...new Set(Object.values(parsed.data.weight_map))].sort();
  const outside = shards.find((name) => name !== basename(name) || !name.endsWith(".safetensors"));
  if (outside !== undefined)
    throw brokenFile(
      "broken-index",
      indexPath,
      `The shard ${JSON.stringify(outside).slice(0, 120)} is not a safetensors file of this folder.`,
    );
  if (shards.length === 0 || shards.length > maxShards) throw brokenFile("broken-index", indexPath, `It names ${shards.length} shards.`);
  return shards;
}
