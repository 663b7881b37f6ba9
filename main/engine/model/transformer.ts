// Decoder-only transformer of the Llama family, Hugging Face's LlamaForCausalLM, Qwen2ForCausalLM (biases of q, k and v) and
// Qwen3ForCausalLM (RMSNorm of each head of q and k): pre-norm blocks of grouped-query attention with RoPE and SwiGLU,
// RMSNorm, tied or untied head. Full sequences here; decoding with a cache in kv-cache.ts.
import * as tf from "@tensorflow/tfjs-core";
import { HeadstartError } from "../../contract/errors.ts";
import type { ModelConfig } from "../../contract/recipe.ts";
import { type AttentionLayout, causalAttention } from "../ops/causal-attention.ts";
import { gatherRows } from "../ops/gather-rows.ts";
import { linear, linears } from "../ops/linear.ts";
import { recomputed } from "../ops/recomputed.ts";
import { residual } from "../ops/residual.ts";
import { rmsNorm, streamNorm } from "../ops/rms-norm.ts";
import { ropeTable } from "../ops/rope.ts";
import { swiGlu } from "../ops/swiglu.ts";
import { headLogprobs, type TokenLogprobs } from "../ops/token-logprob.ts";
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

/** What a training step's forward does beside any other's. */
export interface Training {
  /** Keep each block's input alone, and compute the block again for its gradient. */
  recompute?: boolean;
  /** Names the masks of the adapter's dropout; without it nothing is dropped. */
  dropoutSeed?: number;
}

const embedding = "model.embed_tokens.weight";

/** Positions that a RoPE table has at first; more are computed when a longer row comes. */
const firstPositions = 512;

export class Transformer {
  readonly config: ModelConfig;
  readonly parameters: Parameters;
  private ropeTable: { cos: tf.Tensor2D; sin: tf.Tensor2D };

  constructor(parameters: Parameters) {
    this.config = parameters.config;
    this.parameters = parameters;
    this.ropeTable = this.tableOf(firstPositions);
  }

  /** Hidden states after the last norm, [B·T, hiddenSize]. */
  hidden(rows: TokenRows, training: Training = {}): tf.Tensor2D {
    // A layout a layer: with recomputation it is asked for again when the first is gone.
    const attend: Attend = (_, q, k, v) => causalAttention(q, k, v, this.layout(rows.batch, rows.length, rows.visibleFrom));
    return this.blocks(rows.ids, attend, training);
  }

  /** Logits of chosen rows of the hidden states, [N, vocabSize]. */
  logits(hidden: tf.Tensor2D): tf.Tensor2D {
    return linear(hidden, this.head());
  }

  /** Log-probs and entropies of targets under chosen rows of the hidden states, without the logits of all at once. */
  logprobs(hidden: tf.Tensor2D, targets: Int32Array, temperature: number): TokenLogprobs {
    return headLogprobs(hidden, this.head(), tf.tensor1d(targets, "int32"), temperature);
  }

  /** The stack of blocks over flat tokens [N = B·T]. */
  blocks(ids: Int32Array, attend: Attend, training: Training = {}): tf.Tensor2D {
    let x = gatherRows(this.weight(embedding), ids);
    for (let layer = 0; layer < this.config.numHiddenLayers; layer++) {
      const block = (input: tf.Tensor2D) => tf.tidy(() => this.block(layer, input, attend, training));
      x = training.recompute ? recomputed(block, x, this.parameters.ofLayer(layer)) : block(x);
    }
    return this.norm(x, "model.norm");
  }

  /** `positions`: how many the RoPE table must have; the row's length unless a cache holds what came before. */
  layout(batch: number, length: number, visibleFrom: Int32Array, positions = length): AttentionLayout {
    const { cos, sin } = this.rope(positions);
    return {
      batch,
      length,
      heads: this.config.numAttentionHeads,
      kvHeads: this.config.numKeyValueHeads,
      headDim: this.config.headDim,
      visibleFrom: tf.tensor2d(visibleFrom, [batch, length], "int32"),
      ropeCos: cos,
      ropeSin: sin,
    };
  }

