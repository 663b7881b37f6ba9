import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { loraConfig, loraShapes } from "../../contract/lora.ts";
import { evalConfig, sftConfig } from "../../contract/recipe.ts";
import { builtInTokenizer as tokenizer } from "../../tokenizer/built-in.ts";
import { encodeExample } from "../../tokenizer/chat.ts";
import { loadNative } from "../../worker/native.ts";
import type { TrainerState } from "../checkpoint.ts";
import { Parameters, type WeightArrays } from "../model/parameters.ts";
import { Transformer } from "../model/transformer.ts";
import { maxDifference } from "../reference/reference.ts";
import { copyProblems, recorder, smallModel } from "../testing.ts";
import { type SftStage, trainingAmount, trainSft } from "./train-sft.ts";

beforeAll(() => {
  loadNative();
});

const problems = copyProblems(30);
const examples = problems.filter(({ pool }) => pool === "sft").map(({ prompt, answer }) => encodeExample(tokenizer, prompt, answer));
const devExamples = problems.filter(({ pool }) => pool === "dev").map(({ prompt, answer }) => encodeExample(tokenizer, prompt, answer));

function stageOf(model: Transformer, resume: TrainerState | null = null, config = {}): SftStage {
  const sft = sftConfig.parse({ epochs: 3, batchSize: 4, maxLength: 24, optimizer: { learningRate: 0.01 }, ...config });
  const devEval = evalConfig.parse({ pool: "dev", problems: 4, samplesPerProblem: 2, maxResponseTokens: 3 });
  return { model, tokenizer, examples, devExamples, problems, config: sft, devEval, seed: 1, start: "weak", resume };
}

