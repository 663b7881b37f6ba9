// GRPO's surrogate over the response tokens of a rollout batch (AceReason-Nemotron 1.1 §4; DAPO, Yu et al. 2025, for the
// token mean and clip-higher). Strictly on-policy the ratio is 1 and what is left is −Σ weight · A · log π, whose gradient
// is REINFORCE's; the old log-prob is then the stop-gradient of the current one.
import * as tf from "@tensorflow/tfjs-core";

/** One entry a trained token, all [N]. */
export interface PolicyTokens {
  advantages: Float32Array;
  /** 1 / (tokens of the batch) under token mean; 1 / (responses · tokens of the response) under sequence mean; 0 out of the loss. */
  weights: Float32Array;
  /** Log-probs when the rollouts were made; null on-policy. */
  oldLogprobs: Float32Array | null;
  /** Log-probs of the reference policy; null without KL. */
  referenceLogprobs: Float32Array | null;
}

export interface PolicyLossOptions {
  clipLow: number;
  clipHigh: number;
  klCoefficient: number;
}

export interface PolicyLoss {
  loss: tf.Scalar;
  /** Tokens in the loss whose clipped term is the smaller. */
  clipped: tf.Scalar;
  /** Weighted mean of the k3 estimate of KL(π ‖ reference) (Schulman 2020), nats a token. */
  kl: tf.Scalar;
}

/** logprobs [N] of the trained tokens at the rollout's temperature, differentiable. */
export function policyLoss(logprobs: tf.Tensor1D, tokens: PolicyTokens, options: PolicyLossOptions): PolicyLoss {
  const advantages = tf.tensor1d(tokens.advantages);
  const weights = tf.tensor1d(tokens.weights);
  const zero = tf.scalar(0);
  let objective: tf.Tensor;
  let clipped: tf.Scalar = zero;
  if (tokens.oldLogprobs === null) objective = tf.mul(logprobs, advantages);
  else {
    const ratio = tf.exp(tf.sub(logprobs, tf.tensor1d(tokens.oldLogprobs)));
    const plain = tf.mul(ratio, advantages);
    const limited = tf.mul(tf.clipByValue(ratio, 1 - options.clipLow, 1 + options.clipHigh), advantages);
    objective = tf.minimum(plain, limited);
    const counted = tf.cast(tf.greater(weights, 0), "float32");
    clipped = tf.sum(tf.mul(counted, tf.cast(tf.less(limited, plain), "float32")));
  }
  const policy = tf.neg(tf.sum(tf.mul(objective, weights)));
  if (tokens.referenceLogprobs === null) return { loss: policy as tf.Scalar, clipped, kl: zero };
  const difference = tf.sub(tf.tensor1d(tokens.referenceLogprobs), logprobs);
  const kl = tf.sum(tf.mul(tf.sub(tf.sub(tf.exp(difference), difference), 1), weights)) as tf.Scalar;
  return { loss: tf.add(policy, tf.mul(kl, options.klCoefficient)) as tf.Scalar, clipped, kl };
}
