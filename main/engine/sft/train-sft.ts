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
  /** Names the random streams in place of `start`: a trunk and its branches see one order of examples. */
  streams?: string;
  /** Ends after this epoch, on the schedule of all of config.epochs: a trunk, before its decay. */
  stopAfterEpoch?: number;
  /** Trains for so long in place of config.epochs: the examples come again as often as it takes, and the last pass is cut. */
  amount?: TrainingAmount | null;
  resume: TrainerState | null;
}

/** Updates, or trained response tokens; the update that reaches them is the last. */
export type TrainingAmount = { steps: number } | { tokens: number };

export interface SftOutcome {
  checkpointId: string;
  examples: number;
  /** Longer than maxLength, left out. */
  dropped: number;
  /** Those that ended now, 1-based; of a run by amount its parts. */
  epochs: { epoch: number; checkpointId: string }[];
  /** Updates and trained tokens, with those before an interruption. */
  steps: number;
  tokens: number;
}

/** One update: its rows, each a list of examples. */
type Update = number[][];

/** Updates of one pass over the examples. Lengths decide, so it is known beforehand. */
function epochUpdates(lengths: number[], config: SftConfig, seed: SeedPart[], epoch: number): Update[] {
  const random = randomStream(...seed, "epoch", epoch);
  const order = random.shuffle(lengths.map((_, i) => i));
  const rows = assignRows(order.map((i) => lengths[i]), config.maxLength, config.packing).map((row) => row.map((i) => order[i])); // biome-ignore format: one thought
  const shuffled = random.shuffle(rows);
  return Array.from({ length: Math.ceil(rows.length / config.batchSize) }, (_, i) =>
    shuffled.slice(i * config.batchSize, (i + 1) * config.batchSize),
  );
}

function planEpochs(lengths: number[], config: SftConfig, seed: SeedPart[]): Update[][] {
  const epochs = Array.from({ length: config.epochs }, (_, epoch) => epochUpdates(lengths, config, seed, epoch));
  let left = config.maxSteps ?? Number.POSITIVE_INFINITY;
  return epochs.flatMap((updates) => {
    const kept = updates.slice(0, left);
    left -= kept.length;
    return kept.length > 0 ? [kept] : [];
  });
}

const trainedTokens = ({ ids, promptLength }: TrainingExample): number => ids.length - promptLength;
const tokensOf = (update: Update, examples: TrainingExample[]): number =>
  update.reduce((sum, row) => sum + row.reduce((inRow, i) => inRow + trainedTokens(examples[i]), 0), 0);

/** As many updates as it takes, in config.epochs parts of about equal size: a run by amount is looked at as often as one by epochs. */
function planAmount(examples: TrainingExample[], config: SftConfig, seed: SeedPart[], amount: TrainingAmount): Update[][] {
  const lengths = examples.map(({ ids }) => ids.length);
  const updates: Update[] = [];
  let tokens = 0;
  const enough = () => ("steps" in amount ? updates.length >= amount.steps : tokens >= amount.tokens);
  for (let epoch = 0; !enough(); epoch++)
    for (const update of epochUpdates(lengths, config, seed, epoch)) {
      if (enough()) break;
      updates.push(update);
      tokens += tokensOf(update, examples);
    }
  return inParts(updates, config.epochs);
}

const fitting = (examples: TrainingExample[], { maxLength }: SftConfig) => examples.filter(({ ids }) => ids.length <= maxLength);

/** The rows of the first update, as indices into the examples, all of which fit. */
export function firstUpdate(examples: TrainingExample[], config: SftConfig, seed: SeedPart[]): number[][] {
  return epochUpdates(examples.map(({ ids }) => ids.length), config, seed, 0)[0]; // biome-ignore format: one thought
}

/** What config's epochs over these examples take. */
export function trainingAmount(all: TrainingExample[], config: SftConfig, seed: SeedPart[]): { steps: number; tokens: number } {
  const examples = fitting(all, config);
  const updates = planEpochs(examples.map(({ ids }) => ids.length), config, seed).flat(); // biome-ignore format: one thought
  return { steps: updates.length, tokens: updates.reduce((sum, update) => sum + tokensOf(update, examples), 0) };
}

