// Decoder-only transformer of the Llama family, Hugging Face's LlamaForCausalLM: pre-norm blocks of grouped-query
// attention with RoPE and SwiGLU, RMSNorm, tied or untied head. Full sequences here; decoding with a cache in kv-cache.ts.
import * as tf from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../../contract/recipe.ts";
import { type AttentionLayout, causalAttention } from "../ops/causal-attention.ts";
import { linear } from "../ops/linear.ts";
import { rmsNorm } from "../ops/rms-norm.ts";
import { ropeTable } from "../ops/rope.ts";
import { swiGlu } from "../ops/swiglu.ts";
import type { Parameters } from "./parameters.ts";

/** Rows of tokens; row b at t sees j with visibleFrom[b, t] ≤ j ≤ t, and its position is t − visibleFrom[b, t]. */
export interface TokenRows {
  /** [B, T] */
  ids: Int32Array;
  /** [B, T] */
  visibleFrom: Int32Array;
  batch: number;
  length: number;
}

/** Where a layer's queries look: q [N, H·headDim], k and v [N, Hkv·headDim] of the new tokens → [N, H·headDim]. */
export type Attend = (layer: number, q: tf.Tensor2D, k: tf.Tensor2D, v: tf.Tensor2D) => tf.Tensor2D;

export class Transformer {
  readonly config: ModelConfig;
  readonly parameters: Parameters;
  private readonly ropeCos: tf.Tensor2D;
  private readonly ropeSin: tf.Tensor2D;

  constructor(parameters: Parameters) {
    this.config = parameters.config;
    this.parameters = parameters;
    const table = ropeTable(this.config.maxPositionEmbeddings, this.config.headDim, this.config.ropeTheta);
    this.ropeCos = table.cos;
    this.ropeSin = table.sin;
  }

  /** Hidden states after the last norm, [B·T, hiddenSize]. */
  hidden(rows: TokenRows): tf.Tensor2D {
    const layout = this.layout(rows.batch, rows.length, rows.visibleFrom);
    return this.blocks(rows.ids, (_, q, k, v) => causalAttention(q, k, v, layout));
  }

  /** Logits of chosen rows of the hidden states, [N, vocabSize]. */
  logits(hidden: tf.Tensor2D): tf.Tensor2D {
    return this.linear(hidden, this.config.tieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight");
  }

  /** The stack of blocks over flat tokens [N = B·T]. */
  blocks(ids: Int32Array, attend: Attend): tf.Tensor2D {
    let x = tf.gather(this.weight("model.embed_tokens.weight"), tf.tensor1d(ids, "int32")) as tf.Tensor2D;
    for (let layer = 0; layer < this.config.numHiddenLayers; layer++) {
      const at = `model.layers.${layer}`;
      const before = this.norm(x, `${at}.input_layernorm.weight`);
      const [q, k, v] = ["q_proj", "k_proj", "v_proj"].map((projection) => this.linear(before, `${at}.self_attn.${projection}.weight`));
      x = tf.add(x, this.linear(attend(layer, q, k, v), `${at}.self_attn.o_proj.weight`));
      const between = this.norm(x, `${at}.post_attention_layernorm.weight`);
      const inner = swiGlu(this.linear(between, `${at}.mlp.gate_proj.weight`), this.linear(between, `${at}.mlp.up_proj.weight`));
      x = tf.add(x, this.linear(inner, `${at}.mlp.down_proj.weight`));
    }
    return this.norm(x, "model.norm.weight");
  }

  layout(batch: number, length: number, visibleFrom: Int32Array): AttentionLayout {
    return {
      batch,
      length,
      heads: this.config.numAttentionHeads,
      kvHeads: this.config.numKeyValueHeads,
      headDim: this.config.headDim,
      visibleFrom: tf.tensor2d(visibleFrom, [batch, length], "int32"),
      ropeCos: this.ropeCos,
      ropeSin: this.ropeSin,
    };
  }

  private norm(x: tf.Tensor2D, name: string): tf.Tensor2D {
    return rmsNorm(x, this.weight(name) as unknown as tf.Tensor1D, this.config.rmsNormEps);
  }

  private linear(x: tf.Tensor2D, name: string): tf.Tensor2D {
    return linear(x, this.weight(name));
  }

  private weight(name: string): tf.Tensor2D {
    return this.parameters.get(name) as unknown as tf.Tensor2D;
  }

  dispose(): void {
    this.parameters.dispose();
    tf.dispose([this.ropeCos, this.ropeSin]);
  }
}
