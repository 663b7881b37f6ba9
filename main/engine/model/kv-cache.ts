// Keys and values of the tokens so far, in pages that rows own or share, so that a new token costs one token and rows come and go
// without a copy. One call takes new tokens of many rows, whole prompts beside single tokens, through the model: in one fused
// op (main/native/cached_forward.cc), or through the transformer with a cache of stock ops.
import * as tf from "@tensorflow/tfjs-core";
import { loraModules } from "../../contract/lora.ts";
import { parameterShapes } from "../../contract/parameter-shapes.ts";
import { hasKernel, runKernel } from "../kernels.ts";
import { attention, mergeHeads, splitHeads } from "../ops/causal-attention.ts";
import { rope } from "../ops/rope.ts";
import { pageTokens, valueWidth } from "./pages.ts";
import type { Attend, Transformer } from "./transformer.ts";

/** New tokens of one row. */
export interface Run {
  /** Where the row's keys and values are, in order; pages for the new tokens included. */
  pages: readonly number[];
  /** Tokens of the row that are in its pages already. */
  start: number;
  ids: readonly number[];
  /** Whether the logits after its last token are asked for. */
  logits: boolean;
}

/** What is in one page is put into another, before anything is written: [from, to]. */
export type PageCopy = [number, number];

export interface KvCache {
  /** Keys and values of the new tokens are added to the cache. Returns the logits asked for, [R, vocabSize]. */
  forward(runs: readonly Run[], copies?: readonly PageCopy[]): tf.Tensor2D;
  dispose(): void;
}

/** A cache of `pages` pages. It holds what the weights are now. */
export function openCache(model: Transformer, pages: number): KvCache {
  return hasKernel("HeadstartCachedForward") ? new FusedCache(model, pages) : new CompositeCache(model, pages);
}

const longest = (runs: readonly Run[]) => Math.max(...runs.map(({ start, ids }) => start + ids.length));

class FusedCache implements KvCache {
  private readonly model: Transformer;
  private readonly weights: tf.Tensor[];
  /** Of an adapter merged into its matrices. */
  private readonly merged: tf.Tensor[];
  private readonly keys: tf.Tensor;
  private readonly values: tf.Tensor;

  constructor(model: Transformer, pages: number) {
    const { numHiddenLayers, numKeyValueHeads, headDim, tieWordEmbeddings } = model.config;
    this.model = model;
    const merged = mergedMatrices(model);
    this.merged = [...merged.values()];
    const weight = (name: string) => merged.get(name) ?? model.parameters.get(name);
    const [embedding, ...others] = parameterShapes(model.config).map(({ name }) => name);
    const layers = others.filter((name) => name.startsWith("model.layers."));
    this.weights = [embedding, tieWordEmbeddings ? embedding : "lm_head.weight", "model.norm.weight", ...layers].map(weight);
    const memory = (...shape: number[]) => tf.tidy(() => runKernel("HeadstartCacheMemory", [tf.tensor1d(shape, "int32")])[0]);
    this.keys = memory(numHiddenLayers, pages, numKeyValueHeads, headDim, pageTokens);
    this.values = memory(numHiddenLayers, pages, numKeyValueHeads, pageTokens, valueWidth(headDim));
  }

  forward(runs: readonly Run[], copies: readonly PageCopy[] = []): tf.Tensor2D {
    return tf.tidy(() => {
      const width = Math.max(...runs.map(({ pages }) => pages.length));
      const pages = new Int32Array(runs.length * width);
      for (const [r, run] of runs.entries()) pages.set(run.pages, r * width);
      const inputs = [
        tf.tensor1d(Int32Array.from(runs.flatMap(({ ids }) => ids)), "int32"),
        tf.tensor2d(
          Int32Array.from(runs.flatMap(({ start, ids, logits }) => [start, ids.length, Number(logits)])),
          [runs.length, 3],
          "int32",
        ),
        tf.tensor2d(pages, [runs.length, width], "int32"),
        tf.tensor2d(Int32Array.from(copies.flat()), [copies.length, 2], "int32"),
      ];
      const { ropeCos, ropeSin } = this.model.layout(1, 1, new Int32Array(1), longest(runs));
      const attributes = { eps: this.model.config.rmsNormEps, N: this.weights.length };
      const all = [...inputs, this.keys, this.values, ropeCos, ropeSin, ...this.weights];
      return runKernel("HeadstartCachedForward", all, attributes)[0] as tf.Tensor2D;
    });
  }

  dispose(): void {
    tf.dispose([this.keys, this.values, ...this.merged]);
  }
}

/** Matrices that have an adapter, with it added. */
function mergedMatrices({ config, parameters }: Transformer): Map<string, tf.Tensor> {
  const { adapter } = parameters;
  const modules = adapter ? loraModules(config, adapter.config) : [];
  return new Map(
    modules.map(({ module }) => {
      const name = `${module}.weight`;
      return [name, tf.tidy(() => tf.add(parameters.get(name), adapter!.delta(module)!))];
    }),
  );
}

/** Stock ops: each layer's keys and values are [pages · pageTokens, Hkv, headDim], written by scatter and read by gather. */
class CompositeCache implements KvCache {
  private readonly model: Transformer;
  private layers: [tf.Tensor3D, tf.Tensor3D][];

  constructor(model: Transformer, pages: number) {
    const { numHiddenLayers, numKeyValueHeads, headDim } = model.config;
    const empty = () => tf.fill([pages * pageTokens, numKeyValueHeads, headDim], 0) as tf.Tensor3D;
    this.model = model;
    this.layers = Array.from({ length: numHiddenLayers }, () => [empty(), empty()]);
  }

