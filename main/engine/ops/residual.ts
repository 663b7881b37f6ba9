// The sum of a residual stream and what a block adds to it. tf.add would keep both for its gradient, which needs neither.
import * as tf from "@tensorflow/tfjs-core";
import { withGradient } from "./with-gradient.ts";

/** Both of one shape. */
export function residual(stream: tf.Tensor2D, addition: tf.Tensor2D): tf.Tensor2D {
  return withGradient(
    [stream, addition],
    () => tf.add(stream, addition) as tf.Tensor2D,
    (dy) => [tf.clone(dy), tf.clone(dy)],
  );
}
