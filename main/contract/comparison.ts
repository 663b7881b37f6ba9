// The end of a study: what each start was before and after RL, and the gap between them, with intervals. Shares are 0..1;
// the app shows differences of shares as points.
import { z } from "zod";
import { pool } from "./dataset.ts";
import { temperatureResult } from "./run.ts";

export const estimate = z.object({
  value: z.number(),
  standardError: z.number().meta({ description: "Clustered by problem" }),
  low: z.number().meta({ description: "Lower end of the 95 % interval" }),
  high: z.number().meta({ description: "Upper end of the 95 % interval" }),
  problems: z.number().int().meta({ description: "Problems (clusters)" }),
  samplesPerProblem: z.number().int(),
});
export type Estimate = z.infer<typeof estimate>;

export const problemChange = z.object({
  problemId: z.string(),
  source: z.string(),
  before: z.number().meta({ description: "Mean reward on the half of the samples before RL that did not select the problem" }),
  after: z.number().meta({ description: "Mean reward on the half of the samples after RL that did not select the problem" }),
});
export type ProblemChange = z.infer<typeof problemChange>;

/** One half of the samples before RL against one half after; `chance` is what two evaluations of the one checkpoint before RL give. */
export const fateList = z.object({
  count: z.number().int(),
  chance: z.number().meta({ description: "Count that two halves of the evaluation before RL give by sampling alone" }),
  problems: z.array(problemChange),
});

export type FateList = z.infer<typeof fateList>;

export const startComparison = z.object({
  name: z.string(),
  rank: z.number().int().meta({ description: "0 is the weakest" }),
  prompts: z.number().int().nullable().meta({ description: "Null for a start that was there as a checkpoint" }),
  responsesPerPrompt: z.number().int().nullable(),
  examples: z.number().int().nullable(),
  temperature: temperatureResult,
  before: estimate,
  after: estimate,
  change: estimate.meta({ description: "Paired over problems" }),
  bySource: z.array(z.object({ source: z.string(), before: estimate, after: estimate, change: estimate })),
  passAtK: z.array(z.object({ k: z.number().int(), before: z.number(), after: z.number() })),
  truncated: z.object({ before: z.number(), after: z.number() }),
  responseTokens: z.object({ before: z.number(), after: z.number() }),
  newlySolved: fateList,
  lost: fateList,
  evaluationIds: z.object({ before: z.string(), after: z.string() }),
});
export type StartComparison = z.infer<typeof startComparison>;

/** What became of a gap's size; named only where the interval of its change leaves zero out. */
export const gapDirection = z.enum(["grew", "narrowed", "reversed", "not distinguishable"]).meta({
  description: "Of |strong − weak|; reversed: the gap leaves zero out before and after RL, on opposite sides",
});
export type GapDirection = z.infer<typeof gapDirection>;

export const gapComparison = z.object({
  weak: z.string(),
  strong: z.string(),
  before: estimate.meta({ description: "strong − weak before RL, paired over problems" }),
  after: estimate,
  change: estimate.meta({ description: "after − before, both with their sign" }),
  logOdds: z.object({ before: estimate, after: estimate, change: estimate }),
  direction: z.object({ points: gapDirection, logOdds: gapDirection }),
  narrowingRatio: z.number().nullable().meta({ description: "after / before; only when the gap before excludes zero" }),
});
export type GapComparison = z.infer<typeof gapComparison>;

export const comparison = z.object({
  schemaVersion: z.literal(1),
  study: z.object({
    id: z.string(),
    name: z.string(),
    recipeHash: z.string(),
    seed: z.number().int(),
    seconds: z.number(),
    engine: z.string().nullable(),
  }),
  pool: pool.meta({ description: "Pool of the final evaluations: results are measured on test, choices on dev" }),
  starts: z.array(startComparison),
  gaps: z.array(gapComparison),
});
export type Comparison = z.infer<typeof comparison>;

/** One number a seed: mean and Student's t interval over seeds. Null where one seed says nothing of the others. */
export const seedInterval = z.object({
  mean: z.number(),
  standardDeviation: z.number().nullable(),
  low: z.number().nullable().meta({ description: "Lower end of the 95 % interval" }),
  high: z.number().nullable().meta({ description: "Upper end of the 95 % interval" }),
});
export type SeedInterval = z.infer<typeof seedInterval>;

/** One recipe over its seeds: what speaks of the recipe and not of one seed's checkpoints. */
export const seedSummary = z.object({
  schemaVersion: z.literal(1),
  recipeHash: z.string(),
  name: z.string(),
  seeds: z.array(z.number().int()),
  seconds: seedInterval,
  starts: z.array(
    z.object({ name: z.string(), temperature: seedInterval, before: seedInterval, after: seedInterval, change: seedInterval }),
  ),
  gaps: z.array(z.object({ weak: z.string(), strong: z.string(), before: seedInterval, after: seedInterval, change: seedInterval })),
});
export type SeedSummary = z.infer<typeof seedSummary>;
