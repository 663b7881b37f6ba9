// Replay: what other rules of the loss would have made of the rollouts a run has stored, without training.
import { z } from "zod";
import type { RlConfig } from "./recipe.ts";

export const replayRule = z.object({
  aggregation: z.enum(["token-mean", "sequence-mean"]).meta({ description: "token-mean: over the unmasked tokens of the batch (paper)" }),
  std: z
    .enum(["sample", "population", "none"])
    .meta({ description: "What the group's centred rewards are divided by: its std over n − 1, over n, or nothing (Dr. GRPO)" }),
  overlongFilter: z.boolean().meta({ description: "Truncated rollouts take no part in the loss" }),
  overlongInGroupStats: z.boolean().meta({ description: "Filtered rollouts still count in the group's mean and std" }),
  dynamicSampling: z.boolean().meta({ description: "Zero-variance groups take no part in the loss; what replaces them is not known" }),
});
export type ReplayRule = z.infer<typeof replayRule>;

/** The rule a stage ran under. */
export const ruleOf = (
  config: Pick<RlConfig, "aggregation" | "advantageStd" | "overlongFilter" | "overlongInGroupStats" | "dynamicSampling">,
): ReplayRule => ({
  aggregation: config.aggregation,
  std: config.advantageStd ? "sample" : "none",
  overlongFilter: config.overlongFilter,
  overlongInGroupStats: config.overlongInGroupStats,
  dynamicSampling: config.dynamicSampling,
});

/** Shares of one total by class of rollout. Right, wrong and truncated add up to 1; long ones are among all three. */
const mass = z.object({
  right: z.number(),
  wrong: z.number().meta({ description: "Ended by itself without a right answer" }),
  truncated: z.number(),
  long: z.number().meta({ description: "The longest quarter of the step's rollouts" }),
});
export type Mass = z.infer<typeof mass>;

export const replayChange = z.object({
  rollouts: z.number().int(),
  signChanged: z.number().meta({ description: "In the loss in both, with an advantage of another sign (zero is a sign)", unit: "share" }),
  left: z.number().meta({ description: "In the loss as run, not as replayed", unit: "share" }),
  entered: z.number().meta({ description: "In the loss as replayed, not as run", unit: "share" }),
  weight: z.object({ asRun: mass, replayed: mass }).meta({ description: "Share of the loss's weight, weight × tokens" }),
  pull: z.object({ asRun: mass, replayed: mass }).meta({ description: "Share of the gradient's size, weight × |advantage| × tokens" }),
  meanChange: z.number().meta({ description: "Mean over rollouts of |Δ (weight × advantage)|, the coefficient of each token's log-prob" }),
  relativeChange: z
    .number()
    .nullable()
    .meta({ description: "The same × tokens, over the coefficients as run × tokens; null where those are all zero", unit: "share" }),
  correlation: z.number().nullable().meta({ description: "Of the coefficients as run and as replayed; null where one does not vary" }),
});
export type ReplayChange = z.infer<typeof replayChange>;

export const replay = z.object({
  schemaVersion: z.literal(1),
  asRun: replayRule,
  replayed: replayRule,
  steps: z.array(replayChange.extend({ step: z.number().int() })),
  overall: replayChange,
  reproduced: z
    .number()
    .meta({ description: "Largest difference of the stored advantages from those that the rule as run gives: 0 but for rounding" }),
});
export type Replay = z.infer<typeof replay>;
