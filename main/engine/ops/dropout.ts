// Dropout whose mask follows from a seed alone, so that a gradient (and a layer computed again for one) draws the same mask in place
// of keeping it.
import * as tf from "@tensorflow/tfjs-core";
import { runKernel } from "../kernels.ts";
import { withGradient } from "./with-gradient.ts";

/** Each value of x is 0 with probability `rate` and x / (1 − rate) otherwise. */
export function dropout(x: tf.Tensor2D, rate: number, seed: [number, number]): tf.Tensor2D {
  return withGradient(
    [x],
    () => masked(x, rate, seed),
    (dy) => [masked(dy, rate, seed)],
  );
}

function masked(x: tf.Tensor2D, rate: number, seed: [number, number]): tf.Tensor2D {
  return tf.tidy(() => {
    const [uniform] = runKernel("StatelessRandomUniform", [tf.tensor1d(x.shape, "int32"), tf.tensor1d(seed, "int32")]);
    return tf.mul(x, tf.mul(tf.cast(tf.greaterEqual(uniform, rate), "float32"), 1 / (1 - rate))) as tf.Tensor2D;
  });
}
