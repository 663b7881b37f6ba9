// How every op of the engine states its gradient. tfjs alone would hold what ops kept, the gradients of their outputs and the
// summands of those until the whole backward pass is over; here each is let go as soon as it was used, so that memory falls while
// gradients are computed.
import * as tf from "@tensorflow/tfjs-core";

/** Gradients that ops gave for a tensor they read: summands of its gradient, which tfjs adds up. */
const summands = new WeakMap<tf.Tensor, tf.Tensor[]>();

/**
 * f(inputs) with a gradient of its own: `forward` keeps what `backward` reads, which returns a gradient for each input.
 * An input that takes no gradient (indices, a frozen weight) is no input here: the closures hold it.
 */
export function withGradient<T extends tf.Tensor>(
  inputs: tf.Tensor[],
  forward: (keep: (...tensors: tf.Tensor[]) => void) => T,
  backward: (dy: T, kept: tf.Tensor[]) => tf.Tensor[],
): T {
  const op = tf.customGrad((...args) => {
    const save = args[inputs.length] as unknown as tf.GradSaveFunc;
    return {
      value: forward((...tensors) => save(tensors)),
      gradFunc: (dy, saved) => {
        const kept = saved as tf.Tensor[];
        const gradients = tf.tidy(() => backward(dy as T, kept));
        tf.dispose([dy, kept, ...(summands.get(output) ?? [])]);
        inputs.forEach((input, i) => {
          if (!(input instanceof tf.Variable)) summands.set(input, [...(summands.get(input) ?? []), gradients[i]]);
        });
        return gradients;
      },
    };
  });
  const output = op(...inputs) as T;
  return output;
}
