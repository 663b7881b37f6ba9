// What a study would take and whether it can learn, before anything runs (studies.preflight).
import { z } from "zod";
import type { CheckpointCard, MemoryPlan } from "./checkpoint.ts";
import type { Pool } from "./dataset.ts";
import type { StageKind } from "./run.ts";
import { type EvaluationRecipe, type SftRecipe, type StudyKind, studyRecipe } from "./study.ts";

export const preflightInput = z.object({ recipe: studyRecipe, seed: z.number().int().nonnegative().default(1) });

/** Examples that belong together in one row cannot see each other. */
export interface BatchRow {
  /** Of the row as it is laid out, and how many of them are padding. */
  tokens: number;
  padding: number;
  examples: { segments: { text: string; trained: boolean }[]; tokens: number }[];
}

/** What one SFT stage trains on, as the training thread finds it. */
export interface SftFacts {
  key: string;
  start: string;
  examples: number;
  /** Longer than maxLength, left out. */
  dropped: number;
  steps: number;
  /** Trained over all epochs. */
  trainedTokens: number;
  /** Read over all epochs, prompts included. */
  tokens: number;
  /** Of its responses, EOS included: quantiles 0, 0.1, … 1. */
  responseLengths: number[];
  /** Share of the first update's tokens, padding included, that are trained. */
  trainedShare: number;
  /** Share of the first update's tokens that are no padding. */
  filled: number;
  /** The first rows of the first update. */
  firstRows: BatchRow[];
}

/** What the training thread finds in the data. */
export interface DataFacts {
  pools: Record<Pool, number>;
  rlByDomain: { math: number; code: number };
  /** Mean and longest prompt of RL and test. */
  promptTokens: { mean: number; longest: number };
  sft: SftFacts[];
  /** Prompts of the first RL step, at most a few; none where a door decides which. */
  firstPrompts: string[];
  problems: PreflightProblem[];
}

export interface PreflightProblem {
  /** stops: the study would fail or could not learn; caution: to be known. */
  severity: "stops" | "caution";
  where: string;
  message: string;
  hint: string;
}

/** What response lengths are known from. */
export type LengthBasis = "measured" | "SFT responses";

export interface PreflightStage {
  key: string;
  label: string;
  kind: StageKind;
  /** Start, cell or fork it belongs to; null for data. */
  start: string | null;
  /** Trained (SFT) or generated; null for data. */
  tokens: number | null;
  seconds: number | null;
  /** Planned at its peak, in bytes; null for data. */
  memory: number | null;
}

export interface Preflight {
  kind: StudyKind;
  stages: PreflightStage[];
  totals: { tokens: number; seconds: number };
  /** What the seconds rest on. */
  basis: string;
  data: DataFacts;
  /** How many prompts the first RL step asks, and whether a door decides which; null without RL. */
  firstStep: { prompts: number; door: boolean } | null;
  /** What the model's positions leave for a response to the longest prompt, in tokens. */
  longestResponse: number;
  /** Of the stage that takes the most. */
  memory: { stage: string; plan: MemoryPlan };
  /**
   * The first stage's budget of the paper's ladder at this model's size: where about 30 % of a start's responses are cut, as at the
   * paper's 8K; of several starts the longest. Null where no lengths are known.
   */
  firstBudget: { start: string; budget: number; basis: LengthBasis } | null;
  /** Share of responses cut at a budget: from an evaluation of that checkpoint in this data folder, or from a start's SFT responses. */
  truncation: { start: string; budget: number; share: number; basis: LengthBasis }[];
  problems: PreflightProblem[];
}

/** What would stop a study of one checkpoint alone. */
export function oneCheckpointProblems(recipe: EvaluationRecipe | SftRecipe, { id, file }: CheckpointCard): PreflightProblem[] {
  const positions = file.model.maxPositionEmbeddings;
  const problems: PreflightProblem[] = [];
  const stop = (where: string, message: string, hint: string) => problems.push({ severity: "stops", where, message, hint });
  if (recipe.kind === "evaluation" && recipe.eval.maxResponseTokens >= positions)
    stop(
      "eval.maxResponseTokens",
      `A response may have ${recipe.eval.maxResponseTokens} tokens, and ${id} has ${positions} positions for prompt and response.`,
      `Lower it below ${positions}.`,
    );
  if (recipe.kind === "sft" && recipe.sft.maxLength > positions)
    stop("sft.maxLength", `Rows may have ${recipe.sft.maxLength} tokens, and ${id} has ${positions} positions.`, `Lower it to at most ${positions}.`); // biome-ignore format: one thought
  if (recipe.kind === "sft" && recipe.sft.lora && file.weights.kind === "adapter")
    stop(
      "sft.lora",
      `${id} is a LoRA adapter, and another adapter is to be trained on it.`,
      "Export it merged, import that, and begin from there; or train all weights.",
    );
  return problems;
}
