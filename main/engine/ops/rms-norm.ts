// RMSNorm (Zhang & Sennrich 2019, as in Llama): y = x / sqrt(mean(x²) + eps) · weight, over the last axis.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";

/** x [N, D], weight [D] → [N, D]. */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  return hasKernel("HeadstartRmsNorm") ? fused(x, weight, eps) : rmsNormComposite(x, weight, eps);
}

export function rmsNormComposite(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  return tf.tidy(() => {
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), eps));
    return tf.mul(tf.mul(x, inverse), weight) as tf.Tensor2D;
  });
}

function fused(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  const op = tf.customGrad((xIn, weightIn, save) => {
    const [value] = runKernel("HeadstartRmsNorm", [xIn as tf.Tensor, weightIn as tf.Tensor], { eps });
    (save as tf.GradSaveFunc)([xIn as tf.Tensor, weightIn as tf.Tensor]);
    return {
      value,
      gradFunc: (dy, saved) => runKernel("HeadstartRmsNormGrad", [dy as tf.Tensor, ...(saved as tf.Tensor[])], { eps }),
    };
  });
  return op(x, weight) as tf.Tensor2D;
}
