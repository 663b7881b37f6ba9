// Clipping by the global L2 norm over all gradients, torch.nn.utils.clip_grad_norm_'s rule.
import * as tf from "@tensorflow/tfjs-core";
import { HeadstartError } from "../../contract/errors.ts";
import { hasKernel, runKernel } from "../kernels.ts";

/** Refuses a norm that is no number: one such update would make every weight NaN and the rest of the run look finished. */
export function globalNorm(gradients: tf.Tensor[]): number {
  const norm = tf.tidy(() => Math.sqrt(squaredNorm(gradients).dataSync()[0]));
  if (Number.isFinite(norm)) return norm;
  throw new HeadstartError({
    code: "diverged",
    where: "optimiser",
    message: "The gradient is not finite: training has diverged.",
    hint: "Lower the learning rate, then start again or fork from an earlier checkpoint.",
  });
}

function squaredNorm(gradients: tf.Tensor[]): tf.Tensor {
  if (hasKernel("HeadstartSquaredNorm")) return runKernel("HeadstartSquaredNorm", gradients, { N: gradients.length })[0];
  // Each in a scope of its own: the squares of one gradient at a time.
  return tf.addN(gradients.map((gradient) => tf.tidy(() => tf.sum(tf.square(gradient)))));
}

/** The factor that brings the norm to at most maxNorm. */
export function clipFactor(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}
