// The SFT data pipeline: the steps that imported datasets go through to become one, and the report of what each step kept, dropped
// and why. The steps are the paper's (unique prompts, 9-gram decontamination, thinning of prompts with short responses, random
// sampling by length, §2 of AceReason-Nemotron 1.1); it prints neither rates nor how words are told apart, so those are ours.
import { z } from "zod";

const stepName = z.string().min(1).max(64).optional().meta({ description: "How the report calls this step; empty: its kind" });

const poolRef = z.strictObject({
  dataset: z.string().min(1).meta({ description: "Imported dataset version, e.g. gsm8k-train-v1" }),
  limit: z.number().int().positive().optional().meta({ description: "Only the first rows of it", unit: "rows" }),
});

export const mergeStep = z.strictObject({
  kind: z.literal("merge"),
  name: stepName,
  pools: z.array(poolRef).min(1).max(64).meta({ description: "Datasets, in the order in which their rows come" }),
  needResponse: z.boolean().default(false).meta({ description: "Drop rows without a response" }),
});

export const uniqueStep = z.strictObject({ kind: z.literal("unique"), name: stepName }).meta({
  description:
    "One row a prompt, with the different responses of all its rows. Prompts are the same when they are equal in Unicode NFC, each " +
    "run of white space one space, none at the ends; case counts (a and A are two variables)",
});

export const decontaminateStep = z.strictObject({
  kind: z.literal("decontaminate"),
  name: stepName,
  benchmarks: z
    .array(z.string().min(1))
    .min(1)
    .max(64)
    .meta({ description: "Keys of benchmarks (gsm8k, math500, aime24 …) or imported dataset versions" }),
  n: z.number().int().min(2).max(100).default(9).meta({
    description: "Words in a row that a prompt may not share with a test problem: 9 for SFT, 14 for code RL (the paper)",
    unit: "words",
  }),
});

export const thinStep = z.strictObject({
  kind: z.literal("thin"),
  name: stepName,
  below: z.number().positive().default(2000).meta({
    description:
      "A prompt is short when its responses' mean length is below this, in the pipeline's unit (the paper: around or below 2,000 tokens)",
  }),
  keep: z.number().min(0).max(1).default(0.5).meta({ description: "Chance that a short prompt stays (ours)" }),
});

const lengthBin = z.strictObject({
  below: z
    .number()
    .positive()
    .nullable()
    .meta({ description: "The bin's end, exclusive; null: no end. Each begins where the one before ends" }),
  share: z.number().min(0).meta({ description: "Part of the bin that stays, or the bin's part of what stays" }),
});

export const resampleStep = z
  .strictObject({
    kind: z.literal("resample"),
    name: stepName,
    mode: z
      .enum(["keep", "mix"])
      .default("keep")
      .meta({ description: "keep: shares are parts of each bin that stay; mix: parts of the result, which is as large as the bins allow" }),
    bins: z.array(lengthBin).min(1).max(64).meta({ description: "By response length, ascending; the last one has no end" }),
  })
  .superRefine(({ mode, bins }, ctx) => {
    bins.forEach(({ below, share }, i) => {
      const last = i === bins.length - 1;
      if (last !== (below === null))
        ctx.addIssue({
          code: "custom",
          path: ["bins", i, "below"],
          message: "The last bin, and only it, has no end: set its below to null.",
        });
      const before = i === 0 ? 0 : (bins[i - 1].below ?? 0);
      if (below !== null && below <= before)
        ctx.addIssue({ code: "custom", path: ["bins", i, "below"], message: "Bins ascend: raise this end above the one before." });
      if (mode === "keep" && share > 1)
        ctx.addIssue({ code: "custom", path: ["bins", i, "share"], message: "No response is kept twice: lower this share to at most 1." });
    });
    if (bins.every(({ share }) => share === 0))
      ctx.addIssue({ code: "custom", path: ["bins"], message: "Every share is 0, so nothing would stay: raise one." });
  });

