// Fused kernels and stock TensorFlow ops that tfjs has no name for. worker/native.ts registers them with tfjs-core; an op
// asks here whether its fused form exists on the running backend and otherwise uses its composite.
import * as tf from "@tensorflow/tfjs-core";

let composite = false;

/** Tests and the bench compare a fused kernel with its composite by turning the fused ones off. */
export function useCompositesOnly(only: boolean): void {
  composite = only;
}

export function hasKernel(name: string): boolean {
  return !composite && tf.getKernel(name, tf.getBackend()) != null;
}

export function runKernel(name: string, inputs: tf.Tensor[], attributes: Record<string, number> = {}): tf.Tensor[] {
  const named = Object.fromEntries(inputs.map((tensor, i) => [String(i), tensor]));
  const outputs = tf.engine().runKernel(name, named, attributes) as tf.Tensor | tf.Tensor[];
  return Array.isArray(outputs) ? outputs : [outputs];
}
