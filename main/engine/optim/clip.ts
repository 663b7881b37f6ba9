// Clipping by the global L2 norm over all gradients, torch.nn.utils.clip_grad_norm_'s rule.
import * as tf from "@tensorflow/tfjs-core";

export function globalNorm(gradients: tf.Tensor[]): number {
  return tf.tidy(() => Math.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))).dataSync()[0]));
}

/** The factor that brings the norm to at most maxNorm. */
export function clipFactor(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}
