// What a person decides about a model, SFT, RL, an evaluation and a study. Each field is declared once: default, range,
// unit and one line; forms, flags, checks and docs come from here. "paper" in a line means AceReason-Nemotron 1.0/1.1;
// every default that the paper does not print is ours.
import { z } from "zod";
import { dataConfig, pool } from "./dataset.ts";
import { loraConfig } from "./lora.ts";

/** How RoPE's frequencies are stretched past the length the model was pre-trained on (Hugging Face's rope_scaling). */
export const ropeScaling = z.discriminatedUnion("type", [
  z.object({ type: z.literal("linear"), factor: z.number().min(1) }),
  z.object({
    type: z.literal("llama3"),
    factor: z.number().min(1),
    lowFreqFactor: z.number().positive(),
    highFreqFactor: z.number().positive(),
    originalMaxPositionEmbeddings: z.number().int().positive(),
  }),
  z.object({
    type: z.literal("yarn"),
    factor: z.number().min(1),
    originalMaxPositionEmbeddings: z.number().int().positive(),
    betaFast: z.number().positive().default(32),
    betaSlow: z.number().positive().default(1),
    attentionFactor: z.number().positive().nullable().default(null).meta({ description: "Empty: 0.1 ln(factor) + 1" }),
  }),
]);
export type RopeScaling = z.infer<typeof ropeScaling>;

/** Sizes of a Llama-family decoder, Hugging Face's names. */
export const modelConfig = z.object({
  architecture: z
    .enum(["llama", "qwen2", "qwen3"])
    .default("llama")
    .meta({ description: "qwen2 adds biases to q, k and v; qwen3 norms q and k per head" }),
  vocabSize: z.number().int().positive(),
  hiddenSize: z.number().int().positive(),
  intermediateSize: z.number().int().positive().meta({ description: "Width of SwiGLU's inner layer" }),
  numHiddenLayers: z.number().int().positive(),
  numAttentionHeads: z.number().int().positive(),
  numKeyValueHeads: z.number().int().positive().meta({ description: "Fewer than attention heads: grouped-query attention" }),
  headDim: z.number().int().positive(),
  ropeTheta: z.number().positive().default(10_000).meta({ description: "The method raises it to 1,000,000 for long responses" }),
  ropeScaling: ropeScaling.nullable().default(null),
  rmsNormEps: z.number().positive().default(1e-5),
  tieWordEmbeddings: z.boolean().default(true),
  maxPositionEmbeddings: z.number().int().positive().default(512).meta({ unit: "tokens" }),
});
export type ModelConfig = z.infer<typeof modelConfig>;

export const optimizerConfig = z.object({
  learningRate: z.number().positive().default(1e-3).meta({ description: "Peak learning rate of AdamW" }),
  warmupRatio: z.number().min(0).max(1).default(0.05).meta({ description: "Share of the steps in which the rate rises linearly from 0" }),
  schedule: z
    .enum(["cosine", "constant"])
    .default("cosine")
    .meta({ description: "After warm-up: cosine to minLearningRateRatio, or constant" }),
  minLearningRateRatio: z.number().min(0).max(1).default(0).meta({ description: "Where cosine ends, as a share of the peak" }),
  beta1: z.number().min(0).max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.99),
  epsilon: z.number().positive().default(1e-8),
  weightDecay: z.number().min(0).default(0).meta({ description: "Decoupled; matrices only, not norms" }),
  maxGradNorm: z.number().positive().default(1).meta({ description: "Gradients are scaled to at most this global L2 norm" }),
});
export type OptimizerConfig = z.infer<typeof optimizerConfig>;

