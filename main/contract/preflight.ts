// What a study would take and whether it can learn, before anything runs (studies.preflight).
import { z } from "zod";
import type { MemoryPlan } from "./checkpoint.ts";
import type { Pool } from "./dataset.ts";
import type { StageKind } from "./run.ts";
import { studyRecipe } from "./study.ts";

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
  /** Prompts of the first RL step. */
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
  stages: PreflightStage[];
  totals: { tokens: number; seconds: number };
  /** What the seconds rest on. */
  basis: string;
  data: DataFacts;
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
