// What a person decides about a model, SFT, RL, temperature and an evaluation; study.ts puts them together. Each field is declared
// once: default, range, unit and one line; forms, flags, checks and docs come from here. "paper" in a line means AceReason-Nemotron
// 1.0/1.1; every default that the paper does not print is ours.
import { z } from "zod";
import { domain, pool } from "./dataset.ts";
import { doorFilter } from "./door.ts";
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
    .enum(["cosine", "constant", "decay-last-epoch"])
    .default("cosine")
    .meta({ description: "After warm-up: cosine to minLearningRateRatio; constant; or constant, then in the last epoch linear to it" }),
  minLearningRateRatio: z.number().min(0).max(1).default(0).meta({ description: "Where cosine ends, as a share of the peak" }),
  beta1: z.number().min(0).max(1).default(0.9).meta({ description: "AdamW: decay of the mean of gradients" }),
  beta2: z.number().min(0).max(1).default(0.99).meta({ description: "AdamW: decay of the mean of squared gradients" }),
  epsilon: z.number().positive().default(1e-8).meta({ description: "AdamW: added to the root of the squares" }),
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

/** Ends an RL stage early. */
export const stopRule = z.object({
  patience: z
    .number()
    .int()
    .positive()
    .default(3)
    .meta({ description: "Evaluations on dev without a new best after which the stage ends" }),
  minRise: z.number().min(0).default(0.005).meta({ description: "What counts as a new best: so much above the last one", unit: "share" }),
});
export type StopRule = z.infer<typeof stopRule>;

/** Integral control of log T on the entropy of each step's rollouts; ours, off in the paper. */
export const entropyController = z.object({
  target: z.number().positive().default(0.3).meta({ description: "Entropy at T to hold", unit: "nats" }),
  gain: z.number().positive().max(1).default(0.1).meta({ description: "log T moves by gain · (target − entropy) / target each step" }),
  minTemperature: z.number().positive().default(0.5).meta({ description: "T never falls below" }),
  maxTemperature: z.number().positive().default(2).meta({ description: "T never rises above" }),
});
export type EntropyController = z.infer<typeof entropyController>;

/** Rewards that a verifier gets wrong, at known rates (AceReason-Nemotron 1.0, Fig. 5). Evaluations are never touched. */
export const verifierNoise = z.object({
  falsePositive: z.number().min(0).max(1).default(0).meta({ description: "Share of wrong rollouts that are rewarded", unit: "share" }),
  falseNegative: z.number().min(0).max(1).default(0).meta({ description: "Share of right rollouts that are not rewarded", unit: "share" }),
});
export type VerifierNoise = z.infer<typeof verifierNoise>;

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
    domain: domain.optional().meta({ description: "Only RL problems of this domain; empty: all" }),
    dropSolved: z
      .boolean()
      .optional()
      .meta({ description: "After each pass over the pool, drop problems whose every rollout in it was right (paper: code, stage 2)" }),
    stop: stopRule.optional().meta({ description: "End before all steps where dev no longer rises; empty: all steps" }),
    entropyController: entropyController.optional().meta({ description: "Move T so that the entropy at T holds a target; empty: T stays" }),
    verifierNoise: verifierNoise
      .optional()
      .meta({ description: "Errors injected into the reward, and so into what dropSolved sees; empty: none" }),
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

/** Different problems that one step may ask for: a pool must have as many. */
export const promptsNeeded = ({ promptsPerStep, dynamicSampling, dynamicSamplingMaxBatches }: RlConfig): number =>
  promptsPerStep * (dynamicSampling ? dynamicSamplingMaxBatches : 1);

/** The filter at a stage's door: what the model that enters solves of the RL pool, and which problems are kept for it. */
export const doorConfig = doorFilter.safeExtend({
  samplesPerProblem: z
    .number()
    .int()
    .min(2)
    .max(256)
    .default(16)
    .meta({ description: "Rollouts a problem that measure its pass rate (paper: 16)" }),
  problems: z.number().int().positive().nullable().default(null).meta({ description: "At most so many problems are measured; empty: all" }),
});
export type DoorConfig = z.infer<typeof doorConfig>;

/** One stage of staged RL: what it says goes before the shared `rl` settings, the rest follows them. */
export const rlStage = z.object({
  name: z.string().min(1).meta({ description: "Math 8K, Code 24K, …" }),
  domain: domain.optional().meta({ description: "Only RL problems of this domain; empty: as rl says" }),
  steps: z.number().int().positive().optional().meta({ description: "Rollout batches; empty: as rl says", unit: "steps" }),
  promptsPerStep: z.number().int().positive().optional().meta({ description: "Prompts in a rollout batch; empty: as rl says" }),
  groupSize: z.number().int().min(2).optional().meta({ description: "Rollouts a prompt, G; empty: as rl says" }),
  maxResponseTokens: z.number().int().positive().optional().meta({ description: "Response budget; empty: as rl says", unit: "tokens" }),
  learningRate: z.number().positive().optional().meta({ description: "Peak learning rate; empty: as rl says" }),
  temperature: z
    .union([z.enum(["inherit", "find"]), z.number().positive()])
    .default("inherit")
    .meta({ description: "Sampling temperature: inherit (the start's), find (anew at this stage's door), or a number" }),
  overlongFilter: z.boolean().optional().meta({ description: "Truncated rollouts out of the loss; empty: as rl says" }),
  dropSolved: z.boolean().optional().meta({ description: "Drop problems that a whole pass solved; empty: as rl says" }),
  stop: stopRule.optional().meta({ description: "End early where dev no longer rises; empty: as rl says" }),
  door: doorConfig.optional().meta({ description: "Filter the stage's problems by what the entering model solves; empty: all problems" }),
  note: z.string().optional().meta({ description: "Shown beside the stage, such as what is contested about it" }),
});
export type RlStage = z.infer<typeof rlStage>;

/** The shared settings with what one stage says in their place. */
export function stageRlConfig(shared: RlConfig, stage: RlStage): RlConfig {
  const { name: _n, temperature: _t, door: _d, note: _o, learningRate, ...own } = stage;
  return rlConfig.parse({
    ...shared,
    ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
    optimizer: { ...shared.optimizer, ...(learningRate !== undefined && { learningRate }) },
  });
}

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
  samplesPerProblem: z.number().int().positive().default(4).meta({ description: "Samples a problem at each candidate" }),
  targetEntropy: z
    .number()
    .positive()
    .default(0.3)
    .meta({ description: "Entropy at T to come nearest to (paper's line for a 7B model, not a law)", unit: "nats" }),
});
export type TemperatureConfig = z.infer<typeof temperatureConfig>;

export const evalConfig = z.object({
  pool: pool.default("test").meta({ description: "Pool whose problems are asked; choices use dev, results test" }),
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
  topP: z
    .number()
    .positive()
    .max(1)
    .default(0.95)
    .meta({ description: "Samples come from the likeliest tokens with so much probability in all (paper: 0.95)" }),
  maxResponseTokens: z
    .number()
    .int()
    .positive()
    .default(96)
    .meta({ description: "Response budget; a response cut there is truncated", unit: "tokens" }),
});
export type EvalConfig = z.infer<typeof evalConfig>;

export const startConfig = z.object({
  name: z.string().min(1).meta({ description: "weak, strong, …" }),
  prompts: z.number().int().positive().meta({ description: "SFT prompts it sees (axis 1)" }),
  responsesPerPrompt: z.number().int().positive().meta({ description: "Different right responses a prompt (axis 2)" }),
  sft: sftConfig,
});
export type StartConfig = z.infer<typeof startConfig>;
