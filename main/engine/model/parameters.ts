// The weights of one model: named as in Hugging Face checkpoints, matrices [out, in], each a tf.Variable owned here; and the
// adapter that is trained in their place, if any.
import * as tf from "@tensorflow/tfjs-core";
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import { HeadstartError } from "../../contract/errors.ts";
import { type LoraConfig, loraModules, loraShapes } from "../../contract/lora.ts";
import { type ParameterShape, parameterShapes } from "../../contract/parameter-shapes.ts";
import type { ModelConfig } from "../../contract/recipe.ts";
import { LoraAdapter } from "./lora.ts";

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

/** Where weights come from: a checkpoint's file. What `read` returns is handed over: it may become the weight's own memory. */
export interface WeightReader {
  read(name: string): Float32Array;
}

/** A file, or arrays, which stay the caller's. */
export type WeightSource = WeightReader | Pick<WeightArrays, "get">;

export class Parameters {
  readonly config: ModelConfig;
  private readonly base: Map<string, tf.Variable>;
  private lora: LoraAdapter | null = null;

  /** Takes the tensors one by one, so that a model read from a file is in memory once. */
  constructor(config: ModelConfig, weights: WeightSource) {
    this.config = config;
    this.base = readVariables(parameterShapes(config), weights);
  }

  get adapter(): LoraAdapter | null {
    return this.lora;
  }

  /** Freezes the weights and adds an adapter, which is trained in their place. */
  adapt(config: LoraConfig, weights: WeightSource): void {
    if (this.lora) throw new RangeError("the model has an adapter");
    this.lora = new LoraAdapter(config, readVariables(loraShapes(this.config, config), weights));
    this.setTrainable(false);
  }

  /** Adds the adapter to the weights, which are trained again. */
  merge(): void {
    const { lora } = this;
    if (!lora) throw new RangeError("the model has no adapter");
    for (const { module } of loraModules(this.config, lora.config)) {
      const weight = this.get(`${module}.weight`);
      const merged = tf.tidy(() => tf.add(weight, lora.delta(module)!));
      weight.assign(merged);
      merged.dispose();
    }
    lora.dispose();
    this.lora = null;
    this.setTrainable(true);
  }

  /** A weight of the model itself. */
  get(name: string): tf.Variable {
    const variable = this.base.get(name);
    if (!variable) throw new RangeError(`no parameter ${name}`);
    return variable;
  }

  has(name: string): boolean {
    return this.base.has(name);
  }

  /** What is trained: the adapter where there is one, else every weight. Gradients and optimiser states follow its order. */
  names(): string[] {
    return [...this.trained.keys()];
  }

  list(): tf.Variable[] {
    return [...this.trained.values()];
  }

  /** What is trained in one layer. */
  ofLayer(layer: number): tf.Variable[] {
    return [...this.trained].flatMap(([name, variable]) => (name.includes(`model.layers.${layer}.`) ? [variable] : []));
  }

  /** What is trained, as it is now: copied out. */
  weights(): WeightArrays {
    return new Map([...this.trained].map(([name, variable]) => [name, valuesOf(variable)]));
  }

  private get trained(): Map<string, tf.Variable> {
    return this.lora?.variables ?? this.base;
  }

  private setTrainable(trainable: boolean): void {
    for (const variable of this.base.values()) variable.trainable = trainable;
  }

  dispose(): void {
    this.lora?.dispose();
    for (const variable of this.base.values()) variable.dispose();
  }
}

/** Copied out. */
export function valuesOf(tensor: tf.Tensor): Float32Array {
  return (tensor.dataSync() as Float32Array).slice();
}

function readVariables(shapes: ParameterShape[], weights: WeightSource): Map<string, tf.Variable> {
  // A tensor may lie in the very memory of the array it was made of, and an update then writes there.
  const read = (name: string) => ("read" in weights ? weights.read(name) : weights.get(name)?.slice());
  return new Map(shapes.map(({ name, shape }) => [name, variableOf(name, shape, read(name))]));
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
    // tfjs hands values over at a tensor's first use: now, not when all are read.
    tf.slice(tensor, shape.map(() => 0), shape.map(() => 1)); // biome-ignore format: one thought
    return tf.variable(tensor);
  });
}
