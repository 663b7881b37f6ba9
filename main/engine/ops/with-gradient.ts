// How every op of the engine states its gradient. tfjs alone would hold each kept tensor and each gradient of an output until the
// whole backward pass is over; here both are let go as soon as they were used, so that memory falls while gradients are computed.
import * as tf from "@tensorflow/tfjs-core";

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
        tf.dispose([dy, kept]);
        return gradients;
      },
    };
  });
  return op(...inputs) as T;
}
