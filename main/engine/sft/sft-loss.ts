// Log-probs of the trained tokens of laid-out rows, and SFT's loss: mean cross-entropy over response tokens.
import * as tf from "@tensorflow/tfjs-core";
import type { Training, Transformer } from "../model/transformer.ts";
import { gatherRows } from "../ops/gather-rows.ts";
import type { TokenLogprobs } from "../ops/token-logprob.ts";
import type { TrainingRows } from "./batches.ts";

/** [N] log-probs and entropies of the trained tokens, in the order of rows.targets. */
export function trainedLogprobs(model: Transformer, rows: TrainingRows, temperature: number, training: Training = {}): TokenLogprobs {
  const hidden = model.hidden(rows, training);
  const whole = rows.positions.length === rows.batch * rows.length;
  return model.logprobs(whole ? hidden : gatherRows(hidden, rows.positions), rows.targets, temperature);
}

/** −Σ log-prob / tokens. `tokens` counts the whole batch, not this micro-batch, so that accumulated gradients equal the batch's. */
export function sftLoss(model: Transformer, rows: TrainingRows, tokens: number, training: Training = {}): tf.Scalar {
  return tf.div(tf.neg(tf.sum(trainedLogprobs(model, rows, 1, training).logprobs)), tokens) as tf.Scalar;
}
