// A LoRA adapter (Hu et al. 2021) as PEFT computes it: beside a frozen matrix W runs alpha / rank · B·(A·dropout(x)), and A and B
// alone are trained. B begins at zero, so the first step starts from the base model exactly.
import * as tf from "@tensorflow/tfjs-core";
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import { type LoraConfig, loraModules, loraNames } from "../../contract/lora.ts";
import type { ModelConfig } from "../../contract/recipe.ts";
import { dropout } from "../ops/dropout.ts";
import { linear } from "../ops/linear.ts";
import { residual } from "../ops/residual.ts";
import type { WeightArrays } from "./parameters.ts";

/** A uniform in ±1/√inputs (PEFT: kaiming_uniform_ with a = √5), B zero. */
export function initialAdapter(config: ModelConfig, lora: LoraConfig, ...seed: SeedPart[]): WeightArrays {
  const arrays: WeightArrays = new Map();
  for (const { module, outputs, inputs } of loraModules(config, lora)) {
    const { a, b } = loraNames(module);
    const random = randomStream(...seed, "initial-adapter", a);
    const bound = 1 / Math.sqrt(inputs);
    arrays.set(
      a,
      Float32Array.from({ length: lora.rank * inputs }, () => bound * (2 * random.uniform() - 1)),
    );
    arrays.set(b, new Float32Array(outputs * lora.rank));
  }
  return arrays;
}

export class LoraAdapter {
  readonly config: LoraConfig;
  /** By PEFT's names. Owned here. */
  readonly variables: Map<string, tf.Variable>;

  constructor(config: LoraConfig, variables: Map<string, tf.Variable>) {
    this.config = config;
    this.variables = variables;
  }

  /**
   * y [N, out] of a module's matrix plus the adapter's part for x [N, in]; y itself where the module has no adapter. With a seed,
   * inputs are dropped by a mask that the seed and the module name.
   */
  add(y: tf.Tensor2D, x: tf.Tensor2D, module: string, dropoutSeed: number | undefined): tf.Tensor2D {
    const pair = this.pair(module);
    if (!pair) return y;
    const drops = this.config.dropout > 0 && dropoutSeed !== undefined;
    const inputs = drops ? dropout(x, this.config.dropout, [dropoutSeed, pair.index]) : x;
    return residual(y, linear(tf.mul(linear(inputs, pair.a), this.scale) as tf.Tensor2D, pair.b));
  }

  /** What is added to a module's matrix when the adapter is merged, [out, in]; null where it has none. */
  delta(module: string): tf.Tensor2D | null {
    const pair = this.pair(module);
    return pair && tf.tidy(() => tf.mul(tf.matMul(pair.b, pair.a), this.scale) as tf.Tensor2D);
  }

  private get scale(): number {
    return this.config.alpha / this.config.rank;
  }

  private pair(module: string): { a: tf.Tensor2D; b: tf.Tensor2D; index: number } | null {
    const { a, b } = loraNames(module);
    const variable = (name: string) => this.variables.get(name) as unknown as tf.Tensor2D;
    return this.variables.has(a) ? { a: variable(a), b: variable(b), index: [...this.variables.keys()].indexOf(a) } : null;
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
  }
}
