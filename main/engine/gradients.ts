// Value and gradients of a loss over a batch that is worked through in micro-batches.
import * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "./model/parameters.ts";

/** Adds up the losses of the micro-batches and their gradients, in the parameters' order. The caller owns the gradients. */
export function accumulateGradients(parameters: Parameters, losses: (() => tf.Scalar)[]): { loss: number; gradients: tf.Tensor[] } {
  const variables = parameters.list();
  let total = 0;
  let sum: tf.Tensor[] | null = null;
  for (const loss of losses) {
    const { value, grads } = tf.variableGrads(loss, variables);
    const gradients = variables.map((variable) => grads[variable.name] ?? tf.zeros(variable.shape));
    total += value.dataSync()[0];
    value.dispose();
    if (sum === null) sum = gradients;
    else {
      const previous: tf.Tensor[] = sum;
      sum = previous.map((left, i) => tf.add(left, gradients[i]));
      tf.dispose([previous, gradients]);
    }
  }
  return { loss: total, gradients: sum ?? variables.map((variable) => tf.zeros(variable.shape)) };
}
