// SwiGLU (Shazeer 2020): silu(gate) · up, element by element.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";
import { withGradient } from "./with-gradient.ts";

/** gate, up [N, I] → [N, I]. */
export function swiGlu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return hasKernel("HeadstartSwiGlu") ? fused(gate, up) : swiGluComposite(gate, up);
}

function swiGluComposite(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.mul(tf.mul(gate, tf.sigmoid(gate)), up) as tf.Tensor2D);
}

function fused(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return withGradient(
    [gate, up],
    (keep) => {
      keep(gate, up);
      return runKernel("HeadstartSwiGlu", [gate, up])[0] as tf.Tensor2D;
    },
    (dy, kept) => runKernel("HeadstartSwiGluGrad", [dy, ...kept]),
  );
}
