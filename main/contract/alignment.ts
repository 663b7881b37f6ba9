// Curves of several starts over RL, laid on one axis: the gap along it with its band, and whether the order flips.
import { z } from "zod";
import { estimate, seedInterval } from "./comparison.ts";

export const alignmentAxis = z.enum(["step", "tokens", "compute"]).meta({
  description: "step: RL updates; tokens: generated so far; compute: what the caller counts, in one unit for all starts",
});
export type AlignmentAxis = z.infer<typeof alignmentAxis>;

export const gapPoint = z.object({
  x: z.number(),
  weak: z.number().meta({ description: "Score of the weaker start, between its evaluations by linear interpolation", unit: "share" }),
  strong: z.number().meta({ unit: "share" }),
  gap: estimate.meta({ description: "strong − weak, paired over problems" }),
  measured: z.boolean().meta({ description: "Both starts were evaluated here; otherwise at least one is interpolated" }),
});
export type GapPoint = z.infer<typeof gapPoint>;

export const crossing = z.object({
  outcome: z.enum(["crossing", "order kept", "not distinguishable"]),
  flips: z
    .array(
      z.object({
        x: z.number().meta({ description: "Where the gap passes zero, by linear interpolation" }),
        from: z.number().meta({ description: "Last x before at which the interval leaves zero out" }),
        to: z.number().meta({ description: "First x after at which it leaves zero out on the other side" }),
      }),
    )
    .meta({ description: "Only where the interval, wider for the number of points, leaves zero out on both sides" }),
  over: z.enum(["problems", "seeds"]).meta({ description: "What the intervals are over" }),
  sentence: z.string(),
});
export type Crossing = z.infer<typeof crossing>;

export const alignedGap = z.object({
  weak: z.string(),
  strong: z.string(),
  bySeed: z.array(z.object({ seed: z.number().int(), points: z.array(gapPoint) })),
  overSeeds: z
    .array(z.object({ x: z.number(), gap: seedInterval }))
    .nullable()
    .meta({ description: "Gap at x over seeds; null with one seed" }),
  crossing,
});
export type AlignedGap = z.infer<typeof alignedGap>;

export const alignment = z.object({
  schemaVersion: z.literal(1),
  axis: alignmentAxis,
  curves: z.array(
    z.object({
      start: z.string(),
      seed: z.number().int(),
      points: z.array(z.object({ x: z.number(), score: estimate, evaluationId: z.string() })),
    }),
  ),
  gaps: z.array(alignedGap).meta({ description: "Every pair, the earlier start being the weaker" }),
});
export type Alignment = z.infer<typeof alignment>;