export const checkStep = z.strictObject({
  kind: z.literal("check"),
  name: stepName,
  think: z
    .enum(["ignore", "closed", "required"])
    .default("closed")
    .meta({ description: "closed: a <think> that opens also closes, once, with an answer after it; required: and there is one" }),
  answer: z.boolean().default(false).meta({
    description: "The response states an answer where the row's answer rule looks for it, or has a Python block where rows have tests",
  }),
  whole: z
    .boolean()
    .default(true)
    .meta({ description: "No sign of a cut: no open code block, no open \\boxed{, not longer than maxLength" }),
  maxLength: z.number().positive().nullable().default(null).meta({ description: "Longest response; null: any" }),
  loops: z.boolean().default(true).meta({ description: "No loop: up to 64 words, 5 times or more in a row, over 60 words or more (ours)" }),
  verified: z
    .boolean()
    .default(false)
    .meta({ description: "The verifier finds it right (the paper does not say that its SFT data were; rows need an answer or tests)" }),
});

/** As forms name them; a pipeline begins with merge. */
export const pipelineStep = z.discriminatedUnion("kind", [mergeStep, uniqueStep, decontaminateStep, thinStep, resampleStep, checkStep]);
export type PipelineStep = z.infer<typeof pipelineStep>;
export type StepOf<Kind extends PipelineStep["kind"]> = Extract<PipelineStep, { kind: Kind }>;

/** How the report calls each step. */
export const stepNames = (steps: readonly PipelineStep[]): string[] => steps.map(({ kind, name }) => name ?? kind);

export const pipelineConfig = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(64)
      .meta({ description: "Of the dataset that it makes; a changed result under one name is its next version" }),
    seed: z.number().int().nonnegative().default(1).meta({ description: "Of every draw" }),
    tokenizer: z.string().nullable().default(null).meta({
      description: "Checkpoint whose tokens measure responses; null: lengths are characters (exact tokens take about a second a MB)",
    }),
    steps: z.array(pipelineStep).min(1).max(32),
  })
  .superRefine(({ steps }, ctx) => {
    steps.forEach(({ kind }, i) => {
      if ((kind === "merge") !== (i === 0))
        ctx.addIssue({ code: "custom", path: ["steps", i], message: "A pipeline begins with one merge step, and has no other." });
    });
    const names = stepNames(steps);
    names.forEach((name, i) => {
      if (names.indexOf(name) < i)
        ctx.addIssue({ code: "custom", path: ["steps", i, "name"], message: `Two steps are called ${name}: name one of them otherwise.` });
    });
  });
export type PipelineConfig = z.infer<typeof pipelineConfig>;
export type PipelineConfigInput = z.input<typeof pipelineConfig>;

const count = z.number().int().nonnegative();
const amount = z.object({ rows: count, responses: count });
export type Amount = z.infer<typeof amount>;

/** Bins have the same edges in every report: 0, 1, 2, 3, 4, 6, 8, 11, 16 … (powers of √2, rounded). */
export const lengthHistogram = z.object({
  unit: z.enum(["characters", "tokens"]),
  count,
  mean: z.number().nullable().meta({ description: "Null without a value" }),
  max: z.number().nullable(),
  bins: z.array(z.object({ from: z.number(), to: z.number().meta({ description: "Exclusive" }), count })).meta({
    description: "From the first that holds a value to the last",
  }),
});
export type LengthHistogram = z.infer<typeof lengthHistogram>;

const place = {
  dataset: z.string().meta({ description: "Version that the row came from" }),
  row: count.meta({ description: "Its number there" }),
  id: z.string(),
};

export const matchedSpan = z
  .object({
    ...place,
    turn: count.nullable().meta({ description: "Which message of the row's conversation; null: the prompt" }),
    from: count.meta({ description: "Of the span in the row's prompt (or message), UTF-16 code units" }),
    to: count.meta({ description: "Exclusive" }),
    text: z.string().meta({ description: "The prompt around the span" }),
    textFrom: count.meta({ description: "Where that part of the prompt begins" }),
    benchmark: z.string(),
    problem: z.string().meta({ description: "Id of the test problem; the first of the benchmark that has these words" }),
    problemRow: count.meta({ description: "Its number among the benchmark's problems" }),
    problemFrom: count,
    problemTo: count,
    problemText: z.string(),
    problemTextFrom: count,
    words: count.meta({ description: "Length of the span, which is as long as it can be on both sides" }),
    whole: z.boolean().meta({ description: "A problem of fewer than n words, equal to the whole prompt" }),
  })
  .meta({ description: "Where a dropped row and a test problem say the same, in both texts" });
