// The memory plan beside what is used: for each case a process of its own loads a model of random weights, does two steps (or
// generates), and tells the most memory it had resident. Linux.
//     node main/bench/memory-plan.ts [NAME…]     prints a table; ends with 1 where a plan is off by more than 15 %
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { randomStream } from "../analysis/random.ts";
import { loraConfig } from "../contract/lora.ts";
import { parameterShapes } from "../contract/parameter-shapes.ts";
import { type ModelConfig, modelConfig, optimizerConfig, rlConfig } from "../contract/recipe.ts";
import { accumulateGradients } from "../engine/gradients.ts";
import { type MemoryUse, memoryPlan } from "../engine/memory-plan.ts";
import { generate } from "../engine/model/generate.ts";
import { initialAdapter } from "../engine/model/lora.ts";
import { Parameters, type WeightReader } from "../engine/model/parameters.ts";
import { Transformer } from "../engine/model/transformer.ts";
import { AdamW } from "../engine/optim/adamw.ts";
import { updatePolicy } from "../engine/rl/policy-update.ts";
import { inParts, layOut, type TrainingExample } from "../engine/sft/batches.ts";
import { sftLoss } from "../engine/sft/sft-loss.ts";
import { loadNative } from "../worker/native.ts";
import { smolLm2 } from "./cases.ts";

const limit = 0.15;
const steps = 2;

interface MemoryCase extends MemoryUse {
  name: string;
  model: ModelConfig;
}

const tinyBase = modelConfig.parse(
  JSON.parse(readFileSync(new URL("../../resources/tiny-base/checkpoint.json", import.meta.url), "utf8")).model,
);
const cases: MemoryCase[] = [
  { name: "tiny-evaluate", model: tinyBase, use: "evaluate", rows: 64, length: 96 },
  { name: "tiny-sft", model: tinyBase, use: "sft", rows: 32, length: 128 },
  { name: "tiny-rl", model: tinyBase, use: "rl", rows: 128, length: 96 },
  { name: "evaluate", model: smolLm2, use: "evaluate", rows: 16, length: 512 },
  { name: "sft", model: smolLm2, use: "sft", rows: 2, length: 256 },
  { name: "sft-more-tokens", model: smolLm2, use: "sft", rows: 4, length: 512 },
  { name: "sft-recompute", model: smolLm2, use: "sft", rows: 8, length: 256, recompute: true },
  { name: "sft-in-parts", model: smolLm2, use: "sft", rows: 8, length: 256, gradientAccumulation: 4 },
  { name: "lora", model: smolLm2, use: "lora", rows: 4, length: 256 },
  { name: "lora-recompute", model: smolLm2, use: "lora", rows: 8, length: 256, recompute: true },
  {
    name: "lora-few",
    model: smolLm2,
    use: "lora",
    rows: 4,
    length: 256,
    lora: loraConfig.parse({ rank: 8, targets: ["q_proj", "v_proj"], dropout: 0.1 }),
  },
  { name: "rl", model: smolLm2, use: "rl", rows: 16, length: 128 },
];

/** Small random numbers: what they are does not matter, and a million normal ones take long. */
function randomWeights(config: ModelConfig): WeightReader {
  const sizes = new Map(parameterShapes(config).map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]));
  return {
    read(name) {
      const values = new Float32Array(sizes.get(name)!);
      for (let i = 0; i < values.length; i++) values[i] = ((i * 2_654_435_761) % 1000) / 25_000 - 0.02;
      return values;
    },
  };
}

async function perform({ name, model: config, use, rows, length, gradientAccumulation = 1, recompute, lora }: MemoryCase): Promise<void> {
  loadNative();
  const model = new Transformer(new Parameters(config, randomWeights(config)));
  const random = randomStream("memory", name);
  const ids = (count: number) => Array.from({ length: count }, () => random.integer(2, config.vocabSize - 1));
  const promptLength = Math.floor(length / 4);
  const sample = (prompts: number[][], samplesPerPrompt: number) =>
    generate(
      model,
      {
        prompts,
        samplesPerPrompt,
        maxNewTokens: length - promptLength,
        temperature: 1,
        topP: 1,
        stopIds: [],
        random: (p, s) => randomStream("memory", name, p, s),
      },
      { yield: async () => {} },
    );
  if (use === "evaluate") {
    await sample(Array.from({ length: rows }, () => ids(promptLength)), 1); // biome-ignore format: one thought
    return;
  }
  if (use === "lora") {
    const adapter = lora ?? loraConfig.parse({});
    model.parameters.adapt(adapter, initialAdapter(config, adapter, name));
  }
  const optimizer = new AdamW(model.parameters, optimizerConfig.parse({}));
  const examples = Array.from({ length: rows }, (): TrainingExample => ({ ids: ids(length), promptLength }));
  const batches = inParts(examples.map((_, i) => [i]), gradientAccumulation).map((part) => layOut(examples, part, 0)); // biome-ignore format: one thought
  const tokens = batches.reduce((sum, { targets }) => sum + targets.length, 0);
  for (let step = 0; step < steps; step++) {
    if (use === "rl") {
      const groupSize = 8;
      const prompts = Array.from({ length: rows / groupSize }, () => ids(promptLength));
      const generations = await sample(prompts, groupSize);
      const advantage = { advantages: [1, -1, 1, -1, 1, -1, 1, -1], inLoss: Array(groupSize).fill(true), zeroVariance: false };
      const problem = { id: "", source: "", domain: "math", pool: "rl", prompt: "", answer: "", steps: 1, difficulty: 1 } as const;
      const groups = prompts.map((promptIds, p) => ({ problem, promptIds, generations: generations[p], samples: [] }));
      updatePolicy(
        { model, reference: null, optimizer, config: rlConfig.parse({}), temperature: 1, rate: 1e-5, padId: 0 },
        { groups, advantages: groups.map(() => advantage) },
      );
    } else {
      const losses = batches.map((batch, part) => () => sftLoss(model, batch, tokens, { recompute, dropoutSeed: part }));
      optimizer.apply(accumulateGradients(model.parameters, losses).gradients, 1e-5);
    }
  }
}

/** The most that this process had resident, bytes. */
function peakBytes(): number {
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]);
}

function measured(name: string): number {
  const { stdout, status, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--perform", name], {
    encoding: "utf8",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  return Number(stdout);
}

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0).padStart(6);

if (process.argv[2] === "--perform") {
  await perform(cases.find(({ name }) => name === process.argv[3])!);
  process.stdout.write(String(peakBytes()));
} else {
  const asked = process.argv.slice(2);
  for (const each of cases.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const { terms, total, largest } = memoryPlan(each.model, each);
    const used = measured(each.name);
    const off = total / used - 1;
    if (Math.abs(off) > limit) process.exitCode = 1;
    console.log(
      `${each.name.padEnd(16)} planned ${mib(total)} MiB  used ${mib(used)} MiB  ${(100 * off).toFixed(1).padStart(6)} %  largest: ${largest}`,
    );
    console.log(`  ${terms.map(({ name, bytes }) => `${name} ${mib(bytes).trim()}`).join(", ")}`);
  }
}
