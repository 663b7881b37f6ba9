// RMSNorm (Zhang & Sennrich 2019, as in Llama): y = x / sqrt(mean(x²) + eps) · weight, over the last axis or, where the weight is
// shorter, over each piece of its length: the heads of a projection (Qwen3).
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";
import { withGradient } from "./with-gradient.ts";

/** x [N, k·D], weight [D] → [N, k·D]. */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  return hasKernel("HeadstartRmsNorm") ? fused(x, weight, eps) : rmsNormComposite(x, weight, eps);
}

function rmsNormComposite(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  return tf.tidy(() => {
    const pieces = inPieces(x, weight);
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(pieces), -1, true), eps));
    return tf.reshape(tf.mul(tf.mul(pieces, inverse), weight), x.shape);
  });
}

function fused(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  return withGradient(
    [x, weight],
    (keep) => {
      keep(x);
      return tf.reshape(runKernel("HeadstartRmsNorm", [inPieces(x, weight), weight], { eps })[0], x.shape);
    },
    (dy, [xKept]) => {
      const [dx, dWeight] = runKernel("HeadstartRmsNormGrad", [inPieces(dy, weight), inPieces(xKept, weight), weight], { eps });
      return [tf.reshape(dx, x.shape), dWeight];
    },
  );
}

function inPieces(x: tf.Tensor, weight: tf.Tensor1D): tf.Tensor2D {
  return tf.reshape(x, [-1, weight.shape[0]]);
}
