// From a recipe to the stages that run, in order. Every start is fine-tuned, measured and evaluated before the first one
// goes into RL, so that what the starts were is known early; then RL takes them one after the other.
import type { StagePlan, StudyRecipe, WeakVsStrongRecipe } from "../contract/index.ts";

export function planStudy(recipe: StudyRecipe): StagePlan[] {
  const data: StagePlan = { kind: "data", label: "Data" };
  switch (recipe.kind) {
    case "weak-vs-strong":
      return [data, ...planStarts(recipe)];
    case "evaluation":
      return [data, { kind: "evaluate", label: "Evaluation", start: recipe.checkpoint, when: "alone", config: recipe.eval }];
    case "sft":
      return [data, { kind: "finetune", label: "SFT", start: recipe.checkpoint, config: recipe.sft }];
  }
}

function planStarts(recipe: WeakVsStrongRecipe): StagePlan[] {
  const { starts, temperature, rl, devEval, finalEval } = recipe;
  return [
    ...starts.map((start): StagePlan => ({ kind: "sft", label: `SFT, ${start.name}`, start: start.name, config: start })),
    ...starts.map(
      (start): StagePlan => ({
        kind: "temperature",
        label: `Temperature, ${start.name}`,
        start: start.name,
        config: temperature,
        maxResponseTokens: rl.maxResponseTokens,
      }),
    ),
    ...starts.map(
      (start): StagePlan => ({
        kind: "evaluate",
        label: `Evaluation before RL, ${start.name}`,
        start: start.name,
        when: "before",
        config: finalEval,
      }),
    ),
    ...starts.flatMap((start): StagePlan[] => [
      { kind: "rl", label: `RL, ${start.name}`, start: start.name, config: rl, devEval },
      { kind: "evaluate", label: `Evaluation after RL, ${start.name}`, start: start.name, when: "after", config: finalEval },
    ]),
  ];
}