export const sftConfig = z.object({
  epochs: z.number().int().positive().default(3).meta({ description: "Passes over the SFT examples (paper: gains to about 5)" }),
  batchSize: z.number().int().positive().default(32).meta({ description: "Rows per update", unit: "rows" }),
  maxLength: z
    .number()
    .int()
    .positive()
    .default(128)
    .meta({ description: "Longest row; longer examples are dropped and counted", unit: "tokens" }),
  packing: z.boolean().default(true).meta({ description: "Several examples in one row; they cannot see each other" }),
  maxSteps: z.number().int().positive().optional().meta({ description: "Stop after so many updates; empty: all epochs", unit: "steps" }),
  gradientAccumulation: z
    .number()
    .int()
    .positive()
    .optional()
    .meta({ description: "Parts a batch is worked through in: less memory, the same gradient; empty: 1" }),
  recompute: z
    .boolean()
    .optional()
    .meta({ description: "Compute each layer again for its gradient in place of keeping its activations: less memory, a third more time" }),
  lora: loraConfig.optional().meta({ description: "Train an adapter instead of the weights; empty: all weights" }),
  optimizer: optimizerConfig.prefault({}),
});
export type SftConfig = z.infer<typeof sftConfig>;

export const rlConfig = z
  .object({
    steps: z.number().int().positive().default(60).meta({ description: "Rollout batches", unit: "steps" }),
    promptsPerStep: z.number().int().positive().default(16).meta({ description: "Prompts in a rollout batch (paper: 128)" }),
    groupSize: z.number().int().min(2).default(8).meta({ description: "Rollouts a prompt, G (paper: 8 or 16)" }),
    maxResponseTokens: z
      .number()
      .int()
      .positive()
      .default(64)
      .meta({ description: "Response budget; a response cut there is truncated", unit: "tokens" }),
    optimizer: optimizerConfig.prefault({ learningRate: 1e-4, schedule: "constant", warmupRatio: 0 }),
    topP: z.number().positive().max(1).default(1).meta({ description: "Must be 1 in RL: anything else biases the log-probs" }),
    updatesPerBatch: z
      .number()
      .int()
      .positive()
      .default(1)
      .meta({ description: "1 is strictly on-policy (paper: more collapses the entropy)" }),
    clipLow: z.number().positive().max(1).default(0.2).meta({ description: "Lower clip range; acts only with several updates a batch" }),
    clipHigh: z.number().positive().default(0.2).meta({ description: "Upper clip range (clip-higher: larger than clipLow)" }),
    aggregation: z
      .enum(["token-mean", "sequence-mean"])
      .default("token-mean")
      .meta({ description: "token-mean: over the unmasked response tokens of the whole batch (paper)" }),
    advantageStd: z.boolean().default(true).meta({ description: "Divide by the group's standard deviation; off: Dr. GRPO" }),
    overlongFilter: z
      .boolean()
      .default(false)
      .meta({ description: "On: truncated rollouts take no part in the loss. Off: truncated counts as wrong" }),
    overlongInGroupStats: z
      .boolean()
      .default(true)
      .meta({ description: "Whether filtered rollouts still count in the group's mean and std (not in the paper)" }),
    klCoefficient: z.number().min(0).default(0).meta({ description: "Weight of the KL to the start (paper: 0)" }),
    dynamicSampling: z.boolean().default(false).meta({ description: "Draw new prompts in place of zero-variance groups (DAPO)" }),
    dynamicSamplingMaxBatches: z.number().int().positive().default(3).meta({ description: "At most this many rollout batches a step" }),
    evalEvery: z
      .number()
      .int()
      .positive()
      .default(20)
      .meta({ description: "Evaluate on dev each so many steps, and at the ends", unit: "steps" }),
    checkpointEvery: z
      .number()
      .int()
      .positive()
      .default(10)
      .meta({ description: "Checkpoint each so many steps, and at the end", unit: "steps" }),
  })
  .superRefine((rl, ctx) => {
    if (rl.topP !== 1)
      ctx.addIssue({
        code: "custom",
        path: ["topP"],
        message: "RL with top-p ≠ 1 biases the log-probs in the loss: set topP to 1 (evaluation has its own top-p).",
      });
    if (rl.updatesPerBatch > rl.promptsPerStep)
      ctx.addIssue({
        code: "custom",
        path: ["updatesPerBatch"],
        message: "More updates a batch than prompts in it: lower updatesPerBatch to at most promptsPerStep.",
      });
    if (rl.overlongFilter && rl.aggregation === "sequence-mean" && !rl.overlongInGroupStats)
      ctx.addIssue({
        code: "custom",
        path: ["overlongInGroupStats"],
        message: "Sequence mean with over-long rollouts out of the group statistics is not defined: set overlongInGroupStats to true.",
      });
  });
