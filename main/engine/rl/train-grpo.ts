// The RL loop: sample a batch of rollouts from the current policy, verify, turn rewards into group-normalised advantages,
// make one update (strictly on-policy by default), report, and now and then evaluate on dev and write a checkpoint.
// Departs from the paper where it says nothing: sample std with ε = 1e-6, token mean over the whole batch (veRL's).
import { type GroupAdvantages, groupAdvantages } from "../../analysis/advantages.ts";
import type { SeedPart } from "../../analysis/random.ts";
import type { RlProgress } from "../../contract/checkpoint.ts";
import type { Problem } from "../../contract/dataset.ts";
import { HeadstartError } from "../../contract/errors.ts";
import type { MetricName } from "../../contract/metrics.ts";
import { type EntropyController, type EvalConfig, promptsNeeded, type RlConfig } from "../../contract/recipe.ts";
import type { Rollout, TokenArrays } from "../../contract/rollout.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { type TrainerState, trainerState } from "../checkpoint.ts";
import { type EvaluationSummary, evaluate, evaluationProblems } from "../eval/evaluate.ts";
import type { Transformer } from "../model/transformer.ts";
import { AdamW } from "../optim/adamw.ts";
import { learningRate } from "../optim/schedule.ts";
import type { EnginePorts } from "../ports.ts";
import { updatePolicy } from "./policy-update.ts";
import { PromptSequence } from "./prompts.ts";
import { type RolloutGroup, sampleGroups } from "./rollouts.ts";
import { withNoise } from "./verifier-noise.ts";

