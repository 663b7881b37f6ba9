// What the form calls a recipe's fields and shapes where the contract's own name, spaced, would not do.
import type { JsonSchema } from "./recipe-schema.ts";

const words: Record<string, string> = {
  sft: "SFT",
  lora: "LoRA adapter",
  rank: "Rank r",
  alpha: "Alpha α",
  recompute: "Recompute activations",
  rl: "RL",
  "data.sft": "Rows of SFT",
  "data.rl": "Problems of RL",
  "data.dev": "Problems of dev",
  "data.test": "Problems of test",
  "split.sft": "SFT",
  "split.rl": "RL",
  gsm8k: "GSM8K",
  topP: "Top-p",
  klCoefficient: "KL coefficient",
  gsm8kMinSteps: "GSM8K: shortest chain",
  gsm8kMaxSteps: "GSM8K: longest chain",
  gsm8kMaxValue: "GSM8K: largest value",
  gsm8kWholeOnly: "GSM8K: whole numbers only",
  gsm8kOperations: "GSM8K: operations",
  count: "Problems",
  "door.min": "Least pass rate",
  "door.max": "Greatest pass rate",
  dropSolved: "Drop solved problems",
  minSteps: "Fewest operations",
  maxSteps: "Most steps",
  "arithmetic.maxSteps": "Most operations",
  minDigits: "Fewest digits",
  maxDigits: "Most digits",
  minRise: "Least rise",
  devEval: "Evaluation on dev",
  finalEval: "Final evaluation",
  eval: "Evaluation",
  groupSize: "Group size G",
  beta1: "AdamW β₁",
  beta2: "AdamW β₂",
  epsilon: "AdamW ε",
  branchRl: "Epochs that go through RL",
  maxGradNorm: "Largest gradient norm",
  advantageStd: "Divide by group's std",
  overlongFilter: "Over-long filtering",
  overlongInGroupStats: "Filtered rollouts in group statistics",
  maxResponseTokens: "Response budget",
  minTemperature: "Lowest T",
  maxTemperature: "Highest T",
  fixed: "Fixed T",
  candidates: "Candidates for T",
  "temperature.problems": "Problems a candidate",
  stop: "Stop rule",
  door: "Filter at the door",
  noise: "Noise levels",
  devRows: "Rows for the dev loss",
};

export function labelOf(key: string, within = ""): string {
  const known = words[`${within}.${key}`] ?? words[key];
  if (known !== undefined) return known;
  const spaced = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Shapes are told apart by what only they have. */
export function shapeLabels({ properties = {} }: JsonSchema, i: number): string {
  const kind = properties.kind?.const;
  if (kind === "generated") return "Generated and GSM8K's arithmetic";
  if (kind === "imported") return "Imported datasets";
  if ("checkpoint" in properties) return "A checkpoint that is there";
  if ("sft" in properties) return "Fine-tuned in this study";
  return `Shape ${i + 1}`;
}
