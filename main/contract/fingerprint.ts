// A start's fingerprint: what can be measured of it before RL, and how that goes with what RL gains over several starts.
import { z } from "zod";
import { estimate } from "./comparison.ts";

export const fingerprint = z.object({
  start: z.string(),
  temperature: z.number().meta({ description: "T the samples were drawn at, which is RL's" }),
  budget: z.number().int().meta({ description: "Response budget of the samples", unit: "tokens" }),
  problems: z.number().int(),
  samplesPerProblem: z.number().int(),
  entropy: z.number().meta({ description: "Mean over all generated tokens of the entropy of softmax(logits / T)", unit: "nats" }),
  sweep: z
    .array(z.object({ temperature: z.number(), entropy: z.number(), reward: z.number() }))
    .meta({ description: "The finder's candidates, ascending in T; empty without a sweep" }),
  lengths: z
    .array(
      z.object({
        quantile: z.number(),
        tokens: z.number(),
        atLeast: z.boolean().meta({ description: "The quantile lies among truncated responses: the true one is this or more" }),
      }),
    )
    .meta({ description: "Quantiles of the response length" }),
  truncation: z
    .array(
      z.object({
        budget: z.number().int(),
        share: estimate.nullable().meta({ description: "Share that would be truncated there; null above the samples' own budget" }),
        atMost: z
          .number()
          .nullable()
          .meta({ description: "Above the samples' own budget: no more than were truncated at it", unit: "share" }),
      }),
    )
    .meta({ description: "By response budget" }),
  passAt1: estimate,
  passAtK: z.array(z.object({ k: z.number().int(), value: z.number() })).meta({ description: "Unbiased, mean over problems" }),
  zeroVariance: z
    .object({
      groupSize: z.number().int(),
      share: z
        .number()
        .nullable()
        .meta({ description: "Expected share of groups whose rewards are all equal; null from one sample a problem" }),
      estimated: z.boolean().meta({ description: "With fewer samples than G: by a beta fitted to the problems' rates of right samples" }),
      allRight: z.number().nullable().meta({ description: "Null where estimated" }),
      allWrong: z.number().nullable(),
    })
    .meta({ description: "Groups that would carry no gradient" }),
  unparseable: estimate.meta({ description: "Share that ended without a readable answer" }),
  diversity: z
    .array(
      z.object({
        k: z.number().int(),
        distinct: z.number().meta({ description: "Expected distinct texts among k right responses of a problem" }),
        problems: z.number().int().meta({ description: "Problems with at least k right responses, which it is the mean over" }),
      }),
    )
    .meta({ description: "Rarefaction of right responses; empty where none is right" }),
});
export type Fingerprint = z.infer<typeof fingerprint>;

const correlation = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });

export const fingerprintCorrelation = z.object({
  trait: z.string(),
  label: z.string(),
  n: z.number().int().meta({ description: "Starts; seeds of one start are averaged" }),
  spearman: correlation,
  pearson: correlation,
  clear: z.boolean().meta({ description: "Both intervals leave zero out" }),
  points: z.array(z.object({ start: z.string(), trait: z.number(), gain: z.number() })),
});
export type FingerprintCorrelation = z.infer<typeof fingerprintCorrelation>;

export const fingerprintCorrelations = z.object({
  schemaVersion: z.literal(1),
  starts: z.number().int(),
  correlations: z.array(fingerprintCorrelation),
  notes: z.array(z.string()),
});
export type FingerprintCorrelations = z.infer<typeof fingerprintCorrelations>;
