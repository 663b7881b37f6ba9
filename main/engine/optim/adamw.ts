// AdamW (Loshchilov & Hutter 2019), torch.optim.AdamW's order of operations: decay first, then the bias-corrected step.
// Decay acts on matrices only; norm weights are vectors.
import * as tf from "@tensorflow/tfjs-core";
import type { OptimizerConfig } from "../../contract/recipe.ts";
import { hasKernel, runKernel } from "../kernels.ts";
import type { Parameters, WeightArrays } from "../model/parameters.ts";
import { clipFactor, globalNorm } from "./clip.ts";

interface Moments {
  first: tf.Tensor;
  second: tf.Tensor;
}

export interface OptimizerState {
  step: number;
  first: WeightArrays;
  second: WeightArrays;
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
      const restored = (values: Float32Array | undefined) => (values ? tf.tensor(values, variable.shape) : tf.zeros(variable.shape));
      return { first: restored(state?.first.get(name)), second: restored(state?.second.get(name)) };
    });
  }

  /** One update. Takes the gradients, in the parameters' order, and disposes of them. Returns their norm before clipping. */
  apply(gradients: tf.Tensor[], rate: number): number {
    const norm = globalNorm(gradients);
    const scale = clipFactor(norm, this.config.maxGradNorm);
    this.step++;
    const fused = hasKernel("HeadstartAdamW");
    this.parameters.list().forEach((variable, i) => {
      const decay = variable.rank >= 2 ? this.config.weightDecay : 0;
      const { first, second } = this.moments[i];
      const [value, newFirst, newSecond] = tf.tidy(() =>
        fused
          ? this.fusedUpdate(variable, gradients[i], first, second, rate, scale, decay)
          : this.compositeUpdate(variable, gradients[i], first, second, rate, scale, decay),
      );
      variable.assign(value);
      tf.dispose([value, first, second, gradients[i]]);
      this.moments[i] = { first: newFirst, second: newSecond };
    });
    return norm;
  }

  state(): OptimizerState {
    const names = this.parameters.names();
    const copy = (pick: (m: Moments) => tf.Tensor): WeightArrays =>
      new Map(this.moments.map((m, i) => [names[i], (pick(m).dataSync() as Float32Array).slice()]));
    return { step: this.step, first: copy((m) => m.first), second: copy((m) => m.second) };
  }

  dispose(): void {
    for (const { first, second } of this.moments) tf.dispose([first, second]);
  }

  private compositeUpdate(
    w: tf.Tensor,
    gradient: tf.Tensor,
    first: tf.Tensor,
    second: tf.Tensor,
    rate: number,
    scale: number,
    decay: number,
  ): tf.Tensor[] {
    const { beta1, beta2, epsilon } = this.config;
    const g = tf.mul(gradient, scale);
    const m = tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1));
    const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2));
    const denominator = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** this.step)), epsilon);
    const moved = tf.sub(tf.mul(w, 1 - rate * decay), tf.mul(tf.div(m, denominator), rate / (1 - beta1 ** this.step)));
    return [moved, m, v];
  }

  private fusedUpdate(
    w: tf.Tensor,
    gradient: tf.Tensor,
    first: tf.Tensor,
    second: tf.Tensor,
    rate: number,
    scale: number,
    decay: number,
  ): tf.Tensor[] {
    const { beta1, beta2, epsilon } = this.config;
    const scalars = tf.tensor1d([
      rate / (1 - beta1 ** this.step),
      1 / Math.sqrt(1 - beta2 ** this.step),
      beta1,
      beta2,
      epsilon,
      1 - rate * decay,
      scale,
    ]);
    return runKernel("HeadstartAdamW", [w, gradient, first, second, scalars]);
  }
}
