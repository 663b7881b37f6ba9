// The SFT loop: epochs over examples in packed or padded rows, AdamW with warm-up and cosine over the whole run, and at
// each epoch's end the loss and an evaluation on dev and a checkpoint.
import * as tf from "@tensorflow/tfjs-core";
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import type { Problem } from "../../contract/dataset.ts";
import { HeadstartError } from "../../contract/errors.ts";
import type { EvalConfig, SftConfig } from "../../contract/recipe.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { type TrainerState, trainerState } from "../checkpoint.ts";
import { evaluate, evaluationProblems } from "../eval/evaluate.ts";
import { accumulateGradients } from "../gradients.ts";
import { initialAdapter } from "../model/lora.ts";
import type { Transformer } from "../model/transformer.ts";
import { AdamW } from "../optim/adamw.ts";
import { learningRate } from "../optim/schedule.ts";
import type { EnginePorts } from "../ports.ts";
import { assignRows, inParts, layOut, type TrainingExample } from "./batches.ts";
import { sftLoss } from "./sft-loss.ts";

export interface SftStage {
  model: Transformer;
  tokenizer: Tokenizer;
  examples: TrainingExample[];
  devExamples: TrainingExample[];
  problems: Problem[];
  config: SftConfig;
  /** Samples and verifies dev problems at each epoch's end; null: the dev loss alone. */
  devEval: EvalConfig | null;
  seed: SeedPart;
  start: string;
  resume: TrainerState | null;
}

export interface SftOutcome {
  checkpointId: string;
  examples: number;
  /** Longer than maxLength, left out. */
  dropped: number;
}

/** Updates of every epoch: each is a list of rows, each row a list of examples. Lengths decide, so it is known beforehand. */
export function planEpochs(lengths: number[], config: SftConfig, seed: SeedPart[]): number[][][][] {
  const epochs = Array.from({ length: config.epochs }, (_, epoch) => {
    const random = randomStream(...seed, "epoch", epoch);
    const order = random.shuffle(lengths.map((_, i) => i));
    const rows = assignRows(order.map((i) => lengths[i]), config.maxLength, config.packing).map((row) => row.map((i) => order[i])); // biome-ignore format: one thought
    const shuffled = random.shuffle(rows);
    return Array.from({ length: Math.ceil(rows.length / config.batchSize) }, (_, i) =>
      shuffled.slice(i * config.batchSize, (i + 1) * config.batchSize),
    );
  });
  let left = config.maxSteps ?? Number.POSITIVE_INFINITY;
  return epochs.flatMap((updates) => {
    const kept = updates.slice(0, left);
    left -= kept.length;
    return kept.length > 0 ? [kept] : [];
  });
}

/** Trains in place: the weights, or an adapter that the model then has. */
export async function trainSft(stage: SftStage, ports: EnginePorts): Promise<SftOutcome> {
  const { model, config, resume, tokenizer, seed, start } = stage;
  const examples = stage.examples.filter(({ ids }) => ids.length <= config.maxLength);
  if (examples.length === 0)
    throw new HeadstartError({
      code: "no-examples",
      where: `SFT of ${start}`,
      message: `None of ${stage.examples.length} examples fits in ${config.maxLength} tokens.`,
      hint: "Raise sft.maxLength.",
    });
  const epochs = planEpochs(examples.map(({ ids }) => ids.length), config, [seed, start, "sft"]); // biome-ignore format: one thought
  const totalSteps = epochs.reduce((sum, updates) => sum + updates.length, 0);
  if (config.lora) model.parameters.adapt(config.lora, resume?.weights ?? initialAdapter(model.config, config.lora, seed, start));
  const optimizer = new AdamW(model.parameters, config.optimizer, resume?.optimizer);
  const counters = { prompts: 0, tokens: 0, ...resume?.counters };
  let checkpointId = "";
  let step = 0;
  try {
    for (const [epoch, updates] of epochs.entries()) {
      if (resume && step + updates.length <= resume.step) {
        step += updates.length;
        continue;
      }
      for (const rows of updates) {
        const begin = ports.now();
        const rate = learningRate(config.optimizer, step, totalSteps);
        const parts = inParts(rows, config.gradientAccumulation ?? 1).map((part) => layOut(examples, part, tokenizer.padId));
        const tokens = parts.reduce((sum, { targets }) => sum + targets.length, 0);
        const losses = parts.map((part, i) => () => {
          const dropoutSeed = randomStream(seed, start, "dropout", step, i).integer(0, 2 ** 31 - 1);
          return sftLoss(model, part, tokens, { recompute: config.recompute, dropoutSeed });
        });
        const { loss, gradients } = accumulateGradients(model.parameters, losses);
        const gradNorm = optimizer.apply(gradients, rate);
        step++;
        counters.tokens += tokens;
        const tokensPerSecond = tokens / (ports.now() - begin);
        await ports.metrics(step, { loss, gradNorm, learningRate: rate, tokens: counters.tokens, tokensPerSecond });
        await ports.progress(step, totalSteps, `Epoch ${epoch + 1} of ${config.epochs}`);
        await ports.yield();
      }
      await evaluateEpoch(stage, step, ports);
      checkpointId = await ports.checkpoint(trainerState(step, model.parameters, optimizer, counters));
    }
  } finally {
    optimizer.dispose();
  }
  return { checkpointId, examples: examples.length, dropped: stage.examples.length - examples.length };
}

async function evaluateEpoch(stage: SftStage, step: number, ports: EnginePorts): Promise<void> {
  const { model, tokenizer, devEval } = stage;
  if (stage.devExamples.length > 0) await ports.metrics(step, { devLoss: meanLoss(stage) });
  if (!devEval) return;
  const asked = evaluationProblems(stage.problems, devEval.pool, devEval.problems);
  const { summary, samples } = await evaluate(model, tokenizer, asked, devEval, [stage.seed, stage.start, "sft-evaluation", step], ports);
  await ports.evaluation(step, devEval, summary, samples);
}

/** Mean cross-entropy over the response tokens of all examples. */
function meanLoss({ model, devExamples, tokenizer, config }: SftStage): number {
  const rowsAtOnce = Math.ceil(config.batchSize / (config.gradientAccumulation ?? 1));
  const parts = inParts(devExamples.map((_, i) => [i]), Math.ceil(devExamples.length / rowsAtOnce)); // biome-ignore format: one thought
  const batches = parts.map((rows) => layOut(devExamples, rows, tokenizer.padId));
  const tokens = batches.reduce((sum, { targets }) => sum + targets.length, 0);
  return batches.reduce((sum, batch) => sum + tf.tidy(() => sftLoss(model, batch, tokens).dataSync()[0]), 0);
}
