// Makes the tiny base checkpoint, what stands where Qwen2.5-Math stands in the paper: pre-trained on generated text only,
// single operations with their working and some small code (data/pretraining.ts), never on GSM8K, never on a chain of steps.
//
//   npm run tiny-base [-- FOLDER]     writes FOLDER (resources/tiny-base by default): the checkpoint and pretraining.jsonl
//
// The last lines of the log are the share of fresh single operations it solves greedily.
import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };
import { randomStream } from "../analysis/random.ts";
import { parameterCount } from "../contract/parameter-shapes.ts";
import type { ModelConfig, OptimizerConfig } from "../contract/recipe.ts";
import { pretrainingText } from "../data/pretraining.ts";
import { trainerState } from "../engine/checkpoint.ts";
import { accumulateGradients } from "../engine/gradients.ts";
import { generate } from "../engine/model/generate.ts";
import { initialWeights, Parameters } from "../engine/model/parameters.ts";
import { Transformer } from "../engine/model/transformer.ts";
import { AdamW } from "../engine/optim/adamw.ts";
import { learningRate } from "../engine/optim/schedule.ts";
import { assignRows, layOut, type TrainingExample } from "../engine/sft/batches.ts";
import { sftLoss } from "../engine/sft/sft-loss.ts";
import { builtInTokenizer as tokenizer } from "../tokenizer/built-in.ts";
import { encodeExample, encodePrompt } from "../tokenizer/chat.ts";
import { verifyMath } from "../verifiers/math/answer.ts";
import { dropOptimizerState, writeCheckpoint } from "./checkpoint-files.ts";
import { loadNative } from "./native.ts";

interface PretrainingRecipe {
  seed: number;
  model: ModelConfig;
  steps: number;
  /** Rows an update, each packed with samples up to rowLength tokens. */
  rows: number;
  rowLength: number;
  optimizer: OptimizerConfig;
}

const tinyBase: PretrainingRecipe = {
  seed: 1,
  model: {
    architecture: "llama",
    vocabSize: 104,
    hiddenSize: 128,
    intermediateSize: 344,
    numHiddenLayers: 3,
    numAttentionHeads: 4,
    numKeyValueHeads: 4,
    headDim: 32,
    ropeTheta: 10_000,
    ropeScaling: null,
    rmsNormEps: 1e-5,
    tieWordEmbeddings: true,
    maxPositionEmbeddings: 512,
  },
  steps: 2500,
  rows: 32,
  rowLength: 128,
  optimizer: {
    learningRate: 2e-3,
    warmupRatio: 0.03,
    schedule: "cosine",
    minLearningRateRatio: 0.05,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0.01,
    maxGradNorm: 1,
  },
};

/** One update's examples: drawn until the rows are about full. */
function batchOf(recipe: PretrainingRecipe, step: number): { examples: TrainingExample[]; rows: number[][] } {
  const random = randomStream(recipe.seed, "pretraining", step);
  const examples: TrainingExample[] = [];
  let tokens = 0;
  while (tokens < recipe.rows * recipe.rowLength) {
    const { prompt, response } = pretrainingText(random);
    const example = encodeExample(tokenizer, prompt, response);
    if (example.ids.length > recipe.rowLength) continue;
    examples.push(example);
    tokens += example.ids.length;
  }
  const rows = assignRows(examples.map(({ ids }) => ids.length), recipe.rowLength, true); // biome-ignore format: one thought
  return { examples, rows: rows.slice(0, recipe.rows) };
}

/** Share of `count` fresh operations solved greedily, by operator; code apart. */
async function solved(model: Transformer, recipe: PretrainingRecipe, count: number): Promise<Record<string, number>> {
  const random = randomStream(recipe.seed, "pretraining-check");
  const samples = Array.from({ length: count }, () => pretrainingText(random));
  const generations = await generate(
    model,
    {
      prompts: samples.map(({ prompt }) => encodePrompt(tokenizer, prompt)),
      samplesPerPrompt: 1,
      maxNewTokens: 256,
      temperature: 0,
      topP: 1,
      stopIds: tokenizer.stopIds,
      random: () => random,
    },
    { yield: async () => {} },
  );
  const tally: Record<string, { right: number; all: number }> = {};
  samples.forEach(({ prompt, response }, i) => {
    const kind = prompt.match(/^-?[\d.]+([-+*/])[\d.]+=\?$/)?.[1] ?? "code";
    tally[kind] ??= { right: 0, all: 0 };
    tally[kind].all++;
    tally[kind].right += verifyMath(response.slice(response.lastIndexOf("#") + 1), tokenizer.decode(generations[i][0].ids)).reward;
  });
  return Object.fromEntries(Object.entries(tally).map(([kind, { right, all }]) => [kind, right / all]));
}

async function pretrain(recipe: PretrainingRecipe, folder: string): Promise<void> {
  loadNative();
  const lines: string[] = [];
  const log = (entry: object) => {
    lines.push(JSON.stringify(entry));
    console.error(lines.at(-1));
  };
  log({ recipe, parameters: parameterCount(recipe.model) });
  const model = new Transformer(new Parameters(recipe.model, initialWeights(recipe.model, recipe.seed)));
  const optimizer = new AdamW(model.parameters, recipe.optimizer);
  let tokens = 0;
  let recent = 0;
  for (let step = 1; step <= recipe.steps; step++) {
    const { examples, rows } = batchOf(recipe, step);
    const batch = layOut(examples, rows, tokenizer.padId);
    const { loss, gradients } = accumulateGradients(model.parameters, [() => sftLoss(model, batch, batch.targets.length)]);
    optimizer.apply(gradients, learningRate(recipe.optimizer, step - 1, recipe.steps));
    tokens += batch.targets.length;
    recent += loss / 100;
    if (step % 100 === 0) {
      log({ step, loss: Number(recent.toFixed(4)), tokens });
      recent = 0;
    }
    if (step % 1000 === 0) log({ step, solved: await solved(model, recipe, 400) });
  }
  log({ solved: await solved(model, recipe, 2000) });
  const state = trainerState(recipe.steps, model.parameters, optimizer, { prompts: 0, tokens });
  writeCheckpoint(folder, state, {
    id: "tiny-base",
    parentId: null,
    seed: recipe.seed,
    dataHash: null,
    codeVersion: manifest.version,
    tokenizer: { kind: "built-in" },
    tokenizerFolder: folder,
    origin: "Pre-trained on generated single operations by npm run tiny-base",
  });
  dropOptimizerState(folder);
  writeFileSync(join(folder, "pretraining.jsonl"), `${lines.join("\n")}\n`);
}

const project = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
await pretrain(tinyBase, resolve(process.argv[2] ?? join(project, "resources", "tiny-base")));
