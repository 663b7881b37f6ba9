// A checkpoint: a folder whose checkpoint.json alone says how to open the rest; and how the app shows, samples and exports one.
import { z } from "zod";
import { loraConfig } from "./lora.ts";
import { message } from "./message.ts";
import { modelConfig } from "./recipe.ts";

/** How text becomes ids; files lie in the checkpoint's folder. */
export const tokenizerFiles = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("built-in") }),
  z.object({
    kind: z.literal("huggingface"),
    tokenizer: z.string().meta({ description: "tokenizer.json; one rebuilt from a GGUF file looks the same" }),
    config: z.string().nullable().meta({ description: "tokenizer_config.json" }),
    specialTokens: z.string().nullable().meta({ description: "special_tokens_map.json" }),
    template: z.string().nullable().meta({ description: "Chat template where it is a file of its own" }),
    eosTokenIds: z.array(z.number().int()).meta({ description: "Any of them ends a response (generation_config)" }),
    chat: z.boolean().meta({ description: "Whether it has a chat template" }),
  }),
]);
export type TokenizerFiles = z.infer<typeof tokenizerFiles>;

/** Where the numbers are; files lie in the checkpoint's folder. */
export const weightFiles = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("safetensors"), files: z.array(z.string()).min(1) }),
  z.object({ kind: z.literal("gguf"), file: z.string() }),
  z.object({
    kind: z.literal("adapter").meta({ description: "A LoRA adapter in PEFT's format on another checkpoint" }),
    base: z.string().meta({ description: "Id of that checkpoint" }),
    baseFolder: z.string().meta({ description: "Its folder, relative to this one" }),
    lora: loraConfig,
  }),
]);
export type WeightFiles = z.infer<typeof weightFiles>;

/** What an RL stage carries from step to step beside its weights. */
export const rlProgress = z.object({
  temperature: z.number().meta({ description: "Of the next rollouts" }),
  best: z.number().nullable().meta({ description: "Best score on dev so far; null before the first" }),
  withoutRise: z.number().int().meta({ description: "Evaluations since" }),
  prompts: z.object({
    pass: z.number().int(),
    index: z.number().int().meta({ description: "Prompts taken of this pass" }),
    pool: z.array(z.string()).meta({ description: "Ids of this pass's problems; empty: all of the stage's" }),
    solved: z.array(z.string()).meta({ description: "Problems whose last group was right throughout" }),
  }),
});
export type RlProgress = z.infer<typeof rlProgress>;

export const checkpointFile = z.object({
  formatVersion: z.literal(2),
  id: z.string(),
  parentId: z.string().nullable(),
  tokenizer: tokenizerFiles,
  weights: weightFiles,
  dtypes: z.array(z.string()).meta({ description: "How weights are kept: F32, BF16, Q4_1, …; the commonest first" }),
  model: modelConfig,
  step: z.number().int(),
  seed: z.number().int().nullable().meta({ description: "Null for an imported checkpoint" }),
  dataHash: z.string().nullable(),
  codeVersion: z.string(),
  sha256: z.record(z.string(), z.string()).meta({ description: "Of each weight file, by name" }),
  trainer: z
    .object({
      optimizerStep: z.number().int(),
      counters: z.object({ prompts: z.number(), tokens: z.number() }),
      rl: rlProgress.optional(),
    })
    .nullable()
    .meta({ description: "Null for an imported checkpoint: nothing can go on from it as if it had never stopped" }),
  /** What made it, in words or as a recipe. */
  origin: z.string(),
});
export type CheckpointFile = z.infer<typeof checkpointFile>;

/** checkpoints.list: any checkpoint that can be evaluated, sampled or trained from. */
export interface CheckpointCard {
  id: string;
  kind: "shipped" | "imported" | "trained";
  file: CheckpointFile;
  parameters: number;
  /** Of its weight files. */
  bytes: number;
  /** Where an imported one came from. */
  source: string | null;
  studyId: string | null;
  createdAt: string;
}

/** Memory of a use of a checkpoint, by term, in bytes. */
export interface MemoryPlan {
  use: "evaluate" | "sft" | "lora" | "rl";
  terms: { name: string; bytes: number }[];
  total: number;
  largest: string;
  /** What this machine has, for comparison. */
  available: number;
}

export const importCheckpointInput = z.object({
  handle: z.string().meta({ description: "Of a folder or file, from the file dialog" }),
  name: z.string().min(1).max(64).optional().meta({ description: "Empty: the folder's or file's name" }),
  base: z.string().optional().meta({ description: "Checkpoint that a LoRA adapter stands on" }),
});

export interface CheckpointImportProgress {
  activity: "copying" | "hashing";
  /** Of that activity; both go over all files. */
  bytes: number;
  totalBytes: number;
}

/** checkpoints.importing: how far it is, then what it made. */
export type ImportCheckpointEvent = { type: "progress"; progress: CheckpointImportProgress } | { type: "imported"; card: CheckpointCard };

export const generateInput = z.object({
  checkpoint: z.string(),
  prompt: z.string().optional(),
  messages: z.array(message).min(1).optional().meta({ description: "A conversation, through the checkpoint's chat template" }),
  temperature: z.number().min(0).max(10).default(0.6).meta({ description: "0 is greedy" }),
  topP: z.number().positive().max(1).default(0.95),
  maxTokens: z.number().int().positive().max(32_768).default(256).meta({ unit: "tokens" }),
  n: z.number().int().positive().max(64).default(1).meta({ description: "Samples" }),
  seed: z.number().int().nonnegative().default(1),
  stop: z.array(z.string().min(1)).max(8).default([]).meta({ description: "Texts that end a response; they are left out of it" }),
});
export type GenerateInput = z.infer<typeof generateInput>;

export interface GeneratedText {
  text: string;
  tokens: number;
  finishReason: "stop" | "length";
  /** Nats, at the sampling temperature. */
  meanLogprob: number;
  meanEntropy: number;
}

/** checkpoints.sample: text as it is sampled, then each finished sample. */
export type GenerateEvent =
  | { type: "prompt"; text: string; tokens: number }
  | { type: "text"; sample: number; text: string }
  | { type: "finished"; sample: number; result: GeneratedText };

export const scoreInput = z.object({ checkpoint: z.string(), ids: z.array(z.number().int().nonnegative()).min(1).max(131_072) });
export interface Score {
  /** Natural log-prob at T = 1 of each next id: entry i is of ids[i + 1] given ids[0..i]. */
  logprobs: number[];
  /** The five highest [id, logit] at the last position. */
  top: [number, number][];
}

export const exportInput = z.object({
  checkpoint: z.string(),
  format: z.enum(["safetensors", "gguf"]),
  dtype: z.enum(["F32", "BF16", "F16", "Q8_0"]).optional().meta({ description: "Empty: F32 for safetensors, F16 for GGUF" }),
  merge: z.boolean().default(true).meta({ description: "Add a LoRA adapter to its base; off: the adapter alone, in PEFT's format" }),
  handle: z.string().optional().meta({ description: "Folder to write into; empty: the data folder's exports/" }),
});
export type ExportInput = z.infer<typeof exportInput>;
