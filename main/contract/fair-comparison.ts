// The fair-comparison guard: what differs between the starts' runs besides the start itself, and whether it breaks the comparison.
import { z } from "zod";

const setting = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const runDescription = z.object({
  start: z.string(),
  temperatures: z
    .array(
      z.object({
        stage: z.string().meta({ description: "RL stage; empty where there is one" }),
        values: z.array(z.number().nullable()).meta({ description: "T of its rollouts, one a seed; null: not found yet" }),
        source: z.enum(["found", "fixed"]).meta({ description: "found: by a sweep of this start; fixed: by the recipe" }),
      }),
    )
    .meta({ description: "Of every RL stage" }),
  seeds: z.array(z.number().int()),
  settings: z.record(z.string(), setting).meta({
    description: "All else, flat, keys with dots: data.hash, rl.maxResponseTokens, stages.1.steps, evaluation.temperature, engine …",
  }),
});
export type RunDescription = z.infer<typeof runDescription>;

export const fairnessGrade = z.enum(["breaks the comparison", "to be known"]);
export type FairnessGrade = z.infer<typeof fairnessGrade>;

export const fairnessFinding = z.object({
  field: z.string(),
  grade: fairnessGrade,
  values: z.array(z.object({ start: z.string(), value: z.string() })),
  sentence: z.string(),
});
export type FairnessFinding = z.infer<typeof fairnessFinding>;

export const fairnessReport = z.object({
  fair: z.boolean().meta({ description: "No finding breaks the comparison" }),
  findings: z.array(fairnessFinding).meta({ description: "Those that break the comparison first" }),
  sentence: z.string().meta({ description: "The mark on the plot" }),
});
export type FairnessReport = z.infer<typeof fairnessReport>;
