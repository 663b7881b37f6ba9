// Log-prob of each target token under softmax(logits / T), and that distribution's entropy. The one loss op: SFT weighs
// it by 1/tokens, GRPO by the advantage. Log-probs in an RL loss must use the rollout's temperature (TRL #3029, #4159 and
// NeMo-RL #935 were bugs of exactly this kind), so T is part of the op and not of its callers.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";
import { logitBytes } from "../limits.ts";
import { isFrozen, linear, product, productGradients } from "./linear.ts";
import { withGradient } from "./with-gradient.ts";

export interface TokenLogprobs {
  /** [N] nats, differentiable with respect to the logits. */
  logprobs: tf.Tensor1D;
  /** [N] nats, no gradient. */
  entropies: tf.Tensor1D;
}

/** logits [N, V], targets [N] int32, temperature > 0. */
export function tokenLogprobs(logits: tf.Tensor2D, targets: tf.Tensor1D, temperature: number): TokenLogprobs {
  return unstacked(
    withGradient(
      [logits],
      (keep) => {
        keep(logits, targets);
        return valuesOf(logits, targets, temperature);
      },
      (dy, [logitsKept, targetsKept]) => [logitsGradient(dy, logitsKept as tf.Tensor2D, targetsKept as tf.Tensor1D, temperature)],
    ),
  );
}

/**
 * tokenLogprobs(linear(states, head), targets, T) for states [N, d] and head [V, d], of which no more than `maxBytes` of logits are
 * in memory at once: what does not fit is computed piece by piece, and again for the gradient.
 */
export function headLogprobs(
  states: tf.Tensor2D,
  head: tf.Tensor2D,
  targets: tf.Tensor1D,
  temperature: number,
  maxBytes = logitBytes,
): TokenLogprobs {
  const count = states.shape[0];
  const size = Math.max(1, Math.floor(maxBytes / (4 * head.shape[0])));
  if (count <= size) return tokenLogprobs(linear(states, head), targets, temperature);
  const pieces = Array.from({ length: Math.ceil(count / size) }, (_, i) => ({ from: i * size, size: Math.min(size, count - i * size) }));
  const trained = !isFrozen(head);
  return unstacked(
    withGradient(
      trained ? [states, head] : [states],
      (keep) => {
        keep(states, targets);
        const values = pieces.map((piece) =>
          tf.tidy(() => valuesOf(product(rowsOf(states, piece), head), tf.slice(targets, piece.from, piece.size), temperature)),
        );
        return tf.concat(values, 1);
      },
      (dy, [statesKept, targetsKept]) => {
        let onHead: tf.Tensor | null = null;
        const onStates = pieces.map((piece) => {
          const [dx, dHead] = tf.tidy(() => {
            const rows = rowsOf(statesKept as tf.Tensor2D, piece);
            const dyPiece = tf.slice(dy, [0, piece.from], [2, piece.size]);
            const targetsPiece = tf.slice(targetsKept as tf.Tensor1D, piece.from, piece.size);
            const dLogits = logitsGradient(dyPiece, product(rows, head), targetsPiece, temperature);
            return trained ? productGradients(dLogits, rows, head) : [tf.matMul(dLogits, head)];
          });
          if (trained) onHead = addInto(onHead, dHead);
          return dx;
        });
        return [tf.concat(onStates, 0), ...(onHead ? [onHead] : [])];
      },
    ),
  );
}

function rowsOf(states: tf.Tensor2D, { from, size }: { from: number; size: number }): tf.Tensor2D {
  return tf.slice(states, [from, 0], [size, states.shape[1]]);
}

/** sum + term; both are let go. */
function addInto(sum: tf.Tensor | null, term: tf.Tensor): tf.Tensor {
  if (sum === null) return term;
  const total = tf.add(sum, term);
  tf.dispose([sum, term]);
  return total;
}

function unstacked(values: tf.Tensor2D): TokenLogprobs {
  const [logprobs, entropies] = tf.unstack(values) as tf.Tensor1D[];
  return { logprobs, entropies };
}

/** [2, N]: log-probs, entropies. */
function valuesOf(logits: tf.Tensor2D, targets: tf.Tensor1D, temperature: number): tf.Tensor2D {
  // A tensor, not an attribute: TensorFlow caches a kernel per attribute value, and T may move from step to step.
  const t = tf.scalar(temperature);
  if (hasKernel("HeadstartTokenLogprob")) return runKernel("HeadstartTokenLogprob", [logits, targets, t])[0] as tf.Tensor2D;
  const logSoftmax = tf.logSoftmax(tf.div(logits, t)) as tf.Tensor2D;
  const chosen = tf.sum(tf.mul(logSoftmax, tf.oneHot(targets, logits.shape[1])), -1);
  return tf.stack([chosen, tf.neg(tf.sum(tf.mul(tf.exp(logSoftmax), logSoftmax), -1))]) as tf.Tensor2D;
}

/** dy [2, N], of which the first row counts: d logprob / d logits = (onehot − softmax) / T. */
function logitsGradient(dy: tf.Tensor2D, logits: tf.Tensor2D, targets: tf.Tensor1D, temperature: number): tf.Tensor2D {
  const t = tf.scalar(temperature);
  const onLogprobs = tf.reshape(tf.slice(dy, [0, 0], [1, -1]), [-1]);
  if (hasKernel("HeadstartTokenLogprobGrad"))
    return runKernel("HeadstartTokenLogprobGrad", [onLogprobs, logits, targets, t])[0] as tf.Tensor2D;
  const difference = tf.sub(tf.cast(tf.oneHot(targets, logits.shape[1]), "float32"), tf.softmax(tf.div(logits, t)));
  return tf.mul(difference, tf.expandDims(tf.div(onLogprobs, t), 1)) as tf.Tensor2D;
}
