// The studies offered ready to run. Durations are those of two cores without a GPU, from LOG.md.
import { type Preset, type StudyRecipe, studyRecipe } from "../contract/index.ts";

const quick: StudyRecipe = studyRecipe.parse({
  kind: "weak-vs-strong",
  name: "Quick study",
  description: "A weak and a strong SFT start through the same GRPO recipe: does RL narrow the gap?",
  starts: [
    { name: "weak", prompts: 300, responsesPerPrompt: 1, sft: {} },
    { name: "strong", prompts: 3000, responsesPerPrompt: 2, sft: {} },
  ],
  rl: {},
});

const tiny: StudyRecipe = studyRecipe.parse({
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
  { key: "quick", recipe: quick, minutes: 15 },
  { key: "tiny", recipe: tiny, minutes: 1 },
];
