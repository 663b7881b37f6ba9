// The studies offered ready to run. Durations are those of two cores without a GPU, from LOG.md.
import { type Preset, type WeakVsStrongRecipe, weakVsStrongRecipe } from "../contract/index.ts";

// Chosen on dev with one seed (LOG.md), then frozen. Problems are chains of two or three operations that a 0.6M model can learn
// to work out; each start trains until its dev accuracy levels off, so the weak one makes more passes over its few problems.
const quick: WeakVsStrongRecipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Quick study",
  description: "A weak and a strong SFT start through the same GRPO recipe: does RL narrow the gap?",
  data: {
    // Chains only: single operations are what the base was pre-trained on.
    gsm8kMinSteps: 2,
    gsm8kMaxSteps: 3,
    gsm8kMaxValue: 200,
    gsm8kWholeOnly: true,
    gsm8kOperations: ["+", "-", "*"],
    arithmetic: { count: 9000, minSteps: 2, maxSteps: 3, minDigits: 1, maxDigits: 2, operations: ["+", "-"] },
    split: { sft: 0.5, rl: 0.3, dev: 0.08, test: 0.12 },
  },
  starts: [
    {
      name: "weak",
      prompts: 800,
      responsesPerPrompt: 1,
      sft: { epochs: 6, batchSize: 8, maxLength: 128, optimizer: { learningRate: 1e-3 } },
    },
    {
      name: "strong",
      prompts: 4000,
      responsesPerPrompt: 3,
      sft: { epochs: 2, batchSize: 16, maxLength: 128, optimizer: { learningRate: 1e-3 } },
    },
  ],
  temperature: { candidates: [0.8, 1, 1.1, 1.2, 1.3], problems: 48, samplesPerProblem: 4 },
  rl: {
    steps: 100,
    promptsPerStep: 32,
    groupSize: 8,
    maxResponseTokens: 96,
    evalEvery: 25,
    checkpointEvery: 25,
    optimizer: { learningRate: 2e-4, warmupRatio: 0.05, schedule: "constant" },
  },
  devEval: { pool: "dev", problems: 300, samplesPerProblem: 2, maxResponseTokens: 96 },
  finalEval: { pool: "test", samplesPerProblem: 4, maxResponseTokens: 96 },
});

const tiny: WeakVsStrongRecipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Tiny study",
  description: "The quick study with everything small: shows that all of it works here, measures nothing.",
  data: { arithmetic: { count: 400 } },
  starts: [
    { name: "weak", prompts: 32, responsesPerPrompt: 1, sft: { epochs: 1 } },
    { name: "strong", prompts: 128, responsesPerPrompt: 1, sft: { epochs: 2 } },
  ],
  temperature: { candidates: [0.6, 1], problems: 8, samplesPerProblem: 2 },
  rl: { steps: 4, promptsPerStep: 4, groupSize: 4, evalEvery: 2, checkpointEvery: 2 },
  devEval: { pool: "dev", problems: 8, samplesPerProblem: 2 },
  finalEval: { problems: 16, samplesPerProblem: 4 },
});

export const presets: Preset[] = [
  { key: "quick", recipe: quick, minutes: 9 },
  { key: "tiny", recipe: tiny, minutes: 1 },
];