export type RlConfig = z.infer<typeof rlConfig>;

export const temperatureConfig = z.object({
  fixed: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .meta({ description: "Sampling temperature for RL; empty: the finder proposes one per start" }),
  candidates: z
    .array(z.number().positive())
    .min(1)
    .default([0.4, 0.6, 0.8, 1, 1.2])
    .meta({ description: "Temperatures the finder tries, ascending" }),
  problems: z.number().int().positive().default(64).meta({ description: "Dev problems per candidate" }),
  samplesPerProblem: z.number().int().positive().default(4),
  targetEntropy: z
    .number()
    .positive()
    .default(0.3)
    .meta({ description: "Entropy at T to come nearest to (paper's line for a 7B model, not a law)", unit: "nats" }),
});
export type TemperatureConfig = z.infer<typeof temperatureConfig>;

export const evalConfig = z.object({
  pool: pool.default("test"),
  problems: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .meta({ description: "At most so many problems, in one fixed order; empty: all" }),
  samplesPerProblem: z.number().int().positive().max(1024).default(4).meta({ description: "n of avg@n and pass@k" }),
  temperature: z
    .number()
    .min(0)
    .default(0.6)
    .meta({ description: "Evaluation temperature, apart from the rollouts' (paper: 0.6); 0 is greedy" }),
  topP: z.number().positive().max(1).default(0.95),
  maxResponseTokens: z.number().int().positive().default(96).meta({ unit: "tokens" }),
});
export type EvalConfig = z.infer<typeof evalConfig>;

export const startConfig = z.object({
  name: z.string().min(1).meta({ description: "weak, strong, …" }),
  prompts: z.number().int().positive().meta({ description: "SFT prompts it sees (axis 1)" }),
  responsesPerPrompt: z.number().int().positive().meta({ description: "Different right responses a prompt (axis 2)" }),
  sft: sftConfig,
});
export type StartConfig = z.infer<typeof startConfig>;

/** Rows of an imported dataset version, chosen the same way each time. */
export const dataSelection = z.object({
  dataset: z.string().min(1).meta({ description: "Imported dataset version" }),
  limit: z
    .number()
    .int()
    .positive()
    .max(20_000)
    .nullable()
    .default(null)
    .meta({ description: "At most so many rows; empty: all, up to 20,000" }),
  order: z.enum(["file", "random"]).default("file").meta({ description: "file: the first rows; random: drawn with the seed" }),
  sources: z.array(z.string()).default([]).meta({ description: "Only these sources; empty: all" }),
  categories: z.array(z.string()).default([]).meta({ description: "Only these categories; empty: all" }),
  dates: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .default(null)
    .meta({ description: "Only rows dated from (inclusive) to (exclusive), ISO days: LiveCodeBench's windows" }),
});
export type DataSelection = z.infer<typeof dataSelection>;

/** One checkpoint on one benchmark. */
export const evaluationRecipe = z.object({
  kind: z.literal("evaluation"),
  name: z.string().min(1),
  description: z.string().default(""),
  checkpoint: z.string().min(1).meta({ description: "Id of any checkpoint: imported, shipped or trained" }),
  benchmark: z.string().nullable().default(null).meta({ description: "Benchmark whose protocol this follows; empty: none" }),
  data: dataSelection,
  instruction: z
    .string()
    .default("")
    .meta({ description: "Put after each problem, or around it where it says {problem}; empty: the problem alone" }),
  eval: evalConfig.prefault({}),
});
export type EvaluationRecipe = z.infer<typeof evaluationRecipe>;

