// SwiGLU (Shazeer 2020): silu(gate) · up, element by element.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";

/** gate, up [N, I] → [N, I]. */
export function swiGlu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return hasKernel("HeadstartSwiGlu") ? fused(gate, up) : swiGluComposite(gate, up);
}

export function swiGluComposite(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.mul(tf.mul(gate, tf.sigmoid(gate)), up) as tf.Tensor2D);
}

function fused(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  const op = tf.customGrad((gateIn, upIn, save) => {
    const [value] = runKernel("HeadstartSwiGlu", [gateIn as tf.Tensor, upIn as tf.Tensor]);
    (save as tf.GradSaveFunc)([gateIn as tf.Tensor, upIn as tf.Tensor]);
    return { value, gradFunc: (dy, saved) => runKernel("HeadstartSwiGluGrad", [dy as tf.Tensor, ...(saved as tf.Tensor[])]) };
  });
  return op(gate, up) as tf.Tensor2D;
}
