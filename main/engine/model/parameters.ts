// The weights of one model: named as in Hugging Face checkpoints, matrices [out, in], each a tf.Variable owned here.
import * as tf from "@tensorflow/tfjs-core";
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import { HeadstartError } from "../../contract/errors.ts";
import { parameterShapes } from "../../contract/parameter-shapes.ts";
import type { ModelConfig } from "../../contract/recipe.ts";

export type WeightArrays = Map<string, Float32Array>;

/** Fresh weights: normal with std 0.02, the two projections into the residual stream scaled by 1/√(2·layers) (GPT-2), norms at 1, biases at 0. */
export function initialWeights(config: ModelConfig, ...seed: SeedPart[]): WeightArrays {
  const residual = 1 / Math.sqrt(2 * config.numHiddenLayers);
  return new Map(
    parameterShapes(config).map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      if (shape.length === 1) return [name, new Float32Array(size).fill(name.endsWith(".bias") ? 0 : 1)];
      const random = randomStream(...seed, "initial-weights", name);
      const std = 0.02 * (name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight") ? residual : 1);
      return [name, Float32Array.from({ length: size }, () => std * random.normal())];
    }),
  );
}

/** Where weights come from: a checkpoint's file, or arrays in memory. What `read` returns is copied before it is asked again. */
export interface WeightReader {
  read(name: string): Float32Array | undefined;
}

export class Parameters {
  readonly config: ModelConfig;
  private readonly variables: Map<string, tf.Variable>;

  /** Takes the tensors one by one, so that a model read from a file is in memory once. */
  constructor(config: ModelConfig, weights: WeightReader | WeightArrays) {
    this.config = config;
    const read = (name: string) => (weights instanceof Map ? weights.get(name) : weights.read(name));
    this.variables = new Map(parameterShapes(config).map(({ name, shape }) => [name, variableOf(name, shape, read(name))]));
  }

  get(name: string): tf.Variable {
    const variable = this.variables.get(name);
    if (!variable) throw new RangeError(`no parameter ${name}`);
    return variable;
  }

  has(name: string): boolean {
    return this.variables.has(name);
  }

  names(): string[] {
    return [...this.variables.keys()];
  }

  list(): tf.Variable[] {
    return [...this.variables.values()];
  }

  /** The values now, copied out. */
  weights(): WeightArrays {
    return new Map([...this.variables].map(([name, variable]) => [name, (variable.dataSync() as Float32Array).slice()]));
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
  }
}

function variableOf(name: string, shape: number[], values: Float32Array | undefined): tf.Variable {
  const size = shape.reduce((a, b) => a * b, 1);
  if (values?.length !== size)
    throw new HeadstartError({
      code: "checkpoint-mismatch",
      where: `tensor ${name}`,
      message: values ? `It has ${values.length} values where the config asks for ${shape.join("×")}.` : "The checkpoint lacks it.",
      hint: "Use the checkpoint with the config it was written with.",
    });
  return tf.tidy(() => {
    const tensor = tf.tensor(values, shape);
    tf.slice(
      tensor,
      shape.map(() => 0),
      shape.map(() => 1),
    ); // tfjs hands values over at a tensor's first use: now, not when all are read
    return tf.variable(tensor);
  });
}
