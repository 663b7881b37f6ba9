// The over-long laboratory's result: truncation, what truncated responses would have become, and what the filter does at each budget.
import { z } from "zod";
import { estimate, seedInterval } from "./comparison.ts";

/** Truncated responses followed past the budget they were cut at. */
export const extension = z.object({
  budget: z.number().int().meta({ unit: "tokens" }),
  doubled: z.number().int().meta({ unit: "tokens" }),
  truncated: z.number().int().meta({ description: "Responses cut at the budget" }),
  continued: z.number().int().meta({ description: "Of those, whose text the response at the double budget begins with" }),
  turnedRight: estimate.nullable().meta({ description: "Share of the continued that are right at the double budget; null without any" }),
  turned: z
    .object({ right: z.number().int(), wrong: z.number().int(), truncated: z.number().int() })
    .meta({ description: "What the continued became; wrong counts unparseable and failed ones as well" }),
  ended: z.number().int().meta({ description: "Responses that ended by themselves within the budget" }),
  same: z
    .number()
    .int()
    .meta({ description: "Of those, the same text at the double budget: all, where both evaluations share their streams" }),
});
export type Extension = z.infer<typeof extension>;

export const overlongArm = z.object({
  budget: z.number().int().meta({ description: "Response budget of RL", unit: "tokens" }),
  filter: z.boolean(),
  seed: z.number().int(),
  score: z.object({ trained: estimate, doubled: estimate }).meta({ description: "At the training budget and at twice it" }),
  truncated: z.object({ trained: estimate, doubled: estimate }),
  responseTokens: z.object({ trained: z.number(), doubled: z.number() }),
  extension,
});
export type OverlongArm = z.infer<typeof overlongArm>;

/** A budget and filter over its seeds. */
export const overlongMeans = z.object({
  budget: z.number().int(),
  filter: z.boolean(),
  seeds: z.number().int(),
  score: z.object({ trained: z.number(), doubled: z.number() }),
  truncated: z.object({ trained: z.number(), doubled: z.number() }),
  responseTokens: z.number().meta({ description: "At the training budget" }),
  turnedRight: z.number().nullable().meta({ description: "Over the seeds in which truncated responses went on; null without any" }),
});
export type OverlongMeans = z.infer<typeof overlongMeans>;

/** A difference of scores for each seed, paired over problems, and over seeds. */
export const filterEffect = z.object({
  bySeed: z.array(z.object({ seed: z.number().int(), difference: estimate })),
  overSeeds: seedInterval.nullable().meta({ description: "Null with one seed" }),
  answer: z.enum(["higher", "lower", "not distinguishable"]).meta({ description: "Of the difference against 0, over seeds where several" }),
});
export type FilterEffect = z.infer<typeof filterEffect>;

export const overlongReport = z.object({
  schemaVersion: z.literal(1),
  arms: z.array(overlongArm),
  means: z.array(overlongMeans).meta({ description: "Empty with one seed" }),
  effects: z
    .array(
      z.object({
        budget: z.number().int(),
        trained: filterEffect.meta({ description: "Filter on − off, tested at the training budget" }),
        doubled: filterEffect.meta({ description: "Filter on − off, tested at twice the training budget" }),
        sentence: z.string(),
      }),
    )
    .meta({ description: "Shortest budget first" }),
  interactions: z
    .array(
      z.object({
        short: z.number().int(),
        long: z.number().int(),
        trained: filterEffect.meta({ description: "(on − off) at the long budget minus (on − off) at the short one" }),
        doubled: filterEffect,
        sentence: z.string(),
      }),
    )
    .meta({ description: "Each longer budget against the shortest" }),
});
export type OverlongReport = z.infer<typeof overlongReport>;
