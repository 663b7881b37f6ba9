// The engine's own SFT or GRPO loop, or its generation, on a bench case, in a worker thread. Between steps it waits until it is
// asked for more, as TRL's does; what it reports (metrics, rollouts) goes to the main thread, as in the hosts.
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { randomStream } from "../analysis/random.ts";
import type { Problem } from "../contract/dataset.ts";
import { parameterCount, parameterShapes } from "../contract/parameter-shapes.ts";
import { evalConfig, type ModelConfig, rlConfig, sftConfig } from "../contract/recipe.ts";
import { generate } from "../engine/model/generate.ts";
import { initialWeights, Parameters, type WeightReader } from "../engine/model/parameters.ts";
import { Transformer } from "../engine/model/transformer.ts";
import type { EnginePorts } from "../engine/ports.ts";
import { trainGrpo } from "../engine/rl/train-grpo.ts";
import type { TrainingExample } from "../engine/sft/batches.ts";
import { trainSft } from "../engine/sft/train-sft.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { loadNative } from "../worker/native.ts";
import type { BenchCase, GenerateCase, GrpoCase, SftCase } from "./cases.ts";

const benchCase = workerData as BenchCase & { threads: number };
const random = randomStream("bench", benchCase.key);

/** More than any run asks for. */
const endlessSteps = 1_000_000;
const distinctRows = 256;

/** One character a token, the newline after a prompt is 1. No token ends a response, so that all have the same length. */
const newline = 1;
const firstCharacter = 2;
const tokenizer: Tokenizer = {
  vocabSize: benchCase.model.vocabSize,
  padId: 0,
  eosId: -1,
  stopIds: [-1],
  prefixIds: [],
  promptSuffix: "\n",
  chat: null,
  encode: (text) => Array.from(text, (character) => (character === "\n" ? newline : character.charCodeAt(0) - 48 + firstCharacter)),
  decode: (ids) => Array.from(ids, (id) => String.fromCharCode(48 + id - firstCharacter)).join(""),
  tokenText: (id) => String.fromCharCode(48 + id - firstCharacter),
};

function randomIds(length: number): number[] {
  return Array.from({ length }, () => random.integer(firstCharacter, benchCase.model.vocabSize - 1));
}

function randomProblem(index: number, pool: Problem["pool"], promptLength: number): Problem {
  const prompt = tokenizer.decode(randomIds(promptLength - 1)); // the engine adds one token, the newline
  return { id: `${pool}-${index}`, source: "bench", domain: "math", pool, prompt, answer: "", steps: 1, difficulty: 1 };
}

const native = loadNative();
const begun = performance.now();
let stepBegun = 0;
let deadline = 0;
let milliseconds: number[] = [];
let ask: (seconds: number) => void = () => {};
parentPort!.on("message", ({ seconds }: { seconds: number }) => ask(seconds));

/** After each step: its time; when the turn is over, the answer and the wait for the next one. */
async function pace(step: number): Promise<void> {
  const now = performance.now();
  if (step === 0) return; // the evaluation before the first step
  if (step === 1) {
    parentPort!.postMessage({
      ready: `TensorFlow ${native.binding.TF_Version}`,
      device: native.isUsingGpuDevice ? "cuda" : "cpu",
      parameters: parameterCount(benchCase.model),
      threads: benchCase.threads,
      firstStepSeconds: (now - begun) / 1000,
    });
    return nextTurn();
  }
  milliseconds.push(now - stepBegun);
  stepBegun = now;
  if (now < deadline) return;
  parentPort!.postMessage({ milliseconds });
  return nextTurn();
}

async function nextTurn(): Promise<void> {
  const seconds = await new Promise<number>((resolve) => {
    ask = resolve;
  });
  milliseconds = [];
  stepBegun = performance.now();
  deadline = stepBegun + 1000 * seconds;
}

const tell = async (report: unknown) => parentPort!.postMessage({ report });
const ports: EnginePorts = {
  yield: () => new Promise((resolve) => setImmediate(resolve)), // as the training thread does
  now: () => performance.now() / 1000,
  verify: async (_, { text }) => ({
    reward: (text.split("0").length - 1) / text.length,
    verdict: "wrong",
    reason: "share of one character",
  }),
  progress: pace,
  metrics: (step, values) => tell({ step, values }),
  rollouts: (step, rollouts, tokens) => tell({ step, rollouts, tokens }),
  samples: async () => {},
  evaluation: async () => "",
  checkpoint: async () => "",
};

function trainSftCase(model: Transformer, { rows, length, promptLength }: SftCase) {
  const distinct = Array.from({ length: distinctRows }, (): TrainingExample => ({ ids: randomIds(length), promptLength }));
  return trainSft(
    {
      model,
      tokenizer,
      examples: Array.from({ length: rows * 10_000 }, (_, i) => distinct[i % distinctRows]),
      devExamples: [],
      problems: [],
      config: sftConfig.parse({ epochs: 1, batchSize: rows, maxLength: length, packing: false, optimizer: { weightDecay: 0.1 } }),
      devEval: evalConfig.parse({ pool: "dev" }),
      seed: "bench",
      start: "bench",
      resume: null,
    },
    ports,
  );
}

function trainGrpoCase(model: Transformer, { prompts, groupSize, promptLength, responseLength, temperature }: GrpoCase) {
  const pool = Array.from({ length: 64 }, (_, i) => randomProblem(i, "rl", promptLength));
  return trainGrpo(
    {
      model,
      tokenizer,
      problems: [...pool, randomProblem(0, "dev", promptLength)],
      problemIds: null,
      config: rlConfig.parse({
        steps: endlessSteps,
        promptsPerStep: prompts,
        groupSize,
        maxResponseTokens: responseLength,
        evalEvery: endlessSteps,
        checkpointEvery: endlessSteps,
      }),
      temperature,
      devEval: evalConfig.parse({ pool: "dev", samplesPerProblem: 1, maxResponseTokens: 1 }),
      reference: null,
      seed: "bench",
      start: "bench",
      resume: null,
    },
    ports,
  );
}

async function generateCase(model: Transformer, { promptLengths, newTokens }: GenerateCase): Promise<void> {
  const prompts = promptLengths.map(randomIds);
  for (let step = 1; ; step++) {
    await generate(
      model,
      { prompts, samplesPerPrompt: 1, maxNewTokens: newTokens, temperature: 0, topP: 1, stopIds: [], random: () => random },
      ports,
    );
    await pace(step);
  }
}

/** Only speed is looked at: uniform numbers are made sooner than normal ones. */
function anyWeights(config: ModelConfig): WeightReader {
  const sizes = new Map(parameterShapes(config).map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]));
  return { read: (name) => Float32Array.from({ length: sizes.get(name)! }, () => 0.07 * (Math.random() - 0.5)) };
}

const weights = benchCase.kind === "generate" ? anyWeights(benchCase.model) : initialWeights(benchCase.model, "bench");
const model = new Transformer(new Parameters(benchCase.model, weights));
switch (benchCase.kind) {
  case "sft":
    await trainSftCase(model, benchCase);
    break;
  case "grpo":
    await trainGrpoCase(model, benchCase);
    break;
  case "generate":
    await generateCase(model, benchCase);
}
