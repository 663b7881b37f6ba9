// The RL loop: sample a batch of rollouts from the current policy, verify, turn rewards into group-normalised advantages,
// make one update (strictly on-policy by default), report, and now and then evaluate on dev and write a checkpoint.
// Departs from the paper where it says nothing: sample std with ε = 1e-6, token mean over the whole batch (veRL's).
import { type GroupAdvantages, groupAdvantages } from "../../analysis/advantages.ts";
import type { SeedPart } from "../../analysis/random.ts";
import type { Problem } from "../../contract/dataset.ts";
import { HeadstartError } from "../../contract/errors.ts";
import type { MetricName } from "../../contract/metrics.ts";
import type { EvalConfig, RlConfig } from "../../contract/recipe.ts";
import type { Rollout, TokenArrays } from "../../contract/rollout.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { type TrainerState, trainerState } from "../checkpoint.ts";
import { evaluate, evaluationProblems } from "../eval/evaluate.ts";
import type { Transformer } from "../model/transformer.ts";
import { AdamW } from "../optim/adamw.ts";
import { learningRate } from "../optim/schedule.ts";
import type { EnginePorts } from "../ports.ts";
import { updatePolicy } from "./policy-update.ts";
import { promptSequence, type RolloutGroup, sampleGroups } from "./rollouts.ts";

export interface GrpoStage {
  model: Transformer;
  tokenizer: Tokenizer;
  problems: Problem[];
  config: RlConfig;
  /** Of the rollouts, and so of the log-probs in the loss. */
  temperature: number;
  devEval: EvalConfig;
  /** The start's own weights, for KL; null without it. The caller's to dispose of. */
  reference: Transformer | null;
  /** Study seed: prompts are the same for every start. */
  seed: SeedPart;
  /** Names this start's own random streams. */
  start: string;
  /** Where to go on; null begins. */
  resume: TrainerState | null;
}

/** Groups with their advantages, side by side. */
export interface Batch {
  groups: RolloutGroup[];
  advantages: GroupAdvantages[];
}

/** Every group that was sampled; `used` of them, the first, make the update. The rest were replaced by dynamic sampling. */
interface Sampled extends Batch {
  used: number;
}

/** Trains in place. Returns the id of the last checkpoint. */
export async function trainGrpo(stage: GrpoStage, ports: EnginePorts): Promise<string> {
  const { model, reference, config, resume } = stage;
  const optimizer = new AdamW(model.parameters, config.optimizer, resume?.optimizer);
  const counters = { prompts: 0, tokens: 0, ...resume?.counters };
  const pool = stage.problems.filter((problem) => problem.pool === "rl");
  const needed = config.promptsPerStep * (config.dynamicSampling ? config.dynamicSamplingMaxBatches : 1);
  if (pool.length < needed)
    throw new HeadstartError({
      code: "too-few-problems",
      where: "recipe.rl.promptsPerStep",
      message: `The RL pool has ${pool.length} problems and one step may ask for ${needed}.`,
      hint: "Lower promptsPerStep (or dynamicSamplingMaxBatches), or enlarge the RL pool in recipe.data.",
    });
  const nextPrompt = promptSequence(pool, stage.seed);
  let checkpointId = "";
  try {
    if (!resume) await evaluateOnDev(stage, 0, ports);
    for (let step = (resume?.step ?? 0) + 1; step <= config.steps; step++) {
      const rate = learningRate(config.optimizer, step - 1, config.steps);
      const { used, sampled, timings } = await collect(stage, step, () => nextPrompt(counters.prompts++), ports);
      const begin = ports.now();
      const update = updatePolicy(
        { model, reference, optimizer, config, temperature: stage.temperature, rate, padId: stage.tokenizer.padId },
        used,
      );
      const secondsUpdate = ports.now() - begin;
      const described = batchMetrics(sampled);
      counters.tokens += described.tokens;
      await ports.rollouts(step, rolloutsOf(sampled, step - 1), tokensOf(sampled));
      await ports.metrics(step, {
        ...described.metrics,
        ...update,
        ...timings,
        secondsUpdate,
        learningRate: rate,
        temperature: stage.temperature,
        tokens: counters.tokens,
        tokensPerSecond: described.tokens / (timings.secondsGenerate + timings.secondsVerify + secondsUpdate),
      });
      const last = step === config.steps;
      if (last || step % config.evalEvery === 0) await evaluateOnDev(stage, step, ports);
      if (last || step % config.checkpointEvery === 0)
        checkpointId = await ports.checkpoint(trainerState(step, model.parameters, optimizer, counters));
      await ports.progress(step, config.steps, `Step ${step} of ${config.steps}`);
      await ports.yield();
    }
  } finally {
    optimizer.dispose();
  }
  return checkpointId;
}

