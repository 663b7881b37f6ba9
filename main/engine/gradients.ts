// Value and gradients of a loss over a batch that is worked through in micro-batches.
import * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "./model/parameters.ts";

/** Adds up the losses of the micro-batches and their gradients, in the order of what is trained. The caller owns the gradients. */
export function accumulateGradients(parameters: Parameters, losses: (() => tf.Scalar)[]): { loss: number; gradients: tf.Tensor[] } {
  const variables = parameters.list();
  let total = 0;
  let sums: (tf.Tensor | undefined)[] = variables.map(() => undefined);
  for (const loss of losses) {
    const { value, grads } = tf.variableGrads(loss, variables);
    total += value.dataSync()[0];
    value.dispose();
    sums = variables.map((variable, i) => added(sums[i], grads[variable.name]));
  }
  return { loss: total, gradients: sums.map((sum, i) => sum ?? tf.zeros(variables[i].shape)) };
}

/** Both are let go, one variable at a time: the gradients are in memory twice at most. */
function added(sum: tf.Tensor | undefined, gradient: tf.Tensor | undefined): tf.Tensor | undefined {
  if (!sum || !gradient) return sum ?? gradient;
  const total = tf.add(sum, gradient);
  tf.dispose([sum, gradient]);
  return total;
}