/** Trains in place: the weights, or an adapter that the model then has. */
export async function trainSft(stage: SftStage, ports: EnginePorts): Promise<SftOutcome> {
  const { model, config, resume, tokenizer, seed, start, amount } = stage;
  const examples = fitting(stage.examples, config);
  if (examples.length === 0)
    throw new HeadstartError({
      code: "no-examples",
      where: `SFT of ${start}`,
      message: `None of ${stage.examples.length} examples fits in ${config.maxLength} tokens.`,
      hint: "Raise sft.maxLength.",
    });
  const streams = stage.streams ?? start;
  const order = [seed, streams, "sft"];
  const epochs = amount ? planAmount(examples, config, order, amount) : planEpochs(examples.map(({ ids }) => ids.length), config, order); // biome-ignore format: one thought
  const totalSteps = epochs.reduce((sum, updates) => sum + updates.length, 0);
  const epochSteps = { first: epochs[0].length, last: epochs[epochs.length - 1].length };
  const ended: SftOutcome["epochs"] = [];
  if (config.lora) model.parameters.adapt(config.lora, resume?.weights ?? initialAdapter(model.config, config.lora, seed, streams));
  const optimizer = new AdamW(model.parameters, config.optimizer, resume?.optimizer);
  const counters = { prompts: 0, tokens: 0, ...resume?.counters };
  let checkpointId = "";
  let step = 0;
  try {
    for (const [epoch, updates] of epochs.slice(0, stage.stopAfterEpoch).entries()) {
      if (resume && step + updates.length <= resume.step) {
        step += updates.length;
        continue;
      }
      for (const rows of updates) {
        const begin = ports.now();
        const rate = learningRate(config.optimizer, step, totalSteps, epochSteps);
        const parts = inParts(rows, config.gradientAccumulation ?? 1).map((part) => layOut(examples, part, tokenizer.padId));
        const tokens = parts.reduce((sum, { targets }) => sum + targets.length, 0);
        const losses = parts.map((part, i) => () => {
          const dropoutSeed = randomStream(seed, streams, "dropout", step, i).integer(0, 2 ** 31 - 1);
          return sftLoss(model, part, tokens, { recompute: config.recompute, dropoutSeed });
        });
        const { loss, gradients } = accumulateGradients(model.parameters, losses);
        const gradNorm = optimizer.apply(gradients, rate);
        step++;
        counters.tokens += tokens;
        const tokensPerSecond = tokens / (ports.now() - begin);
        await ports.metrics(step, { loss, gradNorm, learningRate: rate, tokens: counters.tokens, tokensPerSecond });
        await ports.progress(step, totalSteps, `${amount ? "Part" : "Epoch"} ${epoch + 1} of ${epochs.length}`);
        await ports.yield();
      }
      await evaluateEpoch(stage, step, ports);
      checkpointId = await ports.checkpoint(trainerState(step, model.parameters, optimizer, counters));
      ended.push({ epoch: epoch + 1, checkpointId });
    }
  } finally {
    optimizer.dispose();
  }
  const dropped = stage.examples.length - examples.length;
  return { checkpointId, examples: examples.length, dropped, epochs: ended, steps: step, tokens: counters.tokens };
}

async function evaluateEpoch(stage: SftStage, step: number, ports: EnginePorts): Promise<void> {
  const { model, tokenizer, devEval } = stage;
  if (stage.devExamples.length > 0) await ports.metrics(step, { devLoss: meanLoss(stage) });
  if (!devEval) return;
  const asked = evaluationProblems(stage.problems, devEval.pool, devEval.problems);
  const { summary, samples } = await evaluate(
    model,
    tokenizer,
    asked,
    devEval,
    [stage.seed, stage.streams ?? stage.start, "sft-evaluation", step],
    ports,
  );
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