  forward(runs: readonly Run[], copies: readonly PageCopy[] = []): tf.Tensor2D {
    if (copies.length > 0) this.copy(copies);
    // Prompts apart from single tokens: attention pads the rows of a call to the longest.
    const groups = [runs.filter(({ ids }) => ids.length === 1), runs.filter(({ ids }) => ids.length > 1)].filter(
      ({ length }) => length > 0,
    );
    const logits = groups.map((group) => this.forwardGroup(group));
    const order = groups.flat().filter((run) => run.logits);
    const back = runs.filter((run) => run.logits).map((run) => order.indexOf(run));
    return tf.tidy(() => {
      const all = logits.length === 1 ? logits[0] : tf.concat(logits);
      const result = tf.gather(all, tf.tensor1d(back, "int32"));
      tf.dispose(logits);
      return result as tf.Tensor2D;
    });
  }

  dispose(): void {
    tf.dispose(this.layers);
  }

  private forwardGroup(runs: readonly Run[]): tf.Tensor2D {
    return tf.tidy(() => {
      const hidden = this.model.blocks(Int32Array.from(runs.flatMap(({ ids }) => ids)), this.attend(runs));
      const last: number[] = [];
      let first = 0;
      for (const run of runs) {
        first += run.ids.length;
        if (run.logits) last.push(first - 1);
      }
      return this.model.logits(tf.gather(hidden, tf.tensor1d(last, "int32")));
    });
  }

  private attend(runs: readonly Run[]): Attend {
    const { heads, kvHeads, headDim, ropeCos, ropeSin } = this.model.layout(1, 1, new Int32Array(1), longest(runs));
    const [count, keys] = [Math.max(...runs.map(({ ids }) => ids.length)), longest(runs)];
    const slotOf = (run: Run, position: number) => run.pages[Math.floor(position / pageTokens)] * pageTokens + (position % pageTokens);
    // Of each new token, flat: its position and its place. Of each row, padded: its tokens among the flat ones, and all places it has.
    const positions: number[] = [];
    const slots: number[] = [];
    const padded = new Int32Array(runs.length * count);
    const places = new Int32Array(runs.length * keys);
    const flat: number[] = [];
    runs.forEach((run, r) => {
      for (let t = 0; t < run.ids.length; t++) {
        padded[r * count + t] = positions.length;
        flat.push(r * count + t);
        slots.push(slotOf(run, run.start + t));
        positions.push(run.start + t);
      }
      for (let j = 0; j < run.start + run.ids.length; j++) places[r * keys + j] = slotOf(run, j);
    });
    const starts = tf.tensor(Int32Array.from(runs, ({ start }) => start), [runs.length, 1, 1], "int32"); // biome-ignore format: one thought
    const seen = tf.lessEqual(tf.range(0, keys, 1, "int32"), tf.add(starts, tf.reshape(tf.range(0, count, 1, "int32"), [1, count, 1])));
    const mask = tf.reshape(tf.mul(tf.sub(tf.cast(seen, "float32"), 1), 1e9), [runs.length, 1, count, keys]) as tf.Tensor4D;
    const at = tf.tensor1d(positions, "int32");
    const [cos, sin] = [ropeCos, ropeSin].map((table) => tf.reshape(tf.gather(table, at), [1, 1, positions.length, headDim / 2]));
    const rotated = (x: tf.Tensor2D, headCount: number) => mergeHeads(rope(splitHeads(x, 1, positions.length, headCount), cos, sin));
    const into = tf.tensor2d(slots, [slots.length, 1], "int32");
    const from = tf.tensor1d(places, "int32");
    const read = (pool: tf.Tensor3D) =>
      tf.transpose(tf.reshape(tf.gather(pool, from), [runs.length, keys, kvHeads, headDim]), [0, 2, 1, 3]);
    const write = (pool: tf.Tensor3D, x: tf.Tensor2D) =>
      tf.keep(tf.tensorScatterUpdate(pool, into, tf.reshape(x, [slots.length, kvHeads, headDim]))) as tf.Tensor3D;
    return (layer, q, k, v) => {
      const before = this.layers[layer];
      const [newKeys, newValues] = [write(before[0], rotated(k, kvHeads)), write(before[1], v)];
      tf.dispose(before);
      this.layers[layer] = [newKeys, newValues];
      const rows = splitHeads(tf.gather(rotated(q, heads), tf.tensor1d(padded, "int32")) as tf.Tensor2D, runs.length, count, heads);
      const mixed = attention(rows, read(newKeys) as tf.Tensor4D, read(newValues) as tf.Tensor4D, mask);
      return tf.gather(mergeHeads(mixed), tf.tensor1d(flat, "int32")) as tf.Tensor2D;
    };
  }

  private copy(copies: readonly PageCopy[]): void {
    const slots = (side: 0 | 1) => copies.flatMap((pair) => Array.from({ length: pageTokens }, (_, i) => pair[side] * pageTokens + i));
    this.layers = this.layers.map((pools) => {
      const copied = tf.tidy(() => {
        const from = tf.tensor1d(slots(0), "int32");
        const to = tf.tensor2d(slots(1), [from.size, 1], "int32");
        return pools.map((pool) => tf.tensorScatterUpdate(pool, to, tf.gather(pool, from)) as tf.Tensor3D) as [tf.Tensor3D, tf.Tensor3D];
      });
      tf.dispose(pools);
      return copied;
    });
  }
}
