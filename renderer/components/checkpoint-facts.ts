// What a checkpoint is, in a few words each. Pure.
import type { CheckpointCard } from "../../main/contract/checkpoint.ts";
import type { ModelConfig } from "../../main/contract/recipe.ts";
import { count, fixed } from "./format.ts";

export const architectureNames: Record<ModelConfig["architecture"], string> = { llama: "Llama", qwen2: "Qwen2", qwen3: "Qwen3" };

/** 134515008 → `134.5M`, as models are called. */
export function parametersInWords(parameters: number): string {
  if (parameters >= 1e9) return `${fixed(parameters / 1e9, 2)}B`;
  if (parameters >= 1e6) return `${fixed(parameters / 1e6, 1)}M`;
  return `${fixed(parameters / 1e3, 1)}K`;
}

export function chatInWords(card: CheckpointCard): string {
  return hasChat(card) ? "template" : "none";
}

export function hasChat({ file }: CheckpointCard): boolean {
  return file.tokenizer.kind === "huggingface" && file.tokenizer.chat;
}

export function weightsInWords({ file }: CheckpointCard): string {
  if (file.weights.kind === "adapter") return `LoRA r ${file.weights.lora.rank}`;
  const [first, ...others] = file.dtypes;
  return others.length === 0 ? first : `${first} +${others.length}`;
}

export function ropeScalingInWords({ ropeScaling }: ModelConfig): string {
  if (ropeScaling === null) return "none";
  const { type, factor } = ropeScaling;
  return type === "linear"
    ? `linear × ${factor}`
    : `${type} × ${factor} from ${count(ropeScaling.originalMaxPositionEmbeddings)} positions`;
}

/** What it came from: another checkpoint, or the files it was imported from. */
export function parentOf({ file }: CheckpointCard): string | null {
  return file.parentId ?? (file.weights.kind === "adapter" ? file.weights.base : null);
}