/** Supervised fine-tuning of one checkpoint on the responses of an imported dataset. */
export const sftRecipe = z.object({
  kind: z.literal("sft"),
  name: z.string().min(1),
  description: z.string().default(""),
  checkpoint: z.string().min(1).meta({ description: "Checkpoint to begin from" }),
  data: dataSelection,
  instruction: z
    .string()
    .default("")
    .meta({ description: "Put after each problem, or around it where it says {problem}; empty: the problem alone" }),
  responsesPerPrompt: z.number().int().positive().default(1).meta({ description: "At most so many responses of each row" }),
  devRows: z.number().int().nonnegative().default(16).meta({ description: "Rows kept out of training, for the dev loss" }),
  sft: sftConfig,
});
export type SftRecipe = z.infer<typeof sftRecipe>;

export const weakVsStrongRecipe = z
  .object({
    kind: z.literal("weak-vs-strong"),
    name: z.string().min(1),
    description: z.string().default(""),
    base: z
      .string()
      .regex(/^[a-z0-9-]+$/, "The base is the name of a shipped checkpoint: small letters, digits, dashes.")
      .default("tiny-base")
      .meta({ description: "Checkpoint every start begins from" }),
    data: dataConfig.prefault({}),
    starts: z.array(startConfig).min(2).meta({ description: "Weakest first" }),
    temperature: temperatureConfig.prefault({}),
    rl: rlConfig,
    devEval: evalConfig
      .prefault({ pool: "dev", problems: 128, samplesPerProblem: 2 })
      .meta({ description: "Evaluation points on the RL curves" }),
    finalEval: evalConfig.prefault({}).meta({ description: "Before and after RL, for the comparison" }),
  })
  .superRefine((recipe, ctx) => {
    const names = recipe.starts.map((s) => s.name);
    if (new Set(names).size !== names.length)
      ctx.addIssue({ code: "custom", path: ["starts"], message: "Two starts have one name: give each its own." });
    if (recipe.finalEval.samplesPerProblem < 2)
      ctx.addIssue({
        code: "custom",
        path: ["finalEval", "samplesPerProblem"],
        message:
          "Newly solved problems are chosen on one half of the samples and measured on the other: set samplesPerProblem to at least 2.",
      });
    const refuse = (path: string[], message: string) => ctx.addIssue({ code: "custom", path, message });
    const { arithmetic, gsm8kMinSteps, gsm8kMaxSteps } = recipe.data;
    if (recipe.devEval.pool !== "dev") refuse(["devEval", "pool"], "Points on the curves are measured on dev: set devEval.pool to dev.");
    if (recipe.finalEval.pool !== "test") refuse(["finalEval", "pool"], "The comparison is measured on test: set finalEval.pool to test.");
    if (arithmetic.minSteps > arithmetic.maxSteps)
      refuse(["data", "arithmetic", "minSteps"], "The fewest operations exceed the most: lower minSteps or raise maxSteps.");
    if (arithmetic.minDigits > arithmetic.maxDigits)
      refuse(["data", "arithmetic", "minDigits"], "The fewest digits exceed the most: lower minDigits or raise maxDigits.");
    if (gsm8kMinSteps > gsm8kMaxSteps)
      refuse(["data", "gsm8kMinSteps"], "The shortest GSM8K chain exceeds the longest: lower gsm8kMinSteps or raise gsm8kMaxSteps.");
  });
export type WeakVsStrongRecipe = z.infer<typeof weakVsStrongRecipe>;

/** Everything that is run is a study of some kind: one queue, one way to pause, resume and store. */
export const studyRecipe = z.discriminatedUnion("kind", [weakVsStrongRecipe, evaluationRecipe, sftRecipe]);
export type StudyRecipe = z.infer<typeof studyRecipe>;

/** What its stages, curves and colours are named by: a study of one checkpoint has one start, named by the checkpoint. */
export function startNames(recipe: StudyRecipe): string[] {
  return recipe.kind === "weak-vs-strong" ? recipe.starts.map(({ name }) => name) : [recipe.checkpoint];
}