export type MatchedSpan = z.infer<typeof matchedSpan>;

const dropped = amount.extend({
  reason: z.string(),
  examples: z.array(z.object({ ...place, text: z.string().meta({ description: "The prompt's or the response's beginning, or its end" }) })),
});
export type Dropped = z.infer<typeof dropped>;

export const stepReport = z.object({
  kind: z.enum(["merge", "unique", "decontaminate", "thin", "resample", "check"]),
  name: z.string(),
  in: amount,
  kept: amount,
  dropped: z.array(dropped).meta({ description: "The reason with the most first; responses of a dropped row are counted with it" }),
  lengths: lengthHistogram.meta({ description: "Of the responses that the step kept" }),
  pools: z
    .array(amount.extend({ dataset: z.string() }))
    .optional()
    .meta({ description: "merge: what each pool gave" }),
  benchmarks: z
    .array(
      z.object({
        benchmark: z.string(),
        from: z.string().meta({ description: "Dataset version, or shipped file" }),
        hash: z.string().meta({ description: "Of the dataset's content, or sha256 of the file" }),
        problems: count,
        shortProblems: count.meta({ description: "Of fewer than n words: a row is dropped only where it is the whole problem" }),
        rows: count.meta({ description: "Rows dropped for it; a row may be dropped for several" }),
      }),
    )
    .optional()
    .meta({ description: "decontaminate" }),
  spans: z
    .object({ total: count, shown: z.array(matchedSpan).meta({ description: "The first; all of them by datasets.pipeline.spans" }) })
    .optional()
    .meta({ description: "decontaminate" }),
  bins: z
    .array(z.object({ from: z.number(), to: z.number().nullable(), in: count, kept: count }))
    .optional()
    .meta({ description: "resample: responses by bin" }),
});
export type StepReport = z.infer<typeof stepReport>;

export const pipelineReport = z.object({
  schemaVersion: z.literal(1),
  version: z.string().meta({ description: "Of Headstart" }),
  config: pipelineConfig,
  pools: z.array(z.object({ dataset: z.string(), contentHash: z.string(), rows: count })),
  steps: z.array(stepReport),
  result: amount,
  responseLengths: z.object({ before: lengthHistogram, after: lengthHistogram }),
  promptLengths: z.object({ before: lengthHistogram, after: lengthHistogram }).meta({ description: "Always in characters" }),
  notices: z.array(z.string()).meta({ description: "What should be known of the result, a sentence each" }),
  seconds: z.number(),
  createdAt: z.string(),
});
export type PipelineReport = z.infer<typeof pipelineReport>;

/** How far a pipeline is. */
export interface PipelineProgress {
  activity: "benchmarks" | "rows" | "importing";
  /** Rows taken from the pools, of all that they have. */
  rows: number;
  totalRows: number;
  /** In order of the steps; a step that must see all rows before it gives any has taken more than it kept and dropped. */
  steps: { name: string; in: number; kept: number; dropped: number }[];
}

/** datasets.pipeline.preview */
export type PreviewPipelineEvent = { type: "progress"; progress: PipelineProgress } | { type: "report"; report: PipelineReport };
/** datasets.pipeline.run */
export type RunPipelineEvent =
  | { type: "progress"; progress: PipelineProgress }
  | { type: "made"; datasetId: string; rows: number; report: PipelineReport };

/** datasets.pipeline.preview */
export const previewPipelineInput = z.object({
  config: pipelineConfig,
  limit: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .meta({ description: "Only the first rows of each pool: quick, and no more than an impression", unit: "rows" }),
});
