// Log-prob of each target token under softmax(logits / T), and that distribution's entropy. The one loss op: SFT weighs
// it by 1/tokens, GRPO by the advantage. Log-probs in an RL loss must use the rollout's temperature (TRL #3029, #4159 and
// NeMo-RL #935 were bugs of exactly this kind), so T is part of the op and not of its callers.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";

export interface TokenLogprobs {
  /** [N] nats, differentiable with respect to the logits. */
  logprobs: tf.Tensor1D;
  /** [N] nats, no gradient. */
  entropies: tf.Tensor1D;
}

/** logits [N, V], targets [N] int32, temperature > 0. */
export function tokenLogprobs(logits: tf.Tensor2D, targets: tf.Tensor1D, temperature: number): TokenLogprobs {
  const kernel = hasKernel("HeadstartTokenLogprob");
  const op = tf.customGrad((input, save) => {
    const given = input as tf.Tensor2D;
    // A tensor, not an attribute: TensorFlow caches a kernel per attribute value, and T may move from step to step.
    const t = tf.scalar(temperature);
    const value = kernel ? runKernel("HeadstartTokenLogprob", [given, targets, t])[0] : forward(given, targets, t);
    (save as tf.GradSaveFunc)([given, targets, t]);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [keptLogits, keptTargets, keptT] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Scalar];
        const onLogprobs = tf.reshape(tf.slice(dy as tf.Tensor2D, [0, 0], [1, -1]), [-1]) as tf.Tensor1D;
        return kernel
          ? runKernel("HeadstartTokenLogprobGrad", [onLogprobs, keptLogits, keptTargets, keptT])[0]
          : backward(onLogprobs, keptLogits, keptTargets, keptT);
      },
    };
  });
  const [logprobs, entropies] = tf.unstack(op(logits) as tf.Tensor2D) as tf.Tensor1D[];
  return { logprobs, entropies };
}

/** [2, N]: log-probs, entropies. */
function forward(logits: tf.Tensor2D, targets: tf.Tensor1D, t: tf.Scalar): tf.Tensor {
  const logSoftmax = tf.logSoftmax(tf.div(logits, t)) as tf.Tensor2D;
  const chosen = tf.oneHot(targets, logits.shape[1]);
  return tf.stack([tf.sum(tf.mul(logSoftmax, chosen), -1), tf.neg(tf.sum(tf.mul(tf.exp(logSoftmax), logSoftmax), -1))]);
}

/** d logprob / d logits = (onehot − softmax) / T. */
function backward(dy: tf.Tensor1D, logits: tf.Tensor2D, targets: tf.Tensor1D, t: tf.Scalar): tf.Tensor2D {
  const difference = tf.sub(tf.cast(tf.oneHot(targets, logits.shape[1]), "float32"), tf.softmax(tf.div(logits, t)));
  return tf.mul(difference, tf.expandDims(tf.div(dy, t), 1)) as tf.Tensor2D;
}