/** Rollouts for one step. With dynamic sampling, zero-variance groups are replaced by new prompts, up to a cap of batches. */
async function collect(stage: GrpoStage, step: number, nextPrompt: () => Problem, ports: EnginePorts) {
  const { config } = stage;
  const used: Batch = { groups: [], advantages: [] };
  const replaced: Batch = { groups: [], advantages: [] };
  const timings = { secondsGenerate: 0, secondsVerify: 0 };
  const seen = new Set<string>();
  const attempts = config.dynamicSampling ? config.dynamicSamplingMaxBatches : 1;
  for (let attempt = 0; attempt < attempts && used.groups.length < config.promptsPerStep; attempt++) {
    const asked: Problem[] = [];
    while (used.groups.length + asked.length < config.promptsPerStep) {
      const problem = nextPrompt();
      // Where one pass over the pool ends and the next begins, a problem may come up again: once a step is enough.
      if (!seen.has(problem.id)) asked.push(problem);
      seen.add(problem.id);
    }
    const seed: SeedPart[] = [stage.seed, stage.start, "rollouts", step, attempt];
    const sampled = await sampleGroups(stage.model, stage.tokenizer, asked, config, stage.temperature, seed, ports);
    timings.secondsGenerate += sampled.secondsGenerate;
    timings.secondsVerify += sampled.secondsVerify;
    for (const group of sampled.groups) {
      const advantages = groupAdvantages(
        group.samples.map(({ reward }) => reward),
        group.samples.map(({ finishReason }) => finishReason === "length"),
        { std: config.advantageStd, overlongFilter: config.overlongFilter, overlongInGroupStats: config.overlongInGroupStats },
      );
      const into = advantages.zeroVariance && attempt + 1 < attempts ? replaced : used;
      into.groups.push(group);
      into.advantages.push(advantages);
    }
  }
  const sampled: Sampled = {
    groups: [...used.groups, ...replaced.groups],
    advantages: [...used.advantages, ...replaced.advantages],
    used: used.groups.length,
  };
  return { used, sampled, timings };
}

async function evaluateOnDev(stage: GrpoStage, step: number, ports: EnginePorts): Promise<void> {
  const { devEval } = stage;
  await ports.progress(step, stage.config.steps, "Evaluating on dev");
  const asked = evaluationProblems(stage.problems, devEval.pool, devEval.problems);
  const { summary, samples } = await evaluate(
    stage.model,
    stage.tokenizer,
    asked,
    devEval,
    [stage.seed, stage.start, "rl-evaluation", step],
    ports,
  );
  await ports.evaluation(step, devEval, summary, samples);
}

function batchMetrics({ groups, advantages }: Sampled): { tokens: number; metrics: Partial<Record<MetricName, number>> } {
  const samples = groups.flatMap((group) => group.samples);
  const share = (count: number) => count / samples.length;
  const tokens = samples.reduce((sum, sample) => sum + sample.tokens, 0);
  const right = samples.filter(({ reward }) => reward === 1);
  const metrics: Partial<Record<MetricName, number>> = {
    reward: share(samples.reduce((sum, { reward }) => sum + reward, 0)),
    entropy: samples.reduce((sum, sample) => sum + sample.meanEntropy * sample.tokens, 0) / tokens,
    truncated: share(samples.filter(({ finishReason }) => finishReason === "length").length),
    unparseable: share(samples.filter(({ verdict }) => verdict === "unparseable").length),
    responseTokens: tokens / samples.length,
    zeroVariance: advantages.filter(({ zeroVariance }) => zeroVariance).length / groups.length,
  };
  if (right.length > 0) metrics.responseTokensRight = right.reduce((sum, sample) => sum + sample.tokens, 0) / right.length;
  return { tokens, metrics };
}

function rolloutsOf({ groups, advantages, used }: Sampled, policyStep: number): Rollout[] {
  return groups.flatMap((group, g) =>
    group.samples.map((sample, i) => {
      const inLoss = g < used && advantages[g].inLoss[i];
      return { ...sample, advantage: advantages[g].advantages[i], inLoss, policyStep };
    }),
  );
}

function tokensOf({ groups }: Batch): TokenArrays {
  const all = groups.flatMap((group) => group.generations);
  return {
    ids: Int32Array.from(all.flatMap(({ ids }) => ids)),
    logprobs: Float32Array.from(all.flatMap(({ logprobs }) => logprobs)),
    entropies: Float32Array.from(all.flatMap(({ entropies }) => entropies)),
    lengths: Int32Array.from(all, ({ ids }) => ids.length),
  };
}
