// The fate map: each problem's solve rate from SFT through the RL stages to the end, for each start.
import { z } from "zod";
import { estimate, fateList } from "./comparison.ts";

const counted = z.object({
  count: z.number().int(),
  chance: z.number().int().meta({ description: "Count that two halves of the earlier evaluation give by sampling alone" }),
});

/** Problems the start hardly solved before RL, chosen on one half of the samples and measured on the other. */
export const hardBin = z.object({
  below: z.number().meta({ description: "Solve rate at SFT, on the choosing half, below which a problem is in the bin", unit: "share" }),
  problems: z.number().int(),
  onChoosingHalf: z
    .number()
    .nullable()
    .meta({ description: "Their rate on the half that chose them: too low by that choice", unit: "share" }),
  points: z
    .array(z.object({ label: z.string(), score: estimate.nullable() }))
    .meta({ description: "On the other half of each evaluation; null where the bin is empty" }),
  change: estimate.nullable().meta({ description: "End − SFT, both on the other half, paired over the bin's problems" }),
  chance: z.number().nullable().meta({
    description: "Other half − choosing half of the SFT evaluation: the rise that two evaluations of one checkpoint give",
    unit: "share",
  }),
});
export type HardBin = z.infer<typeof hardBin>;

export const fateOfStart = z.object({
  start: z.string(),
  newlySolved: fateList.meta({ description: "From SFT to the end, by halves" }),
  lost: fateList,
  stages: z.array(z.object({ from: z.string(), to: z.string(), newlySolved: counted, lost: counted })),
  hard: hardBin,
});
export type FateOfStart = z.infer<typeof fateOfStart>;

export const fateMap = z.object({
  schemaVersion: z.literal(1),
  samplesPerProblem: z.number().int(),
  starts: z.array(z.string()).meta({ description: "Weakest first" }),
  points: z.array(z.array(z.string())).meta({ description: "Of each start: labels of its evaluations, SFT first, the end last" }),
  evaluationIds: z.array(z.array(z.string())).meta({ description: "[start][point]: where the samples are" }),
  problems: z.array(
    z.object({
      problemId: z.string(),
      source: z.string(),
      rates: z.array(z.array(z.number())).meta({ description: "[start][point], over all samples", unit: "share" }),
    }),
  ),
  fates: z.array(fateOfStart),
  pairs: z
    .array(
      z.object({
        weak: z.string(),
        strong: z.string(),
        onlyStrong: fateList.meta({
          description: "Solved at the end only from the strong start; before is the weak start, after the strong",
        }),
        onlyWeak: fateList,
      }),
    )
    .meta({ description: "Of starts whose ends were measured under one response budget" }),
});
export type FateMap = z.infer<typeof fateMap>;
