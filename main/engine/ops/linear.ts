// The product with a weight as checkpoints store it: y = x · Wᵀ, no bias.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";

/** x [N, in], weight [out, in] → [N, out]. */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return hasKernel("HeadstartLinear") ? fused(x, weight) : tf.matMul(x, weight, false, true);
}

function fused(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  const op = tf.customGrad((xIn, weightIn, save) => {
    const inputs = [xIn, weightIn] as tf.Tensor[];
    (save as tf.GradSaveFunc)(inputs);
    return {
      value: runKernel("HeadstartLinear", inputs)[0],
      gradFunc: (dy, saved) => runKernel("HeadstartLinearGrad", [dy as tf.Tensor, ...(saved as tf.Tensor[])]),
    };
  });
  return op(x, weight) as tf.Tensor2D;
}
