// The data ladder's regression: score on unique prompts and responses a prompt. Scores and coefficients are in points (0 to 100),
// as the paper gives them.
import { z } from "zod";
import { seedInterval } from "./comparison.ts";

const interval = z.object({ low: z.number(), high: z.number() });

export const regressionTerm = z.object({
  value: z.number(),
  standardError: z.number().meta({ description: "From what the fit leaves over, on the fit's degrees of freedom" }),
  low: z.number().meta({ description: "Lower end of the 95 % interval by Student's t" }),
  high: z.number().meta({ description: "Upper end of the 95 % interval by Student's t" }),
  bootstrap: interval.meta({ description: "95 % percentile interval, problems (and seeds where there are several) drawn anew" }),
});
export type RegressionTerm = z.infer<typeof regressionTerm>;

export const regressionPoint = z.object({
  cell: z.string(),
  prompts: z.number().meta({ description: "Unique prompts, mean over the cell's seeds" }),
  responses: z.number().meta({ description: "Mean responses a prompt, mean over the cell's seeds" }),
  score: z.number().meta({ description: "Mean over the cell's seeds", unit: "points" }),
  bySeed: z.array(z.object({ seed: z.number().int(), score: z.number() })),
  fitted: z.number(),
  residual: z.number(),
});
export type RegressionPoint = z.infer<typeof regressionPoint>;

export const leaveOneOut = z.object({
  cell: z.string(),
  prompts: z.number().nullable().meta({ description: "Points a doubling of prompts without this cell; null: no longer determined" }),
  responses: z.number().nullable(),
  predicted: z.number().nullable().meta({ description: "Score of this cell as the others predict it", unit: "points" }),
  error: z.number().nullable().meta({ description: "Measured minus predicted", unit: "points" }),
});

export const whatNext = z.object({
  difference: regressionTerm.meta({ description: "Points a doubling of prompts minus points a doubling of responses" }),
  promptsAhead: z
    .number()
    .meta({ description: "Share of bootstrap draws in which a doubling of prompts brings more; ties count half", unit: "share" }),
  answer: z.enum(["prompts", "responses", "not distinguishable"]),
  sentence: z.string(),
});
export type WhatNext = z.infer<typeof whatNext>;

export const regression = z.object({
  schemaVersion: z.literal(1),
  axes: z.array(z.enum(["prompts", "responses"])).meta({ description: "The axes that vary and are fitted" }),
  notes: z.array(z.string()).meta({ description: "What a reader must know of this fit, one sentence each" }),
  points: z.array(regressionPoint),
  raw: z.object({
    prompts: regressionTerm.nullable().meta({ description: "a: points a doubling of unique prompts" }),
    responses: regressionTerm.nullable().meta({ description: "b: points a doubling of responses a prompt" }),
    intercept: regressionTerm.meta({ description: "c: score at 1 prompt with 1 response; far outside the points" }),
  }),
  standardised: z.object({
    prompts: regressionTerm.nullable().meta({ description: "Points a standard deviation of log2 prompts" }),
    responses: regressionTerm.nullable().meta({ description: "Points a standard deviation of log2 responses" }),
    intercept: regressionTerm.meta({ description: "Score at the mean of both logs" }),
    deviations: z
      .object({ prompts: z.number(), responses: z.number() })
      .meta({ description: "Population standard deviations of the two logs, in doublings" }),
  }),
  rSquared: z.number().nullable().meta({ description: "Null where all cells have one score" }),
  degreesOfFreedom: z.number().int().meta({ description: "Cells minus parameters; seeds of a cell are no further points" }),
  residualDeviation: z.number().meta({ description: "Standard deviation of what the fit leaves over", unit: "points" }),
  logCorrelation: z.number().nullable().meta({ description: "Of log2 prompts and log2 responses over the cells; null on one axis" }),
  varianceInflation: z
    .number()
    .nullable()
    .meta({ description: "VIF, 1 / (1 − correlation²): how much the axes' moving together widens both coefficients" }),
  leaveOneOut: z.object({
    cells: z.array(leaveOneOut),
    rootMeanSquareError: z.number().nullable().meta({ description: "Of the predictions of left-out cells", unit: "points" }),
  }),
  overSeeds: z
    .object({ seeds: z.array(z.number().int()), prompts: seedInterval.nullable(), responses: seedInterval.nullable() })
    .nullable()
    .meta({ description: "One fit a seed, points a doubling; null where the cells do not share two or more seeds" }),
  bootstrap: z.object({
    draws: z.number().int(),
    problems: z.number().int(),
    seeds: z.enum(["shared", "by cell", "one"]).meta({
      description: "shared: a drawn seed is drawn for all cells; by cell: each cell's own; one: a cell has one seed, so problems alone",
    }),
  }),
  whatNext: whatNext.nullable().meta({ description: "Null where only one axis varies" }),
});
export type Regression = z.infer<typeof regression>;

/** Where the raw form's constant is the score: one of each axis that was fitted. */
export const interceptAt = ({ axes }: Pick<Regression, "axes">): string => axes.map((axis) => `1 ${axis.replace(/s$/, "")}`).join(" × ");
