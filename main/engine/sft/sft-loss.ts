// Log-probs of the trained tokens of laid-out rows, and SFT's loss: mean cross-entropy over response tokens.
import * as tf from "@tensorflow/tfjs-core";
import type { Transformer } from "../model/transformer.ts";
import { type TokenLogprobs, tokenLogprobs } from "../ops/token-logprob.ts";
import type { TrainingRows } from "./batches.ts";

/** [N] log-probs and entropies of the trained tokens, in the order of rows.targets. */
export function trainedLogprobs(model: Transformer, rows: TrainingRows, temperature: number): TokenLogprobs {
  const hidden = model.hidden(rows);
  const whole = rows.positions.length === rows.batch * rows.length;
  const states = whole ? hidden : (tf.gather(hidden, tf.tensor1d(rows.positions, "int32")) as tf.Tensor2D);
  return tokenLogprobs(model.logits(states), tf.tensor1d(rows.targets, "int32"), temperature);
}

/** −Σ log-prob / tokens. `tokens` counts the whole batch, not this micro-batch, so that accumulated gradients equal the batch's. */
export function sftLoss(model: Transformer, rows: TrainingRows, tokens: number): tf.Scalar {
  return tf.div(tf.neg(tf.sum(trainedLogprobs(model, rows, 1).logprobs)), tokens) as tf.Scalar;
}
