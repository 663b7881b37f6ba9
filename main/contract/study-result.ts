// What a study found: its arms with their evaluations and RL stages, for one seed or for all finished seeds of its recipe, the paired
// differences between them, and what its kind is for. A study that still runs has a result too: of what is finished.
import { z } from "zod";
import { alignmentAxis } from "./alignment.ts";
import { estimate, seedInterval } from "./comparison.ts";
import { pool } from "./dataset.ts";
import { doorReport } from "./door.ts";
import { regression } from "./regression.ts";
import { replayRule } from "./replay.ts";
import { temperatureResult } from "./run.ts";
import { startsReport } from "./starts.ts";
import { studyRecipe } from "./study.ts";

/** First, last and mean over a stage's steps. */
export const course = z.object({ first: z.number(), last: z.number(), mean: z.number() });
export type Course = z.infer<typeof course>;

export const armEvaluation = z.object({
  evaluationId: z.string(),
  when: z.enum(["before", "between", "after", "alone"]),
  point: z.string().nullable().meta({ description: "Stage of RL it comes after; null: none, or the only one" }),
  budget: z.number().int().meta({ description: "Most response tokens", unit: "tokens" }),
  score: estimate,
  passAtK: z.array(z.object({ k: z.number().int(), value: z.number() })),
  truncated: z.number(),
  unparseable: z.number(),
  responseTokens: z.number(),
  bySource: z.array(z.object({ source: z.string(), score: estimate })).meta({ description: "Empty where all problems have one source" }),
});
export type ArmEvaluation = z.infer<typeof armEvaluation>;

export const armStage = z.object({
  stageId: z.string(),
  name: z.string().nullable().meta({ description: "Null: the only stage" }),
  note: z.string().nullable(),
  steps: z.number().int(),
  tokens: z.number().int().nullable(),
  budget: z.number().int(),
  overlongFilter: z.boolean(),
  temperature: course.meta({ description: "T of the rollouts; a controller moves it" }),
  entropy: course.nullable(),
  reward: course.nullable(),
  truncated: course.nullable(),
  responseTokens: course.nullable(),
  zeroVariance: course.nullable(),
  door: doorReport
    .omit({ survivors: true })
    .extend({ survivors: z.number().int(), evaluationId: z.string().nullable().meta({ description: "Its samples" }) })
    .nullable(),
});
export type ArmStage = z.infer<typeof armStage>;

export const armRun = z.object({
  seed: z.number().int(),
  studyId: z.string(),
  sft: z
    .object({
      stageId: z.string(),
      prompts: z.number().int(),
      responsesPerPrompt: z.number().int(),
      examples: z.number().int(),
      steps: z.number().int().nullable(),
      tokens: z.number().int().nullable(),
      lengths: z.object({ tokens: z.number(), wasserstein: z.number(), ks: z.number() }).nullable(),
      devLoss: z.number().nullable().meta({ description: "After the last epoch", unit: "nats" }),
    })
    .nullable(),
  temperature: temperatureResult
    .extend({ evaluationId: z.string().nullable().meta({ description: "Samples at the chosen T; those at the others are not kept" }) })
    .nullable()
    .meta({ description: "What the finder measured before the first stage of RL" }),
  stages: z.array(armStage),
  evaluations: z.array(armEvaluation),
});
export type ArmRun = z.infer<typeof armRun>;

/** One T that the finder tried, over the seeds that tried it; means where several. */
export const sweepRow = z.object({
  temperature: z.number(),
  entropy: z.number(),
  reward: z.number(),
  distinct: z.number().nullable(),
  truncated: z.number(),
  responseTokens: z.number(),
  informative: z.number().nullable(),
  seeds: z.number().int(),
  chosen: z.number().int().meta({ description: "Seeds in which it was chosen, for the target or by the recipe" }),
  fixed: z.boolean().meta({ description: "Chosen by the recipe" }),
  mostInformative: z.number().int().meta({ description: "Seeds in which most groups would carry a gradient at it" }),
});
export type SweepRow = z.infer<typeof sweepRow>;

export const studyArm = z.object({
  name: z.string(),
  role: z.enum(["start", "arm"]).meta({ description: "start: what forks have in common before RL" }),
  runs: z.array(armRun).meta({ description: "One a seed" }),
  sweep: z.array(sweepRow).meta({ description: "The finder's temperatures, ascending; empty without a sweep" }),
  overSeeds: z
    .array(armEvaluation.pick({ when: true, point: true, budget: true }).extend({ score: seedInterval }))
    .meta({ description: "Score at each point over the seeds that have it" }),
});
export type StudyArm = z.infer<typeof studyArm>;

export const pointOfStudy = z.object({
  arm: z.string(),
  when: armEvaluation.shape.when,
  point: z.string().nullable(),
  budget: z.number().int(),
});

export const studyDifference = z.object({
  what: z.enum(["change", "between arms"]).meta({ description: "change: of one arm through RL; else of two arms at the same point" }),
  from: pointOfStudy,
  to: pointOfStudy,
  bySeed: z.array(z.object({ seed: z.number().int(), difference: estimate })).meta({ description: "to − from, paired over problems" }),
  overSeeds: seedInterval,
});
export type StudyDifference = z.infer<typeof studyDifference>;

export const studyResult = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  recipe: studyRecipe,
  recipeHash: z.string(),
  seeds: z.array(
    z.object({
      seed: z.number().int(),
      studyId: z.string(),
      complete: z.boolean(),
      seconds: z.number(),
      codeVersion: z.string(),
      engine: z.string().nullable(),
    }),
  ),
  pool,
  arms: z.array(studyArm),
  differences: z.array(studyDifference),
  regression: regression.nullable().meta({ description: "Of a ladder with at least four finished cells" }),
  starts: startsReport.nullable().meta({ description: "Of k starts through one recipe" }),
  notes: z.array(z.string()).meta({ description: "What a reader must know of this result, one sentence each" }),
});
export type StudyResult = z.infer<typeof studyResult>;

/** results.get */
export const studyResultInput = z.object({
  id: z.string(),
  seeds: z.enum(["this", "all"]).default("this").meta({ description: "all: every finished study of the same recipe, one a seed" }),
});

/** results.replay */
export const replayInput = z.object({ stageId: z.string(), rule: replayRule });

/** results.alignment */
export const alignmentInput = studyResultInput.extend({ axis: alignmentAxis.default("step") });
