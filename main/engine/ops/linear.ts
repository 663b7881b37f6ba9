// The product with a weight as checkpoints store it: y = x · Wᵀ, plus the bias where there is one.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";
import { withGradient, withGradients } from "./with-gradient.ts";

/**
 * x [N, in], weight [out, in], bias [out] → [N, out]. A variable that is not trainable is frozen: no gradient of it is computed and
 * x is not kept for one.
 */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D {
  const trained = !isFrozen(weight);
  const trainedBias = bias && !isFrozen(bias) ? [bias] : [];
  return withGradient(
    [x, ...(trained ? [weight] : []), ...trainedBias],
    (keep) => {
      if (trained) keep(x);
      const y = product(x, weight);
      return bias ? (tf.add(y, bias) as tf.Tensor2D) : y;
    },
    (dy, kept) => {
      const gradients = trained ? productGradients(dy, kept[0] as tf.Tensor2D, weight) : [tf.matMul(dy, weight)];
      return [...gradients, ...trainedBias.map(() => tf.sum(dy, 0))];
    },
  );
}

/**
 * x times several trained weights, [N, in] → [N, out] each. Where the fused kernel runs, x is read once for all of them and their
 * gradients of x are added up on the way.
 */
export function linears(x: tf.Tensor2D, weights: tf.Tensor2D[]): tf.Tensor2D[] {
  const fused = hasKernel("HeadstartLinear") && weights.every((weight) => oursIsFaster(x, weight) && !isFrozen(weight));
  if (!fused) return weights.map((weight) => linear(x, weight));
  const N = weights.length;
  return withGradients(
    [x, ...weights],
    (keep) => {
      keep(x);
      return runKernel("HeadstartLinear", [x, ...weights], { N });
    },
    (dys, [kept]) => runKernel("HeadstartLinearGrad", [...dys, kept, ...weights], { N }),
  ) as tf.Tensor2D[];
}

/**
 * Where our product is the faster (2 cores, AVX-512): with small weights (x [4096, 256] and 672 outputs: equal alone, 4 % of a
 * training step for what several products share), and with few multiplications. With larger ones TensorFlow's own is, by a third at
 * 512×576×1536. Ours packs the weight, which must not take much.
 */
const faster = { weight: 2 ** 18, multiplications: 2 ** 28, packed: 2 ** 22 };

function oursIsFaster(x: tf.Tensor2D, weight: tf.Tensor2D): boolean {
  if (weight.size > faster.packed) return false;
  return weight.size <= faster.weight || x.shape[0] * weight.size < faster.multiplications;
}

export function isFrozen(weight: tf.Tensor): boolean {
  return weight instanceof tf.Variable && !weight.trainable;
}

/** x · Wᵀ */
export function product(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return oursIsFaster(x, weight) && hasKernel("HeadstartLinear")
    ? (runKernel("HeadstartLinear", [x, weight], { N: 1 })[0] as tf.Tensor2D)
    : tf.matMul(x, weight, false, true);
}

/** dx = dy · W, dW = dyᵀ · x. */
export function productGradients(dy: tf.Tensor2D, x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor[] {
  if (oursIsFaster(x, weight) && hasKernel("HeadstartLinearGrad")) return runKernel("HeadstartLinearGrad", [dy, x, weight], { N: 1 });
  return [tf.matMul(dy, weight), tf.matMul(dy, x, true, false)];
}
