// Keys and values of the tokens so far, so that decoding costs one token and not the whole sequence. Rows are left-padded:
// row b holds real tokens from start[b] on, all rows are equally long.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";
import { attention, causalAttentionComposite, mergeHeads, rotation, splitHeads } from "../ops/causal-attention.ts";
import { rope } from "../ops/rope.ts";
import type { Attend, TokenRows, Transformer } from "./transformer.ts";

/** Rotated keys and values of one layer, each [B, Hkv, T, headDim]. */
type LayerKeyValues = [tf.Tensor4D, tf.Tensor4D];

export class KvCache {
  /** T is the length so far or, with the fused kernel, the capacity: it fills the tail in place. */
  private layers: LayerKeyValues[];
  private readonly model: Transformer;
  private readonly fused: boolean;
  /** First real token of each row. */
  private start: Int32Array;
  /** Tokens so far, padding included. */
  private length: number;

  private constructor(model: Transformer, layers: LayerKeyValues[], start: Int32Array, length: number, fused: boolean) {
    this.model = model;
    this.layers = layers;
    this.start = start;
    this.length = length;
    this.fused = fused;
  }

  get batch(): number {
    return this.start.length;
  }

  /** Runs left-padded prompts through the model. Returns the cache and the logits after the last token, [B, vocabSize]. */
  static prefill(model: Transformer, prompts: number[][], padId: number, newTokens: number): { cache: KvCache; logits: tf.Tensor2D } {
    const rows = leftPad(prompts, padId);
    const fused = hasKernel("HeadstartDecodeAttention");
    const room: [number, number][] = [[0, 0], [0, 0], [0, fused ? newTokens : 0], [0, 0]]; // biome-ignore format: one axis each
    const layers: LayerKeyValues[] = [];
    const logits = tf.tidy(() => {
      const layout = model.layout(rows.batch, rows.length, rows.visibleFrom);
      const hidden = model.blocks(rows.ids, (layer, q, k, v) =>
        causalAttentionComposite(q, k, v, layout, (keys, values) => {
          layers[layer] = [tf.keep(tf.pad(keys, room)), tf.keep(tf.pad(values, room))];
        }),
      );
      const last = Int32Array.from(prompts, (_, b) => (b + 1) * rows.length - 1);
      return model.logits(tf.gather(hidden, tf.tensor1d(last, "int32")));
    });
    const start = Int32Array.from(prompts, (prompt) => rows.length - prompt.length);
    return { cache: new KvCache(model, layers, start, rows.length, fused), logits };
  }

  /** One more token a row, [B] ids → logits [B, vocabSize]. */
  decode(ids: Int32Array): tf.Tensor2D {
    const logits = tf.tidy(() => this.model.logits(this.model.blocks(ids, this.fused ? this.fusedAttend() : this.compositeAttend())));
    this.length++;
    return logits;
  }

  /** Keeps only these rows (an index may occur several times: how one prompt becomes a group). */
  select(rows: Int32Array): void {
    const indices = tf.tensor1d(rows, "int32");
    this.layers = this.layers.map((pair) => {
      const chosen = pair.map((tensor) => tf.gather(tensor, indices)) as LayerKeyValues;
      tf.dispose(pair);
      return chosen;
    });
    indices.dispose();
    this.start = rows.map((row) => this.start[row]);
  }

  dispose(): void {
    tf.dispose(this.layers);
  }

  private compositeAttend(): Attend {
    const { heads, kvHeads, ropeCos, ropeSin, visibleFrom } = this.model.layout(this.batch, 1, this.start, this.length + 1);
    const positions = tf.sub(this.length, visibleFrom) as tf.Tensor2D;
    const cos = rotation(ropeCos, tf.cast(positions, "int32"));
    const sin = rotation(ropeSin, tf.cast(positions, "int32"));
    const visible = tf.greaterEqual(tf.range(0, this.length + 1, 1, "int32"), visibleFrom);
    const mask = tf.reshape(tf.mul(tf.sub(tf.cast(visible, "float32"), 1), 1e9), [this.batch, 1, 1, this.length + 1]) as tf.Tensor4D;
    const split = (x: tf.Tensor2D, count: number) => splitHeads(x, this.batch, 1, count);
    return (layer, q, k, v) => {
      const [pastK, pastV] = this.layers[layer];
      const keys = tf.keep(tf.concat([pastK, rope(split(k, kvHeads), cos, sin)], 2));
      const values = tf.keep(tf.concat([pastV, split(v, kvHeads)], 2));
      tf.dispose(this.layers[layer]);
      this.layers[layer] = [keys, values];
      return mergeHeads(attention(rope(split(q, heads), cos, sin), keys, values, mask));
    };
  }

  /** The kernel writes the new keys and values into the cache's own buffers and attends in one pass. */
  private fusedAttend(): Attend {
    const { ropeCos, ropeSin } = this.model.layout(this.batch, 1, this.start, this.length + 1);
    const start = tf.tensor1d(this.start, "int32");
    const at = tf.scalar(this.length, "int32");
    return (layer, q, k, v) =>
      runKernel("HeadstartDecodeAttention", [q, k, v, ...this.layers[layer], start, at, ropeCos, ropeSin])[0] as tf.Tensor2D;
  }
}

function leftPad(prompts: number[][], padId: number): TokenRows {
  const length = Math.max(...prompts.map((p) => p.length));
  const ids = new Int32Array(prompts.length * length).fill(padId);
  const visibleFrom = new Int32Array(prompts.length * length);
  prompts.forEach((prompt, b) => {
    const from = length - prompt.length;
    ids.set(prompt, b * length + from);
    for (let t = 0; t < length; t++) visibleFrom[b * length + t] = Math.min(t, from); // padding sees itself only
  });
  return { ids, visibleFrom, batch: prompts.length, length };
}
