// All that a training stage needs to go on as if it had never stopped. Random streams are named by step, so no generator
// state is in it.

import type { RlProgress } from "../contract/checkpoint.ts";
import { type LoraConfig, loraShapes } from "../contract/lora.ts";
import { type ParameterShape, parameterShapes } from "../contract/parameter-shapes.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import { type Parameters, valuesOf, type WeightArrays } from "./model/parameters.ts";
import type { AdamW, OptimizerState } from "./optim/adamw.ts";

export interface TrainerState {
  /** Updates done. */
  step: number;
  config: ModelConfig;
  /** Of the adapter that is trained, whose tensors are then all there is: the model is the checkpoint that the stage began from. */
  adapter: LoraConfig | null;
  /** Read out when asked for, so that writing them holds one at a time; only while the stage waits for its checkpoint. */
  weights: Pick<WeightArrays, "get">;
  optimizer: OptimizerState;
  /** Prompts drawn from the RL pool so far; trained tokens so far. */
  counters: { prompts: number; tokens: number };
  /** What RL carries beside them; absent in SFT. */
  rl?: RlProgress;
}

/** What is trained: the tensors of a state's weights and of both its moments. */
export function trainedShapes({ config, adapter }: Pick<TrainerState, "config" | "adapter">): ParameterShape[] {
  return adapter ? loraShapes(config, adapter) : parameterShapes(config);
}

export function trainerState(
  step: number,
  parameters: Parameters,
  optimizer: AdamW,
  counters: TrainerState["counters"],
  rl?: RlProgress,
): TrainerState {
  const variables = new Map(parameters.names().map((name, i) => [name, parameters.list()[i]]));
  return {
    step,
    config: parameters.config,
    adapter: parameters.adapter?.config ?? null,
    weights: {
      get: (name) => {
        const variable = variables.get(name);
        return variable && valuesOf(variable);
      },
    },
    optimizer: optimizer.state(),
    counters: { ...counters },
    ...(rl && { rl }),
  };
}
