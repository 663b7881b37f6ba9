// Makes the tiny base checkpoint from its recipe (studies/tiny-base.ts):
//
//   npm run pretrain [-- FOLDER]      writes FOLDER (resources/tiny-base by default): the checkpoint and pretraining.jsonl
//
// The last lines of the log are the share of fresh single operations it solves greedily.
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };
import { randomStream } from "../analysis/random.ts";
import { pretrainingText } from "../data/pretraining.ts";
import { trainerState } from "../engine/checkpoint.ts";
import { accumulateGradients } from "../engine/gradients.ts";
import { generate } from "../engine/model/generate.ts";
import { initialWeights, Parameters, parameterCount } from "../engine/model/parameters.ts";
import { Transformer } from "../engine/model/transformer.ts";
import { AdamW } from "../engine/optim/adamw.ts";
import { learningRate } from "../engine/optim/schedule.ts";
import { assignRows, layOut, type TrainingExample } from "../engine/sft/batches.ts";
import { sftLoss } from "../engine/sft/sft-loss.ts";
import { type PretrainingRecipe, tinyBase } from "../studies/tiny-base.ts";
import { encodeExample, encodePrompt } from "../tokenizer/chat.ts";
import { builtInTokenizer as tokenizer } from "../tokenizer/tokenizer.ts";
import { verifyMath } from "../verifiers/math/answer.ts";
import { dropOptimizerState, writeCheckpoint } from "./checkpoint-files.ts";
import { loadNative } from "./native.ts";

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

/** Share of `count` fresh operations solved greedily, by operator. */
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
      padId: tokenizer.padId,
      eosId: tokenizer.eosId,
      random: () => random,
    },
    { yield: async () => {} },
  );
  const tally: Record<string, { right: number; all: number }> = {};
  samples.forEach(({ prompt, response }, i) => {
    const operator = prompt.slice(1).match(/[-+*/]/)![0];
    tally[operator] ??= { right: 0, all: 0 };
    tally[operator].all++;
    tally[operator].right += verifyMath(response.slice(response.lastIndexOf("#") + 1), tokenizer.decode(generations[i][0].ids)).reward;
  });
  return Object.fromEntries(Object.entries(tally).map(([operator, { right, all }]) => [operator, right / all]));
}

async function pretrain(recipe: PretrainingRecipe, folder: string): Promise<void> {
  loadNative();
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, "pretraining.jsonl");
  writeFileSync(logFile, `${JSON.stringify({ recipe, parameters: parameterCount(recipe.model) })}\n`);
  const log = (entry: object) => {
    appendFileSync(logFile, `${JSON.stringify(entry)}\n`);
    console.error(JSON.stringify(entry));
  };
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
  writeCheckpoint(folder + ".checkpoint", state, {
    id: "tiny-base",
    parentId: null,
    seed: recipe.seed,
    dataHash: null,
    codeVersion: manifest.version,
    origin: "Pre-trained on generated single operations: main/studies/tiny-base.ts",
  });
  dropOptimizerState(folder + ".checkpoint");
}

const project = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
await pretrain(tinyBase, resolve(process.argv[2] ?? join(project, "resources", "tiny-base")));