export interface GrpoStage {
  model: Transformer;
  tokenizer: Tokenizer;
  problems: Problem[];
  /** Those that the stage's door let through; null: all of the RL pool. */
  problemIds: string[] | null;
  config: RlConfig;
  /** Of the first rollouts, and so of the log-probs in their loss; a controller moves it from there. */
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

export interface GrpoOutcome {
  /** Of the last checkpoint; empty when none was written since the stage was resumed. */
  checkpointId: string;
  /** Updates made, and tokens generated, with those before an interruption. */
  steps: number;
  tokens: number;
  /** Ended before config.steps: by its stop rule, or because too few problems were left. */
  stopped: boolean;
}

/** Trains in place. */
export async function trainGrpo(stage: GrpoStage, ports: EnginePorts): Promise<GrpoOutcome> {
  const { model, reference, config, resume } = stage;
  const optimizer = new AdamW(model.parameters, config.optimizer, resume?.optimizer);
  const counters = { prompts: 0, tokens: 0, ...resume?.counters };
  const { whole, passed } = poolOf(stage);
  const size = passed?.length ?? whole.length;
  const needed = promptsNeeded(config);
  const { prompts: from, ...kept }: RlProgress = resume?.rl ?? {
    temperature: stage.temperature,
    best: null,
    withoutRise: 0,
    prompts: { pass: Math.floor(counters.prompts / size), index: counters.prompts % size, pool: [], solved: [] },
  };
  const prompts = new PromptSequence(whole, passed, stage.seed, { dropSolved: config.dropSolved, from });
  const progress = { ...kept };
  const state = (step: number) => trainerState(step, model.parameters, optimizer, counters, { ...progress, prompts: prompts.state });
  /** Whether the stage goes on after what dev says. */
  const lookAtDev = async (step: number) => {
    const { passAt1 } = await evaluateOnDev(stage, step, ports);
    const rise = passAt1 - (progress.best ?? 0);
    const rose = progress.best === null || (rise > 0 && rise >= (config.stop?.minRise ?? 0));
    progress.withoutRise = rose ? 0 : progress.withoutRise + 1;
    if (rose) progress.best = passAt1;
  };
  const isFlat = () => config.stop !== undefined && progress.withoutRise >= config.stop.patience;
  const isOver = () => isFlat() || !prompts.canAsk(needed);
  let checkpointId = "";
  let done = resume?.step ?? 0;
  try {
    if (!resume) await lookAtDev(0);
    while (done < config.steps && !isOver()) {
      const step = done + 1;
      const rate = learningRate(config.optimizer, step - 1, config.steps);
      const { temperature } = progress;
      const next = () => {
        counters.prompts++;
        return prompts.next();
      };
      const { used, sampled, timings } = await collect(stage, step, temperature, next, ports);
      for (const group of sampled.groups) prompts.record(group.problem.id, group.samples.every(({ reward }) => reward === 1)); // biome-ignore format: one thought
      const begin = ports.now();
      const update = updatePolicy({ model, reference, optimizer, config, temperature, rate, padId: stage.tokenizer.padId }, used);
      const secondsUpdate = ports.now() - begin;
      const described = batchMetrics(sampled, config.verifierNoise !== undefined);
      counters.tokens += described.tokens;
      await ports.rollouts(step, rolloutsOf(sampled, step - 1), tokensOf(sampled));
      await ports.metrics(step, {
        ...described.metrics,
        ...update,
        ...timings,
        secondsUpdate,
        learningRate: rate,
        temperature,
        tokens: counters.tokens,
        tokensPerSecond: described.tokens / (timings.secondsGenerate + timings.secondsVerify + secondsUpdate),
      });
      if (config.entropyController)
        progress.temperature = nextTemperature(config.entropyController, temperature, described.metrics.entropy!);
      done = step;
      const last = step === config.steps || !prompts.canAsk(needed);
      if (last || step % config.evalEvery === 0) await lookAtDev(step);
      if (last || isOver() || step % config.checkpointEvery === 0) checkpointId = await ports.checkpoint(state(step));
      await ports.progress(step, config.steps, `Step ${step} of ${config.steps}`);
      await ports.yield();
    }
    if (done < config.steps)
      await ports.progress(
        done,
        config.steps,
        isFlat()
          ? `Stopped: dev did not rise over ${config.stop?.patience} evaluations`
          : `Stopped: ${prompts.left} problems are left, and a step may ask for ${needed}`,
      );
  } finally {
    optimizer.dispose();
  }
  return { checkpointId, steps: done, tokens: counters.tokens, stopped: done < config.steps };
}

/** The stage's problems: `whole` of its domain, `passed` those of them that its door let through (null without one). */
function poolOf({ problems, problemIds, config }: GrpoStage): { whole: Problem[]; passed: string[] | null } {
  const { domain } = config;
  const whole = problems.filter((problem) => problem.pool === "rl" && (domain === undefined || problem.domain === domain));
  const through = problemIds && new Set(problemIds);
  const passed = through && whole.flatMap(({ id }) => (through.has(id) ? [id] : []));
  const size = passed?.length ?? whole.length;
  const needed = promptsNeeded(config);
  if (size >= needed) return { whole, passed };
  const of = domain ? `problems of domain ${domain}` : "problems";
  if (passed)
    throw new HeadstartError({
      code: "too-few-problems",
      where: "recipe.stages, door",
      message: `The stage's door let ${size} of ${whole.length} ${of} through, and one step may ask for ${needed}.`,
      hint: "Widen the door's bounds, have it measure more problems, or lower promptsPerStep.",
    });
  throw new HeadstartError({
    code: "too-few-problems",
    where: domain && size === 0 ? "recipe.rl.domain" : "recipe.rl.promptsPerStep",
    message: `The RL pool has ${size} ${of} and one step may ask for ${needed}.`,
    hint:
      domain && size === 0
        ? "Add such problems to recipe.data, or change the stage's domain."
        : "Lower promptsPerStep (or dynamicSamplingMaxBatches), or enlarge the RL pool in recipe.data.",
  });
}

/** Integral control of log T: entropy above the target cools, below it heats. Ours; the paper chooses T once. */
export function nextTemperature(controller: EntropyController, temperature: number, entropy: number): number {
  const { target, gain, minTemperature, maxTemperature } = controller;
  const moved = temperature * Math.exp((gain * (target - entropy)) / target);
  return Math.min(maxTemperature, Math.max(minTemperature, moved));
}

/** Rollouts for one step. With dynamic sampling, zero-variance groups are replaced by new prompts, up to a cap of batches. */
async function collect(stage: GrpoStage, step: number, temperature: number, nextPrompt: () => Problem, ports: EnginePorts) {
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
    const sampled = await sampleGroups(stage.model, stage.tokenizer, asked, config, temperature, seed, ports);
    timings.secondsGenerate += sampled.secondsGenerate;
    timings.secondsVerify += sampled.secondsVerify;
    for (const truthful of sampled.groups) {
      const group = noisy(truthful, stage, step);
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

function noisy(group: RolloutGroup, { config, seed, start }: GrpoStage, step: number): RolloutGroup {
  const { verifierNoise } = config;
  if (!verifierNoise) return group;
  return { ...group, samples: group.samples.map((sample) => withNoise(sample, verifierNoise, [seed, start, step])) };
}

async function evaluateOnDev(stage: GrpoStage, step: number, ports: EnginePorts): Promise<EvaluationSummary> {
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
  return summary;
}

function batchMetrics({ groups, advantages }: Sampled, noise: boolean): { tokens: number; metrics: Partial<Record<MetricName, number>> } {
  const samples = groups.flatMap((group) => group.samples);
  const share = (count: number) => count / samples.length;
  const tokens = samples.reduce((sum, sample) => sum + sample.tokens, 0);
  const right = samples.filter(({ verdict }) => verdict === "right");
  const metrics: Partial<Record<MetricName, number>> = {
    ...(noise && { rewardTrue: share(right.length) }),
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
