// The door of an RL stage: which problems the model at the door lets through, by how often it solves them.
import { z } from "zod";

const share = z.number().min(0).max(1);

export const doorFilter = z
  .object({
    min: share.optional().meta({ description: "Least pass rate let through, inclusive; empty: none", unit: "share" }),
    max: share
      .optional()
      .meta({ description: "Greatest pass rate let through, inclusive (1.0 paper, Math 24K: 6/16 = 0.375); empty: none", unit: "share" }),
    dropAllSolved: z.boolean().default(false).meta({ description: "Drop problems that every sample solved: they carry no gradient" }),
    dropNoneSolved: z.boolean().default(false).meta({ description: "Drop problems that no sample solved (ours)" }),
  })
  .superRefine(({ min, max }, ctx) => {
    if (min !== undefined && max !== undefined && min > max)
      ctx.addIssue({
        code: "custom",
        path: ["min"],
        message: `The least pass rate, ${min}, exceeds the greatest, ${max}, so no problem could pass: lower min or raise max.`,
      });
  });
export type DoorFilter = z.infer<typeof doorFilter>;

export const doorReason = z.enum(["all-solved", "none-solved", "below-min", "above-max"]);
export type DoorReason = z.infer<typeof doorReason>;

export const doorReport = z.object({
  filter: doorFilter,
  problems: z.number().int().meta({ description: "Problems at the door" }),
  samplesPerProblem: z.number().int(),
  passRate: z.number().meta({ description: "Mean pass rate of all problems at the door", unit: "share" }),
  survivors: z.array(z.string()).meta({ description: "Ids of the problems let through, sorted" }),
  survivorsPassRate: z
    .number()
    .nullable()
    .meta({ description: "Mean pass rate of the survivors on the samples that chose them: not what fresh samples would give" }),
  dropped: z.record(doorReason, z.number().int()).meta({ description: "Problems dropped, each under one reason" }),
  histogram: z
    .array(z.object({ right: z.number().int(), problems: z.number().int(), survivors: z.number().int() }))
    .meta({ description: "Problems by how many of their samples are right, 0 to n, with how many of them were let through" }),
});
export type DoorReport = z.infer<typeof doorReport>;
