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
  return withGradients(
    inputs,
    (keep) => [forward(keep)],
    ([dy], kept) => backward(dy as T, kept),
  )[0] as T;
}

/** The same for several outputs; a dy for each. */
export function withGradients(
  inputs: tf.Tensor[],
  forward: (keep: (...tensors: tf.Tensor[]) => void) => tf.Tensor[],
  backward: (dys: tf.Tensor[], kept: tf.Tensor[]) => tf.Tensor[],
): tf.Tensor[] {
  const outputs = (tf.engine() as unknown as CustomGradient).runKernelFunc({
    inputs: Object.fromEntries(inputs.map((input, i) => [i, input])),
    forwardFunc: (_, save) => forward((...tensors) => save(tensors)),
    backwardsFunc: (given, kept) => {
      const dys = Array.isArray(given) ? given : [given];
      const gradients = tf.tidy(() => backward(dys, kept));
      tf.dispose([dys, kept, outputs.flatMap((output) => summands.get(output) ?? [])]);
      inputs.forEach((input, i) => {
        if (!(input instanceof tf.Variable)) summands.set(input, [...(summands.get(input) ?? []), gradients[i]]);
      });
      return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
    },
  });
  return outputs;
}

/** What tf.customGrad runs on, which itself allows one output alone. */
interface CustomGradient {
  runKernelFunc(op: {
    inputs: Record<string, tf.Tensor>;
    forwardFunc(backend: unknown, save: tf.GradSaveFunc): tf.Tensor[];
    backwardsFunc(dys: tf.Tensor | tf.Tensor[], kept: tf.Tensor[]): Record<string, () => tf.Tensor>;
  }): tf.Tensor[];
}
