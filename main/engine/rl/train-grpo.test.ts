import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { evalConfig, type RlConfig, rlConfig } from "../../contract/recipe.ts";
import { builtInTokenizer as tokenizer } from "../../tokenizer/built-in.ts";
import { loadNative } from "../../worker/native.ts";
import type { TrainerState } from "../checkpoint.ts";
import { Parameters } from "../model/parameters.ts";
import { Transformer } from "../model/transformer.ts";
import { maxDifference } from "../reference/reference.ts";
import { copyProblems, type Recorder, recorder, smallModel } from "../testing.ts";
import { type GrpoStage, trainGrpo } from "./train-grpo.ts";

beforeAll(() => {
  loadNative();
});

const problems = copyProblems(12);
// Two tokens a response, and the verdict looks at the first: a random model is right about once in a hundred.
const small = {
  steps: 4,
  promptsPerStep: 4,
  groupSize: 8,
  maxResponseTokens: 2,
  evalEvery: 2,
  checkpointEvery: 2,
  optimizer: { learningRate: 0.01 },
};
const devEval = evalConfig.parse({ pool: "dev", samplesPerProblem: 2, maxResponseTokens: 2 });

/** Rewards by parity of the first character's id: about half of what a random model writes, so that there is something to learn. */
function rewarding(): Recorder {
  const ports = recorder();
  ports.verify = async (_, { text }) => {
    const right = text.length > 0 && text.charCodeAt(0) % 2 === 0;
    return { reward: right ? 1 : 0, verdict: right ? "right" : "wrong", reason: "parity" };
  };
  return ports;
}

function stageOf(model: Transformer, config: Partial<Record<keyof RlConfig, unknown>> = {}, resume: TrainerState | null = null): GrpoStage {
  return {
    model,
    tokenizer,
    problems,
    problemIds: null,
    config: rlConfig.parse({ ...small, ...config }),
    temperature: 1,
    devEval,
    reference: null,
    seed: 1,
    start: "weak",
    resume,
  };
}

function smallModelWeights() {
  const model = smallModel();
  const weights = model.parameters.weights();
  model.dispose();
  return weights;
}