  private block(layer: number, x: tf.Tensor2D, attend: Attend, { dropoutSeed }: Training): tf.Tensor2D {
    const at = `model.layers.${layer}`;
    const project = (input: tf.Tensor2D, module: string) => this.project(input, `${at}.${module}`, dropoutSeed);
    const each = (input: tf.Tensor2D, modules: string[]) =>
      modules.some((module) => this.isMore(`${at}.${module}`))
        ? modules.map((module) => project(input, module))
        : linears(input, modules.map((module) => this.weight(`${at}.${module}.weight`))); // biome-ignore format: one thought
    const before = this.streamNorm(x, null, `${at}.input_layernorm`);
    const [q, k, v] = each(before.normed, ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]);
    const [qNormed, kNormed] = [this.headNorm(q, `${at}.self_attn.q_norm`), this.headNorm(k, `${at}.self_attn.k_norm`)];
    const mixed = attend(layer, qNormed, kNormed, v);
    const after = this.streamNorm(before.stream, project(mixed, "self_attn.o_proj"), `${at}.post_attention_layernorm`);
    const [gate, up] = each(after.normed, ["mlp.gate_proj", "mlp.up_proj"]);
    const inner = swiGlu(gate, up);
    return residual(after.stream, project(inner, "mlp.down_proj"));
  }

  /** x times a module's matrix, plus its bias where the architecture has one and its adapter's part where it has an adapter. */
  private project(x: tf.Tensor2D, module: string, dropoutSeed: number | undefined): tf.Tensor2D {
    const bias = this.parameters.has(`${module}.bias`) ? this.vector(`${module}.bias`) : undefined;
    const y = linear(x, this.weight(`${module}.weight`), bias);
    return this.parameters.adapter?.add(y, x, module, dropoutSeed) ?? y;
  }

  /** Whether a module may be more than its matrix. */
  private isMore(module: string): boolean {
    return this.parameters.adapter !== null || this.parameters.has(`${module}.bias`);
  }

  /** RMSNorm of each head of x [N, heads · headDim], where the architecture has it. */
  private headNorm(x: tf.Tensor2D, module: string): tf.Tensor2D {
    return this.parameters.has(`${module}.weight`) ? this.norm(x, module) : x;
  }

  private norm(x: tf.Tensor2D, module: string): tf.Tensor2D {
    return rmsNorm(x, this.vector(`${module}.weight`), this.config.rmsNormEps);
  }

  /** The stream after an addition, if any, and its norm. */
  private streamNorm(x: tf.Tensor2D, addition: tf.Tensor2D | null, module: string): { stream: tf.Tensor2D; normed: tf.Tensor2D } {
    return streamNorm(x, addition, this.vector(`${module}.weight`), this.config.rmsNormEps);
  }

  private head(): tf.Tensor2D {
    return this.weight(this.config.tieWordEmbeddings ? embedding : "lm_head.weight");
  }

  private weight(name: string): tf.Tensor2D {
    return this.parameters.get(name) as unknown as tf.Tensor2D;
  }

  private vector(name: string): tf.Tensor1D {
    return this.parameters.get(name) as unknown as tf.Tensor1D;
  }

  /** RoPE tables of at least so many positions. */
  private rope(positions: number): { cos: tf.Tensor2D; sin: tf.Tensor2D } {
    const { maxPositionEmbeddings } = this.config;
    if (positions > maxPositionEmbeddings)
      throw new HeadstartError({
        code: "too-long",
        where: "model",
        message: `A row of ${positions} tokens is longer than the model's maxPositionEmbeddings, ${maxPositionEmbeddings}.`,
        hint: "Shorten prompts and responses, or raise maxPositionEmbeddings together with RoPE's theta or scaling.",
      });
    const has = this.ropeTable.cos.shape[0];
    if (positions > has) {
      tf.dispose(this.ropeTable);
      this.ropeTable = this.tableOf(Math.max(positions, 2 * has));
    }
    return this.ropeTable;
  }

  private tableOf(positions: number): { cos: tf.Tensor2D; sin: tf.Tensor2D } {
    const { maxPositionEmbeddings, headDim, ropeTheta, ropeScaling } = this.config;
    const { cos, sin } = ropeTable(Math.min(positions, maxPositionEmbeddings), headDim, ropeTheta, ropeScaling);
    return { cos: tf.keep(cos), sin: tf.keep(sin) };
  }

  dispose(): void {
    this.parameters.dispose();
    tf.dispose(this.ropeTable);
  }
}
