// RoPE and grouped-query attention (Ainslie et al. 2023) under one visibility rule that covers causal order, left padding
// and packing: the token at t of row b sees the tokens j with visibleFrom[b, t] ≤ j ≤ t, and its position is
// t − visibleFrom[b, t]. Projections come and go flat, [B·T, heads · headDim], as the matrix products leave them.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";
import { rope } from "./rope.ts";
import { withGradient } from "./with-gradient.ts";

export interface AttentionLayout {
  batch: number;
  length: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  /** [B, T] int32 */
  visibleFrom: tf.Tensor2D;
  /** [maxPositions, headDim / 2] */
  ropeCos: tf.Tensor2D;
  ropeSin: tf.Tensor2D;
}

/** q [B·T, H·headDim], k and v [B·T, Hkv·headDim] → [B·T, H·headDim]. */
export function causalAttention(q: tf.Tensor2D, k: tf.Tensor2D, v: tf.Tensor2D, layout: AttentionLayout): tf.Tensor2D {
  return hasKernel("HeadstartCausalAttention") ? fused(q, k, v, layout) : causalAttentionComposite(q, k, v, layout);
}

export function causalAttentionComposite(q: tf.Tensor2D, k: tf.Tensor2D, v: tf.Tensor2D, layout: AttentionLayout): tf.Tensor2D {
  return tf.tidy(() => {
    const { batch, length, heads, kvHeads } = layout;
    const positions = tf.sub(tf.range(0, length, 1, "int32"), layout.visibleFrom) as tf.Tensor2D;
    const cos = rotation(layout.ropeCos, positions);
    const sin = rotation(layout.ropeSin, positions);
    const keys = rope(splitHeads(k, batch, length, kvHeads), cos, sin);
    const values = splitHeads(v, batch, length, kvHeads);
    return mergeHeads(attention(rope(splitHeads(q, batch, length, heads), cos, sin), keys, values, visibilityMask(layout.visibleFrom)));
  });
}

/** Rows of a RoPE table at positions [B, T] → [B, 1, T, headDim / 2]. */
function rotation(table: tf.Tensor2D, positions: tf.Tensor2D): tf.Tensor {
  return tf.expandDims(tf.gather(table, positions), 1);
}

/** [B·T, heads · headDim] → [B, heads, T, headDim] */
export function splitHeads(x: tf.Tensor2D, batch: number, length: number, heads: number): tf.Tensor4D {
  return tf.transpose(tf.reshape(x, [batch, length, heads, x.shape[1] / heads]), [0, 2, 1, 3]) as tf.Tensor4D;
}

/** [B, heads, T, headDim] → [B·T, heads · headDim] */
export function mergeHeads(x: tf.Tensor4D): tf.Tensor2D {
  const [batch, heads, length, headDim] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch * length, heads * headDim]);
}

/** q [B, H, Tq, D], k and v [B, Hkv, Tk, D], additive mask [B, 1, Tq, Tk] → [B, H, Tq, D]. */
export function attention(q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [batch, heads, queries, dim] = q.shape;
    const [, kvHeads, keys] = k.shape;
    const group = heads / kvHeads;
    // Heads that share a key head are stacked along the query axis: one batched product without copying k and v.
    const stacked = tf.reshape(q, [batch, kvHeads, group * queries, dim]);
    const scores = tf.reshape(tf.mul(tf.matMul(stacked, k, false, true), 1 / Math.sqrt(dim)), [batch, kvHeads, group, queries, keys]);
    const weights = tf.softmax(tf.add(scores, tf.expandDims(mask, 1)), -1);
    const mixed = tf.matMul(tf.reshape(weights, [batch, kvHeads, group * queries, keys]), v);
    return tf.reshape(mixed, [batch, heads, queries, dim]) as tf.Tensor4D;
  });
}

/** [B, T] int32 → additive mask [B, 1, T, T], 0 where visible and −1e9 elsewhere. */
function visibilityMask(visibleFrom: tf.Tensor2D): tf.Tensor4D {
  const [batch, length] = visibleFrom.shape;
  const keys = tf.reshape(tf.range(0, length, 1, "int32"), [1, 1, length]);
  const queries = tf.reshape(keys, [1, length, 1]);
  const visible = tf.logicalAnd(tf.lessEqual(keys, queries), tf.greaterEqual(keys, tf.expandDims(visibleFrom, 2)));
  return tf.reshape(tf.mul(tf.sub(tf.cast(visible, "float32"), 1), 1e9), [batch, 1, length, length]);
}

function fused(q: tf.Tensor2D, k: tf.Tensor2D, v: tf.Tensor2D, layout: AttentionLayout): tf.Tensor2D {
  return withGradient(
    [q, k, v],
    (keep) => {
      const tables = [layout.visibleFrom, layout.ropeCos, layout.ropeSin];
      const [value, lse] = runKernel("HeadstartCausalAttention", [q, k, v, ...tables]);
      keep(q, k, v, value, lse, ...tables);
      return value as tf.Tensor2D;
    },
    (dy, kept) => runKernel("HeadstartCausalAttentionGrad", [dy, ...kept]),
  );
}
