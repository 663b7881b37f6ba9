// Activation recomputation (Chen et al. 2016): of a piece of the model only its input is kept, and the piece is run again when its
// gradient is due. A third more computation for the memory of one piece in place of all.
import * as tf from "@tensorflow/tfjs-core";
import { withGradient } from "./with-gradient.ts";

/** f(x). `variables`: the trained ones that f uses; f must give the same each time. */
export function recomputed(f: (x: tf.Tensor2D) => tf.Tensor2D, x: tf.Tensor2D, variables: tf.Variable[]): tf.Tensor2D {
  return withGradient(
    [x, ...variables],
    (keep) => {
      keep(x);
      return f(x);
    },
    (dy, [kept]) => besideTheTape(() => tf.grads((input) => f(input as tf.Tensor2D))([kept, ...variables], dy)),
  );
}

/** tfjs has one tape and drops it at the end of any gradient; the one being worked back through is put back. */
function besideTheTape<T>(gradient: () => T): T {
  const { state } = tf.engine() as unknown as { state: { activeTape: unknown } };
  const tape = state.activeTape;
  try {
    return gradient();
  } finally {
    state.activeTape = tape;
  }
}
