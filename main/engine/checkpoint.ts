// All that a training stage needs to go on as if it had never stopped. Random streams are named by step, so no generator
// state is in it.
import type { ModelConfig } from "../contract/recipe.ts";
import type { Parameters, WeightArrays } from "./model/parameters.ts";
import type { AdamW, OptimizerState } from "./optim/adamw.ts";

export interface TrainerState {
  /** Updates done. */
  step: number;
  config: ModelConfig;
  weights: WeightArrays;
  optimizer: OptimizerState;
  /** Prompts drawn from the RL pool so far; trained tokens so far. */
  counters: { prompts: number; tokens: number };
}

export function trainerState(step: number, parameters: Parameters, optimizer: AdamW, counters: TrainerState["counters"]): TrainerState {
  return { step, config: parameters.config, weights: parameters.weights(), optimizer: optimizer.state(), counters: { ...counters } };
}
