// RMSNorm (Zhang & Sennrich 2019, as in Llama): y = x / sqrt(mean(x²) + eps) · weight, over the last axis or, where the weight is
// shorter, over each piece of its length: the heads of a projection (Qwen3).
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";
import { residual } from "./residual.ts";
import { withGradient, withGradients } from "./with-gradient.ts";

/** x [N, k·D], weight [D] → [N, k·D]. */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  return hasKernel("HeadstartRmsNorm") ? fused(x, weight, eps) : rmsNormComposite(x, weight, eps);
}

/**
 * The residual stream after an addition, if there is one, and its norm: x, addition [N, D], weight [D] → stream, normed [N, D]. In one
 * pass, and so is the gradient, which adds up what comes through the norm and past it.
 */
export function streamNorm(
  x: tf.Tensor2D,
  addition: tf.Tensor2D | null,
  weight: tf.Tensor1D,
  eps: number,
): { stream: tf.Tensor2D; normed: tf.Tensor2D } {
  if (!hasKernel("HeadstartAddNorm")) {
    const stream = addition ? residual(x, addition) : x;
    return { stream, normed: rmsNorm(stream, weight, eps) };
  }
  const [stream, normed] = withGradients(
    [x, ...(addition ? [addition] : []), weight],
    (keep) => {
      const outputs = addition
        ? runKernel("HeadstartAddNorm", [x, addition, weight], { eps })
        : [tf.clone(x), ...runKernel("HeadstartRmsNorm", [x, weight], { eps })];
      keep(outputs[0]);
      return outputs;
    },
    ([dStream, dNormed], [kept]) => {
      const [dx, dWeight] = runKernel("HeadstartAddNormGrad", [dStream, dNormed, kept, weight], { eps });
      return [dx, ...(addition ? [tf.clone(dx)] : []), dWeight];
    },
  );
  return { stream: stream as tf.Tensor2D, normed: normed as tf.Tensor2D };
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