describe("GRPO", () => {
  it("raises the reward it is given", async () => {
    const model = smallModel();
    const ports = rewarding();
    await trainGrpo(stageOf(model, { steps: 25 }), ports);
    const rewards = ports.metricsAt.map(({ values }) => values.reward!);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(rewards.slice(-5))).toBeGreaterThan(mean(rewards.slice(0, 5)) + 0.2);
    model.dispose();
  });

  it("reports every rollout with its advantage, and log-probs that the training forward confirms", async () => {
    const model = smallModel();
    const ports = rewarding();
    await trainGrpo(stageOf(model), ports);
    expect(ports.rolloutsAt.map(({ step, rollouts }) => [step, rollouts.length])).toEqual([1, 2, 3, 4].map((step) => [step, 32]));
    for (const { step, rollouts, tokens } of ports.rolloutsAt) {
      expect(new Set(rollouts.map(({ problemId }) => problemId)).size).toBe(4);
      expect([...tokens.lengths]).toEqual(rollouts.map((rollout) => rollout.tokens));
      expect(rollouts.every(({ policyStep }) => policyStep === step - 1)).toBe(true);
      const sum = rollouts.slice(0, 8).reduce((total, { advantage }) => total + advantage, 0);
      expect(sum).toBeCloseTo(0, 4);
    }
    for (const { values } of ports.metricsAt) expect(values.logprobMismatch).toBeLessThan(1e-4);
    expect(ports.evaluationsAt.map(({ step }) => step)).toEqual([0, 2, 4]);
    model.dispose();
  });

  it("goes on from a checkpoint as if it had never stopped", async () => {
    const whole = smallModel();
    const uninterrupted = rewarding();
    await trainGrpo(stageOf(whole), uninterrupted);
    const half = uninterrupted.checkpoints[0];
    expect(half.step).toBe(2);
    const resumed = new Transformer(new Parameters(half.config, half.weights));
    const rest = rewarding();
    await trainGrpo(stageOf(resumed, {}, half), rest);
    expect(rest.rolloutsAt).toEqual(uninterrupted.rolloutsAt.filter(({ step }) => step > 2));
    expect(rest.evaluationsAt).toEqual(uninterrupted.evaluationsAt.filter(({ step }) => step > 2));
    expect(resumed.parameters.weights()).toEqual(whole.parameters.weights());
    whole.dispose();
    resumed.dispose();
  });

  it("does not move the policy where every group is of one reward, and counts such groups", async () => {
    const model = smallModel();
    const before = model.parameters.weights();
    const ports = recorder(); // cut at two tokens: all truncated, all 0
    await trainGrpo(stageOf(model, { steps: 1, optimizer: { weightDecay: 0 } }), ports);
    expect(ports.metricsAt[0].values).toMatchObject({ zeroVariance: 1, reward: 0, gradNorm: 0 });
    for (const [name, values] of model.parameters.weights()) expect(maxDifference(values, before.get(name)!)).toBe(0);
    model.dispose();
  });

  it("takes the log-probs of the loss at the rollouts' own temperature, also where a controller moves it", async () => {
    const model = smallModel();
    const ports = rewarding();
    // The target is far above what a hot random model has at 0.7, so T rises at every step.
    const entropyController = { target: 8, gain: 0.2, maxTemperature: 1.2 };
    await trainGrpo({ ...stageOf(model, { steps: 6, entropyController }), temperature: 0.7 }, ports);
    const temperatures = ports.metricsAt.map(({ values }) => values.temperature!);
    expect(temperatures[0]).toBe(0.7);
    for (const [i, { values }] of ports.metricsAt.entries()) {
      // At any other temperature the training forward would not confirm what was sampled.
      expect(values.logprobMismatch).toBeLessThan(1e-4);
      if (i > 0) {
        const before = ports.metricsAt[i - 1].values;
        expect(values.temperature).toBeCloseTo(Math.min(1.2, before.temperature! * Math.exp((0.2 * (8 - before.entropy!)) / 8)), 12);
      }
    }
    expect(temperatures[5]).toBeGreaterThan(temperatures[0]);
    model.dispose();
  });

  it("goes on from a checkpoint at the controller's temperature and with the problems that are left", async () => {
    const config = { steps: 6, dropSolved: true, promptsPerStep: 6, entropyController: { target: 3, gain: 0.3 } };
    const halfRight = () => {
      const ports = rewarding();
      const { verify } = ports;
      // Every fourth problem is right whatever is said, so each pass drops it.
      ports.verify = (problem, response) => (Number(problem.id.split("-")[1]) % 4 === 0 ? Promise.resolve({ reward: 1, verdict: "right", reason: "easy" }) : verify(problem, response)); // biome-ignore format: one thought
      return ports;
    };
    const whole = smallModel();
    const uninterrupted = halfRight();
    await trainGrpo(stageOf(whole, config), uninterrupted);
    const asked = uninterrupted.rolloutsAt.map(({ rollouts }) => [...new Set(rollouts.map(({ problemId }) => problemId))]);
    const easy = (step: number) => asked[step - 1].filter((id) => Number(id.split("-")[1]) % 4 === 0);
    expect([...easy(1), ...easy(2)].sort()).toEqual(["rl-0", "rl-4", "rl-8"]);
    expect([...easy(3), ...easy(4), ...easy(5), ...easy(6)]).toEqual([]);
    const half = uninterrupted.checkpoints[1];
    const resumed = new Transformer(new Parameters(half.config, half.weights));
    const rest = halfRight();
    await trainGrpo(stageOf(resumed, config, half), rest);
    expect(rest.rolloutsAt).toEqual(uninterrupted.rolloutsAt.filter(({ step }) => step > half.step));
    expect(resumed.parameters.weights()).toEqual(whole.parameters.weights());
    whole.dispose();
    resumed.dispose();
  });

  it("ends where dev no longer rises, and says how far it went", async () => {
    const model = smallModel();
    const ports = recorder(); // all truncated: dev stays at 0
    const outcome = await trainGrpo(stageOf(model, { steps: 20, stop: { patience: 2 } }), ports);
    expect(outcome).toMatchObject({ steps: 4, stopped: true });
    expect(ports.checkpoints.at(-1)!.step).toBe(4);
    // Resumed from there, as after a crash before its result was stored, it is still over.
    const again = recorder();
    expect(await trainGrpo(stageOf(model, { steps: 20, stop: { patience: 2 } }, ports.checkpoints.at(-1)!), again)).toMatchObject({ steps: 4, stopped: true }); // biome-ignore format: one thought
    expect(again.rolloutsAt).toEqual([]);
    model.dispose();
  });

  it("ends where every problem was dropped as solved", async () => {
    const model = smallModel();
    const ports = rewarding();
    ports.verify = async () => ({ reward: 1, verdict: "right", reason: "always" });
    const outcome = await trainGrpo(stageOf(model, { steps: 20, dropSolved: true }), ports);
    expect(outcome).toMatchObject({ steps: 3, stopped: true }); // 12 problems, 4 a step
    expect(ports.checkpoints.at(-1)!.step).toBe(3);
    expect(ports.evaluationsAt.at(-1)!.step).toBe(3);
    model.dispose();
  });

  it("asks only what the door let through, of its domain", async () => {
    const model = smallModel();
    const ports = rewarding();
    const problemIds = ["rl-1", "rl-3", "rl-5", "rl-7"];
    await trainGrpo({ ...stageOf(model, { steps: 2, domain: "math" }), problemIds }, ports);
    for (const { rollouts } of ports.rolloutsAt)
      expect([...new Set(rollouts.map(({ problemId }) => problemId))].sort()).toEqual(problemIds);
    await expect(trainGrpo({ ...stageOf(model), problemIds: ["rl-1"] }, rewarding())).rejects.toMatchObject({ message: "The stage's door let 1 of 12 problems through, and one step may ask for 4." }); // biome-ignore format: one thought
    await expect(trainGrpo(stageOf(model, { domain: "code" }), rewarding())).rejects.toMatchObject({ message: "The RL pool has 0 problems of domain code and one step may ask for 4." }); // biome-ignore format: one thought
    model.dispose();
  });

  it("learns from rewards that a verifier got wrong at the given rates, and keeps the verdicts", async () => {
    const model = smallModel();
    const ports = rewarding();
    await trainGrpo(stageOf(model, { steps: 3, groupSize: 16, verifierNoise: { falsePositive: 0.3, falseNegative: 0.1 } }), ports);
    const rollouts = ports.rolloutsAt.flatMap((step) => step.rollouts);
    const rate = (verdict: string) => {
      const own = rollouts.filter((rollout) => rollout.verdict === verdict);
      return own.filter(({ reward }) => reward === 1).length / own.length;
    };
    // 192 rollouts, about half of them right: within three standard errors of 0.9 and 0.3.
    expect(Math.abs(rate("right") - 0.9)).toBeLessThan(0.1);
    expect(Math.abs(rate("wrong") - 0.3)).toBeLessThan(0.15);
    for (const { step, rollouts: own } of ports.rolloutsAt) {
      const { values } = ports.metricsAt.find((metrics) => metrics.step === step)!;
      expect(values.reward).toBeCloseTo(own.filter(({ reward }) => reward === 1).length / own.length, 12);
      expect(values.rewardTrue).toBeCloseTo(own.filter(({ verdict }) => verdict === "right").length / own.length, 12);
    }
    for (const { reward, verdict, reason } of rollouts) expect(reason.includes("injected")).toBe((verdict === "right") !== (reward === 1));
    for (const { samples } of ports.evaluationsAt)
      for (const { reward, verdict } of samples) expect(reward === 1).toBe(verdict === "right");
    model.dispose();
  });

  it("over-long filtering takes truncated rollouts out of the loss", async () => {
    const model = smallModel();
    const ports = rewarding(); // rewards truncated text too, so that only the filter can silence it
    await trainGrpo(stageOf(model, { steps: 1, overlongFilter: true }), ports);
    const { rollouts } = ports.rolloutsAt[0];
    expect(rollouts.some(({ finishReason }) => finishReason === "length")).toBe(true);
    for (const { finishReason, inLoss, advantage } of rollouts) {
      expect(inLoss).toBe(finishReason === "stop");
      if (!inLoss) expect(advantage).toBe(0);
    }
    model.dispose();
  });

  it("several updates a batch clip, KL is measured against the start, dynamic sampling replaces zero-variance groups", async () => {
    const several = smallModel();
    const ports = rewarding();
    await trainGrpo(stageOf(several, { updatesPerBatch: 2, optimizer: { learningRate: 0.05 }, clipLow: 0.01, clipHigh: 0.02 }), ports);
    expect(ports.metricsAt.some(({ values }) => values.clipped! > 0)).toBe(true);
    several.dispose();

    const pulled = smallModel();
    const withKl = rewarding();
    const reference = smallModel();
    const klStage = (model: Transformer, resume: TrainerState | null = null) => ({
      ...stageOf(model, { klCoefficient: 0.1 }, resume),
      reference,
    });
    await trainGrpo(klStage(pulled), withKl);
    expect(withKl.metricsAt[0].values.kl).toBeCloseTo(0, 6);
    expect(withKl.metricsAt[3].values.kl).toBeGreaterThan(0);
    // The start stays the reference when training goes on from a checkpoint of its own, and it does not move.
    const [half] = withKl.checkpoints;
    const resumed = new Transformer(new Parameters(half.config, half.weights));
    const rest = rewarding();
    await trainGrpo(klStage(resumed, half), rest);
    expect(rest.metricsAt).toEqual(withKl.metricsAt.filter(({ step }) => step > half.step));
    expect(reference.parameters.weights()).toEqual(smallModelWeights());
    for (const model of [pulled, resumed, reference]) model.dispose();

    // Replaced groups are kept and shown, out of the loss: they are the ones whose rewards are all equal.
    const dynamic = smallModel();
    const sampled = rewarding();
    await trainGrpo(stageOf(dynamic, { groupSize: 2, dynamicSampling: true, dynamicSamplingMaxBatches: 3, steps: 2 }), sampled);
    for (const { rollouts } of sampled.rolloutsAt) {
      const groups = Array.from({ length: rollouts.length / 2 }, (_, i) => rollouts.slice(2 * i, 2 * i + 2));
      expect(groups.length).toBeGreaterThan(4);
      expect(groups.filter(([first]) => first.inLoss).length).toBeLessThanOrEqual(4);
      for (const [first, second] of groups) if (!first.inLoss) expect(first.reward).toBe(second.reward);
    }
    dynamic.dispose();
  });

  it("leaks no tensor over 50 steps", async () => {
    const model = smallModel();
    await trainGrpo(stageOf(model, { steps: 1 }), rewarding());
    const before = tf.memory().numTensors;
    const reference = smallModel();
    await trainGrpo({ ...stageOf(model, { steps: 50, klCoefficient: 0.1, updatesPerBatch: 2 }), reference }, rewarding());
    reference.dispose();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it("refuses a pool too small for a step", async () => {
    const model = smallModel();
    await expect(trainGrpo(stageOf(model, { promptsPerStep: 13 }), rewarding())).rejects.toMatchObject({
      code: "too-few-problems",
      where: "recipe.rl.promptsPerStep",
    });
    model.dispose();
  });
});