describe("SFT", () => {
  it("lowers the loss, evaluates and writes a checkpoint at each epoch's end", async () => {
    const model = smallModel();
    const ports = recorder();
    const outcome = await trainSft(stageOf(model, null, { epochs: 8 }), ports);
    const losses = ports.metricsAt.flatMap(({ values }) => (values.loss === undefined ? [] : [values.loss]));
    const devLosses = ports.metricsAt.flatMap(({ values }) => (values.devLoss === undefined ? [] : [values.devLoss]));
    expect(losses.at(-1)!).toBeLessThan(losses[0] / 2);
    expect(devLosses).toHaveLength(8);
    expect(devLosses.at(-1)!).toBeLessThan(devLosses[0]);
    expect(ports.evaluationsAt).toHaveLength(8);
    expect(outcome).toMatchObject({ checkpointId: `checkpoint-${losses.length}`, examples: 30, dropped: 0, steps: losses.length });
    expect(outcome.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(outcome.tokens).toBe(
      trainingAmount(examples, sftConfig.parse({ epochs: 8, batchSize: 4, maxLength: 24 }), [1, "weak", "sft"]).tokens,
    );
    model.dispose();
  });

  it("goes on from an epoch's checkpoint as if it had never stopped", async () => {
    const whole = smallModel();
    const uninterrupted = recorder();
    await trainSft(stageOf(whole), uninterrupted);
    const [first] = uninterrupted.checkpoints;
    const resumed = new Transformer(new Parameters(first.config, first.weights));
    const rest = recorder();
    await trainSft(stageOf(resumed, first), rest);
    expect(rest.metricsAt).toEqual(uninterrupted.metricsAt.filter(({ step }) => step > first.step));
    expect(resumed.parameters.weights()).toEqual(whole.parameters.weights());
    whole.dispose();
    resumed.dispose();
  });

  it("gives, as a trunk and a branch of its last epoch, what training for that many epochs from the start gives", async () => {
    const config = { optimizer: { learningRate: 0.01, warmupRatio: 0.5, schedule: "decay-last-epoch" } };
    const trunk = recorder();
    const trunkModel = smallModel();
    await trainSft({ ...stageOf(trunkModel, null, { epochs: 3, ...config }), start: "trunk", streams: "s", stopAfterEpoch: 2 }, trunk);
    expect(trunk.checkpoints).toHaveLength(2);
    const [, second] = trunk.checkpoints;
    const branch = new Transformer(new Parameters(second.config, second.weights));
    const outcome = await trainSft({ ...stageOf(branch, second, { epochs: 3, ...config }), start: "epoch 3", streams: "s" }, recorder());
    expect(outcome.epochs.map(({ epoch }) => epoch)).toEqual([3]);
    const whole = smallModel();
    await trainSft({ ...stageOf(whole, null, { epochs: 3, ...config }), start: "s" }, recorder());
    expect(branch.parameters.weights()).toEqual(whole.parameters.weights());
    for (const model of [trunkModel, branch, whole]) model.dispose();
  });

  it("trains by updates or tokens as long as a larger set takes, its last pass cut", async () => {
    const few = examples.slice(0, 5);
    const config = { epochs: 2, batchSize: 1 };
    const full = trainingAmount(examples, stageOf(smallModel(), null, config).config, [1, "weak", "sft"]);
    const run = async (amount: SftStage["amount"]) => {
      const model = smallModel();
      const ports = recorder();
      const outcome = await trainSft({ ...stageOf(model, null, config), examples: few, amount }, ports);
      model.dispose();
      return { ...outcome, looks: ports.evaluationsAt.length };
    };
    expect(await run({ steps: full.steps })).toMatchObject({ examples: 5, steps: full.steps, looks: 2 });
    const byTokens = await run({ tokens: full.tokens });
    const longest = Math.max(...few.map(({ ids }) => ids.length)) * 4;
    expect(byTokens.tokens).toBeGreaterThanOrEqual(full.tokens);
    expect(byTokens.tokens).toBeLessThan(full.tokens + longest);
  });

  it("trains an adapter in place of the weights, and goes on from a checkpoint that holds the adapter alone", async () => {
    const config = { lora: loraConfig.parse({ rank: 4, dropout: 0.1 }), optimizer: { learningRate: 0.02 } };
    const base = smallModel();
    const whole = smallModel();
    const uninterrupted = recorder();
    await trainSft(stageOf(whole, null, config), uninterrupted);
    const losses = uninterrupted.metricsAt.flatMap(({ values }) => values.devLoss ?? []);
    expect(losses.at(-1)!).toBeLessThan(losses[0]);
    for (const name of base.parameters.names()) expect(whole.parameters.get(name).dataSync()).toEqual(base.parameters.get(name).dataSync());
    const [first] = uninterrupted.checkpoints;
    expect(first.adapter).toEqual(config.lora);
    expect([...(first.weights as WeightArrays).keys()]).toEqual(loraShapes(first.config, config.lora).map(({ name }) => name));
    const rest = recorder();
    await trainSft(stageOf(base, first, config), rest);
    expect(rest.metricsAt).toEqual(uninterrupted.metricsAt.filter(({ step }) => step > first.step));
    expect(base.parameters.weights()).toEqual(whole.parameters.weights());
    base.dispose();
    whole.dispose();
  });

  it("takes the same steps in micro-batches and with layers computed again", async () => {
    const run = async (config: object) => {
      const model = smallModel();
      const ports = recorder();
      await trainSft(stageOf(model, null, { epochs: 1, ...config }), ports);
      model.dispose();
      return ports.metricsAt.flatMap(({ values }) => values.loss ?? []);
    };
    const whole = await run({});
    expect(await run({ recompute: true })).toEqual(whole);
    const parts = await run({ gradientAccumulation: 3 });
    expect(maxDifference(parts, whole)).toBeLessThan(1e-4);
    expect(parts).not.toEqual(whole);
  });

  it("is the same with the same seed and another with another", async () => {
    const run = async (seed: number) => {
      const model = smallModel();
      const ports = recorder();
      await trainSft({ ...stageOf(model), seed }, ports);
      model.dispose();
      return ports.metricsAt.map(({ values }) => values.loss);
    };
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("drops and counts what does not fit, and refuses when nothing does", async () => {
    const model = smallModel();
    const long = encodeExample(tokenizer, "1".repeat(30), "1");
    expect((await trainSft({ ...stageOf(model), examples: [...examples, long] }, recorder())).dropped).toBe(1);
    await expect(trainSft({ ...stageOf(model), examples: [long] }, recorder())).rejects.toMatchObject({ code: "no-examples" });
    model.dispose();
  });

  it("leaks no tensor", async () => {
    const model = smallModel();
    await trainSft(stageOf(model), recorder());
    const before = tf.memory().numTensors;
    await trainSft(stageOf(model), recorder());
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
