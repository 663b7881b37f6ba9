// AdamW (Loshchilov & Hutter 2019), torch.optim.AdamW's order of operations: decay first, then the bias-corrected step.
// Decay acts on matrices only; norm weights are vectors.
import * as tf from "@tensorflow/tfjs-core";
import type { OptimizerConfig } from "../../contract/recipe.ts";
import { hasKernel, runKernel } from "../kernels.ts";
import { type Parameters, valuesOf, type WeightArrays } from "../model/parameters.ts";
import { clipFactor, globalNorm } from "./clip.ts";

interface Moments {
  first: tf.Tensor;
  second: tf.Tensor;
}

export interface OptimizerState {
  step: number;
  first: Pick<WeightArrays, "get">;
  second: Pick<WeightArrays, "get">;
}

export class AdamW {
  private readonly parameters: Parameters;
  private readonly config: OptimizerConfig;
  private readonly moments: Moments[];
  private step: number;

  constructor(parameters: Parameters, config: OptimizerConfig, state?: OptimizerState) {
    this.parameters = parameters;
    this.config = config;
    this.step = state?.step ?? 0;
    this.moments = parameters.list().map((variable, i) => {
      const name = parameters.names()[i];
      const restored = (values: Float32Array | undefined) =>
        values ? tf.tensor(values.slice(), variable.shape) : tf.fill(variable.shape, 0);
      return { first: restored(state?.first.get(name)), second: restored(state?.second.get(name)) };
    });
  }

  /** One update. Takes the gradients, in the parameters' order, and disposes of them. Returns their norm before clipping. */
  apply(gradients: tf.Tensor[], rate: number): number {
    const norm = globalNorm(gradients);
    const scale = clipFactor(norm, this.config.maxGradNorm);
    this.step++;
    const update = hasKernel("HeadstartAdamW") ? fusedUpdate : compositeUpdate;
    const { beta1, beta2, epsilon, weightDecay } = this.config;
    const stepSize = rate / (1 - beta1 ** this.step);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.step);
    this.parameters.list().forEach((variable, i) => {
      const keep = 1 - rate * (variable.rank >= 2 ? weightDecay : 0);
      update(variable, gradients[i], this.moments[i], { stepSize, correction, beta1, beta2, epsilon, keep, scale });
      gradients[i].dispose();
    });
    return norm;
  }

  /** Reads out what is asked for, as it is until the next update. */
  state(): OptimizerState {
    const byName = new Map(this.parameters.names().map((name, i) => [name, this.moments[i]]));
    const reader = (pick: (m: Moments) => tf.Tensor) => ({
      get: (name: string) => {
        const moments = byName.get(name);
        return moments && valuesOf(pick(moments));
      },
    });
    return { step: this.step, first: reader((m) => m.first), second: reader((m) => m.second) };
  }

  dispose(): void {
    for (const { first, second } of this.moments) tf.dispose([first, second]);
  }
}

/** The numbers of one update of one parameter. */
interface StepScalars {
  /** rate / (1 − β1^t) */
  stepSize: number;
  /** 1 / √(1 − β2^t) */
  correction: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** 1 − rate · decay */
  keep: number;
  /** Of the gradient, from clipping. */
  scale: number;
}

function compositeUpdate(variable: tf.Variable, gradient: tf.Tensor, moments: Moments, scalars: StepScalars): void {
  const { stepSize, correction, beta1, beta2, epsilon, keep, scale } = scalars;
  const [weight, first, second] = tf.tidy(() => {
    const g = tf.mul(gradient, scale);
    const m = tf.add(tf.mul(moments.first, beta1), tf.mul(g, 1 - beta1));
    const v = tf.add(tf.mul(moments.second, beta2), tf.mul(tf.square(g), 1 - beta2));
    const denominator = tf.add(tf.mul(tf.sqrt(v), correction), epsilon);
    return [tf.sub(tf.mul(variable, keep), tf.mul(tf.div(m, denominator), stepSize)), m, v];
  });
  variable.assign(weight);
  tf.dispose([weight, moments.first, moments.second]);
  moments.first = first;
  moments.second = second;
}

/** In place: nothing of the size of the parameter is allocated. */
function fusedUpdate(variable: tf.Variable, gradient: tf.Tensor, { first, second }: Moments, scalars: StepScalars): void {
  const { stepSize, correction, beta1, beta2, epsilon, keep, scale } = scalars;
  tf.tidy(() => {
    const given = tf.tensor1d([stepSize, correction, beta1, beta2, epsilon, keep, scale]);
    runKernel("HeadstartAdamW", [variable, gradient, first, second, given]);
  });
}
