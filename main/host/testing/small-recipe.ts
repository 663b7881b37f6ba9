// For tests only: the smallest recipe that has all kinds of stages.
import { type WeakVsStrongRecipe, weakVsStrongRecipe } from "../../contract/index.ts";

export const smallRecipe: WeakVsStrongRecipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Small",
  starts: [
    { name: "weak", prompts: 1, responsesPerPrompt: 1, sft: {} },
    { name: "strong", prompts: 2, responsesPerPrompt: 1, sft: {} },
  ],
  rl: { steps: 6, promptsPerStep: 2, groupSize: 2, evalEvery: 3, checkpointEvery: 2 },
  devEval: { pool: "dev", samplesPerProblem: 2 },
  finalEval: { samplesPerProblem: 4 },
});
