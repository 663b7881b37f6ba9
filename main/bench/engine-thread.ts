// The engine's SFT or GRPO step of a bench case, in a worker thread: one message a turn, answered with its step times.
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { randomStream } from "../analysis/random.ts";
import { optimizerConfig } from "../contract/recipe.ts";
import { accumulateGradients } from "../engine/gradients.ts";
import { generate } from "../engine/model/generate.ts";
import { initialWeights, Parameters, parameterCount } from "../engine/model/parameters.ts";
import { Transformer } from "../engine/model/transformer.ts";
import { AdamW } from "../engine/optim/adamw.ts";
import { groupAdvantages } from "../engine/rl/advantages.ts";
import { policyLoss, tokenWeights } from "../engine/rl/policy-loss.ts";
import { assignRows, layOut, type TrainingExample } from "../engine/sft/batches.ts";
import { sftLoss, trainedLogprobs } from "../engine/sft/sft-loss.ts";
import { loadNative } from "../worker/native.ts";
import type { BenchCase, GrpoCase, SftCase } from "./cases.ts";

const benchCase = workerData as BenchCase & { threads: number };
const { vocabSize } = benchCase.model;
const padId = 0;
/** Ids from here on are characters. */
const firstCharacter = 2;

const native = loadNative();
const begun = performance.now();
const parameters = new Parameters(benchCase.model, initialWeights(benchCase.model, "bench"));
const model = new Transformer(parameters);
const optimizer = new AdamW(parameters, optimizerConfig.parse({ weightDecay: benchCase.kind === "sft" ? 0.1 : 0 }));
const ports = { yield: () => Promise.resolve(), now: () => performance.now() / 1000 };

function randomTokens(length: number, ...name: (string | number)[]): number[] {
  const random = randomStream("bench", ...name);
  return Array.from({ length }, () => random.integer(firstCharacter, vocabSize - 1));
}

function sftStep({ rows, length, promptLength }: SftCase, step: number): void {
  const examples = Array.from(
    { length: rows },
    (_, row): TrainingExample => ({ ids: randomTokens(length, "sft", step % 8, row), promptLength }),
  );
  const batch = layOut(
    examples,
    assignRows(
      examples.map(({ ids }) => ids.length),
      length,
      false,
    ),
    padId,
  );
  const { gradients } = accumulateGradients(parameters, [() => sftLoss(model, batch, batch.targets.length)]);
  optimizer.apply(gradients, 1e-3);
}

/** Rollouts, rewards, advantages, one update: on-policy, token mean, no KL. No token ends a response, so lengths are equal. */
async function grpoStep({ prompts, groupSize, promptLength, responseLength, temperature }: GrpoCase, step: number): Promise<void> {
  const promptIds = Array.from({ length: prompts }, (_, i) => randomTokens(promptLength, "grpo", step % 8, i));
  const groups = await generate(
    model,
    {
      prompts: promptIds,
      samplesPerPrompt: groupSize,
      maxNewTokens: responseLength,
      temperature,
      topP: 1,
      padId,
      eosId: -1,
      random: (prompt, sample) => randomStream("bench", "rollout", step, prompt, sample),
    },
    ports,
  );
  const examples = groups.flatMap((group, i) =>
    group.map(({ ids }): TrainingExample => ({ ids: [...promptIds[i], ...ids], promptLength })),
  );
  const advantages = groups.flatMap((group) => {
    const texts = group.map(({ ids }) => ids.map((id) => String.fromCharCode(48 + id - firstCharacter)).join(""));
    const rewards = texts.map((text) => text.split("0").length / text.length);
    return groupAdvantages(
      rewards,
      rewards.map(() => false),
      { std: true, overlongFilter: false, overlongInGroupStats: true },
    ).advantages;
  });
  const lengths = examples.map(({ ids }) => ids.length - promptLength);
  const weights = tokenWeights(
    lengths,
    lengths.map(() => true),
    "token-mean",
  );
  const rows = layOut(
    examples,
    assignRows(
      examples.map(({ ids }) => ids.length),
      promptLength + responseLength,
      false,
    ),
    padId,
  );
  const ofToken = (values: number[]) => Float32Array.from(rows.example, (i) => values[i]);
  const tokens = { advantages: ofToken(advantages), weights: ofToken(weights), oldLogprobs: null, referenceLogprobs: null };
  const options = { clipLow: 0.2, clipHigh: 0.2, klCoefficient: 0 };
  const { gradients } = accumulateGradients(parameters, [
    () => policyLoss(trainedLogprobs(model, rows, temperature).logprobs, tokens, options).loss,
  ]);
  optimizer.apply(gradients, 1e-4);
}

let steps = 0;
async function step(): Promise<void> {
  if (benchCase.kind === "sft") sftStep(benchCase, steps);
  else await grpoStep(benchCase, steps);
  steps++;
}

await step();
parentPort!.postMessage({
  ready: `TensorFlow ${native.binding.TF_Version}`,
  device: native.isUsingGpuDevice ? "cuda" : "cpu",
  parameters: parameterCount(benchCase.model),
  threads: benchCase.threads,
  firstStepSeconds: (performance.now() - begun) / 1000,
});
parentPort!.on("message", async (message: { steps: number }) => {
  const milliseconds: number[] = [];
  for (let i = 0; i < message.steps; i++) {
    const started = performance.now();
    await step();
    milliseconds.push(performance.now() - started);
  }
  parentPort!.postMessage({ milliseconds });
});
