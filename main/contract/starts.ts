// k starts under one RL recipe and several seeds: every pair's gap before and after, its change, and whether the order is kept.
import { z } from "zod";
import { gapComparison, gapDirection, seedInterval } from "./comparison.ts";

const gapOverSeeds = z.object({ before: seedInterval, after: seedInterval, change: seedInterval });

export const pairOfStarts = z.object({
  weak: z.string(),
  strong: z.string(),
  bySeed: z.array(z.object({ seed: z.number().int(), gap: gapComparison })).meta({ description: "Intervals paired over problems" }),
  overSeeds: z
    .object({ points: gapOverSeeds, logOdds: gapOverSeeds })
    .nullable()
    .meta({ description: "Student's t over seeds; null with one seed" }),
  narrowingRatio: z.number().nullable().meta({
    description: "Mean gap after / mean gap before; only when the gap before leaves zero out (over seeds, or problems of one seed)",
  }),
  order: z
    .object({ kept: z.number().int(), flipped: z.number().int(), tied: z.number().int() })
    .meta({ description: "Seeds by the sign of the gap before and after; tied: one of the two is zero" }),
  direction: z.object({ points: gapDirection, logOdds: gapDirection }).meta({ description: "Over seeds; of one seed, over problems" }),
  grew: z.boolean().meta({ description: "The gap in points grew, the interval of its change clear of zero" }),
  sentence: z.string(),
});
export type PairOfStarts = z.infer<typeof pairOfStarts>;

export const rankKept = z.object({
  tau: z.number().nullable().meta({ description: "Kendall's τ-b of mean scores before and after; null where all starts tie" }),
  bySeed: z.array(z.object({ seed: z.number().int(), tau: z.number().nullable() })),
});

export const startsScope = z.object({
  source: z.string().nullable().meta({ description: "Benchmark or source of the problems; null: all problems" }),
  problems: z.number().int(),
  pairs: z.array(pairOfStarts),
  kendall: rankKept.nullable().meta({ description: "From five starts up; null below" }),
});
export type StartsScope = z.infer<typeof startsScope>;

export const startsReport = z.object({
  schemaVersion: z.literal(1),
  starts: z.array(z.string()).meta({ description: "Weakest first" }),
  seeds: z.array(z.number().int()),
  scopes: z.array(startsScope).meta({ description: "All problems first, then each source where there are several" }),
  leftOut: z.array(z.string()).meta({ description: "Sources with one problem, which give no interval" }),
});
export type StartsReport = z.infer<typeof startsReport>;
