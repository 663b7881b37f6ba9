// Rows of a matrix by index, an index as often as asked: the embedding of tokens, the states that predict them. Its gradient adds
// each row's where it came from, without a one-hot matrix.
import * as tf from "@tensorflow/tfjs-core";
import { isFrozen } from "./linear.ts";
import { withGradient } from "./with-gradient.ts";

/** x [M, d], indices [N] below M → [N, d]. */
export function gatherRows(x: tf.Tensor2D, indices: Int32Array): tf.Tensor2D {
  if (isFrozen(x)) return tf.gather(x, tf.tensor1d(indices, "int32"));
  return withGradient(
    [x],
    () => tf.gather(x, tf.tensor1d(indices, "int32")),
    (dy) => [tf.unsortedSegmentSum(dy, tf.tensor1d(indices, "int32"), x.shape[0])],
  );
}
