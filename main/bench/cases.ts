// What is measured, as data: sizes of model and batch of each case. Both sides get the case whole, as JSON.
import { type ModelConfig, modelConfig } from "../contract/recipe.ts";

interface CommonCase {
  key: string;
  label: string;
  model: ModelConfig;
}

export interface SftCase extends CommonCase {
  kind: "sft";
  rows: number;
  length: number;
  /** Tokens of a row that are read and not trained. */
  promptLength: number;
}

export interface GrpoCase extends CommonCase {
  kind: "grpo";
  prompts: number;
  groupSize: number;
  promptLength: number;
  responseLength: number;
  temperature: number;
}

/** Greedy, one response a prompt, none ended early: both sides generate the same number of tokens. */
export interface GenerateCase extends CommonCase {
  kind: "generate";
  promptLengths: number[];
  newTokens: number;
}

export type BenchCase = SftCase | GrpoCase | GenerateCase;

function decoder(hiddenSize: number, numHiddenLayers: number): ModelConfig {
  const heads = 4;
  return modelConfig.parse({
    vocabSize: 64,
    hiddenSize,
    intermediateSize: (hiddenSize * 21) / 8,
    numHiddenLayers,
    numAttentionHeads: heads,
    numKeyValueHeads: heads,
    headDim: hiddenSize / heads,
  });
}

const small = decoder(128, 2);
const medium = decoder(256, 4);

export const smolLm2 = modelConfig.parse({
  vocabSize: 49_152,
  hiddenSize: 576,
  intermediateSize: 1536,
  numHiddenLayers: 30,
  numAttentionHeads: 9,
  numKeyValueHeads: 3,
  headDim: 64,
  ropeTheta: 100_000,
  maxPositionEmbeddings: 8192,
});

export const benchCases: BenchCase[] = [
  { key: "sft-0.4m", kind: "sft", label: "SFT step, 0.4M parameters, 32×64 tokens", model: small, rows: 32, length: 64, promptLength: 16 },
  {
    key: "sft-3.1m",
    kind: "sft",
    label: "SFT step, 3.1M parameters, 32×128 tokens",
    model: medium,
    rows: 32,
    length: 128,
    promptLength: 16,
  },
  {
    key: "grpo-0.4m",
    kind: "grpo",
    label: "GRPO step, 0.4M parameters, 128 completions × 64 tokens",
    model: small,
    prompts: 16,
    groupSize: 8,
    promptLength: 16,
    responseLength: 64,
    temperature: 0.85,
  },
  {
    key: "grpo-3.1m",
    kind: "grpo",
    label: "GRPO step, 3.1M parameters, 64 completions × 64 tokens",
    model: medium,
    prompts: 8,
    groupSize: 8,
    promptLength: 16,
    responseLength: 64,
    temperature: 0.85,
  },
  {
    key: "generate-135m",
    kind: "generate",
    label: "Generation, SmolLM2-135M, 16 prompts of 32 to 197 tokens × 64 new tokens",
    model: smolLm2,
    promptLengths: Array.from({ length: 16 }, (_, i) => 32 + 11 * i),
    newTokens: 64,
  },
];

/** The measurement that has no peer: main/bench/host-event-loop.ts. */
export const eventLoopKey = "event-loop";
/** Nor has this one: main/bench/verifiers.ts. */
export const verifiersKey = "verifiers";
/** Nor this: main/bench/decontamination.ts. */
export const decontaminationKey = "decontamination";

/** Everything that can be asked for. */
export const benchKeys = [...benchCases.map(({ key }) => key), eventLoopKey, verifiersKey, decontaminationKey];

/** A side to measure: a program of its own that stays up, and what it is called before it has told its versions. */
export interface Contestant {
  name: string;
  script: "engine" | "roofline" | "sft_torch.py" | "grpo_trl.py" | "generate_transformers.py";
  flags: string[];
}

export const engineContestant: Contestant = { name: "Headstart", script: "engine", flags: [] };

/** Not a side but a measure: what the machine's products and memory allow, taken in the same rounds. */
export const rooflineContestant: Contestant = { name: "Roofline", script: "roofline", flags: [] };

export function peersOf(benchCase: BenchCase): Contestant[] {
  if (benchCase.kind === "grpo") return [{ name: "TRL GRPOTrainer", script: "grpo_trl.py", flags: [] }];
  if (benchCase.kind === "generate") return [{ name: "transformers generate", script: "generate_transformers.py", flags: [] }];
  return [
    { name: "PyTorch", script: "sft_torch.py", flags: [] },
    { name: "PyTorch torch.compile", script: "sft_torch.py", flags: ["--compile"] },
  ];
}
