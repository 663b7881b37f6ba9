// The product with a weight as checkpoints store it: y = x · Wᵀ, plus the bias where there is one.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";
import { withGradient } from "./with-gradient.ts";

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
 * Above so many multiplications TensorFlow's own product is the faster: 5 % at 4096×256×256, a third at 512×576×1536 (2 cores,
 * AVX-512); below it ours is, and needs one call for both gradients.
 */
const multiplications = 2 ** 28;

function oursIsFaster(x: tf.Tensor2D, weight: tf.Tensor2D): boolean {
  return x.shape[0] * weight.size < multiplications;
}

export function isFrozen(weight: tf.Tensor): boolean {
  return weight instanceof tf.Variable && !weight.trainable;
}

/** x · Wᵀ */
export function product(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return oursIsFaster(x, weight) && hasKernel("HeadstartLinear")
    ? (runKernel("HeadstartLinear", [x, weight])[0] as tf.Tensor2D)
    : tf.matMul(x, weight, false, true);
}

/** dx = dy · W, dW = dyᵀ · x. */
export function productGradients(dy: tf.Tensor2D, x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor[] {
  if (oursIsFaster(x, weight) && hasKernel("HeadstartLinearGrad")) return runKernel("HeadstartLinearGrad", [dy, x, weight]);
  return [tf.matMul(dy, weight), tf.matMul(dy, x, true, false)];
}
