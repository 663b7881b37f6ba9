// A next token from logits: exact, and drawn by a number of the row's own stream, so that neither the batch's composition nor the
// order of rows changes what is drawn. The fused kernel (main/native/sample.cc) leaves the logits where they are.
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "../kernels.ts";

export interface Draw {
  id: number;
  /** Log-prob of the drawn token at the sampling temperature, before top-p, nats. */
  logprob: number;
  /** Entropy of softmax(logits / T), before top-p, nats. */
  entropy: number;
}

export interface SamplingOptions {
  /** 0 is greedy: log-prob and entropy are then those at T = 1. */
  temperature: number;
  /** Nucleus: the smallest set of tokens whose probability reaches topP (Holtzman et al. 2020). */
  topP: number;
}

/** Logits [W, V]; draw i is from row rows[i], by uniforms[i] in [0, 1), which T = 0 does not look at. */
export function drawTokens(logits: tf.Tensor2D, rows: readonly number[], options: SamplingOptions, uniforms: readonly number[]): Draw[] {
  if (hasKernel("HeadstartSample")) return fused(logits, rows, options, uniforms);
  const values = logits.dataSync() as Float32Array;
  return rows.map((row, i) => drawToken(values, row, logits.shape[1], options, uniforms[i]));
}

function fused(logits: tf.Tensor2D, rows: readonly number[], { temperature, topP }: SamplingOptions, uniforms: readonly number[]): Draw[] {
  const values = tf.tidy(() => {
    // A double as the sum of two floats.
    const parts = Float32Array.from(uniforms.flatMap((uniform) => [uniform, uniform - Math.fround(uniform)]));
    const inputs = [logits, tf.tensor1d(rows as number[], "int32"), tf.tensor1d([temperature, topP]), tf.tensor2d(parts, [rows.length, 2])];
    return runKernel("HeadstartSample", inputs)[0].dataSync();
  });
  return rows.map((_, i) => ({ id: values[3 * i], logprob: values[3 * i + 1], entropy: values[3 * i + 2] }));
}

/** Row `row` of logits [B, V]. */
export function drawToken(logits: Float32Array, row: number, vocabSize: number, options: SamplingOptions, uniform: number): Draw {
  const scale = options.temperature > 0 ? 1 / options.temperature : 1;
  const at = row * vocabSize;
  let best = 0;
  for (let v = 1; v < vocabSize; v++) if (logits[at + v] > logits[at + best]) best = v;
  const peak = logits[at + best] * scale;
  let total = 0;
  let weighted = 0;
  const mass = scratch(vocabSize);
  for (let v = 0; v < vocabSize; v++) {
    const z = logits[at + v] * scale - peak;
    const e = Math.exp(z);
    mass[v] = e;
    total += e;
    weighted += e * z;
  }
  const logTotal = Math.log(total);
  const entropy = logTotal - weighted / total;
  const id = options.temperature > 0 ? chooseFrom(mass, vocabSize, total, options.topP, uniform) : best;
  return { id, logprob: logits[at + id] * scale - peak - logTotal, entropy };
}

/** Unnormalised masses → an index, by inversion; below topP = 1 only the nucleus takes part. */
function chooseFrom(mass: Float64Array, count: number, total: number, topP: number, uniform: number): number {
  if (topP >= 1) return invert(mass, count, uniform * total);
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => mass[b] - mass[a] || a - b);
  let kept = 0;
  let size = 0;
  do kept += mass[order[size++]];
  while (size < count && kept < topP * total);
  let left = uniform * kept;
  for (let i = 0; i < size; i++) {
    left -= mass[order[i]];
    if (left < 0) return order[i];
  }
  return order[size - 1];
}

function invert(mass: Float64Array, count: number, target: number): number {
  let left = target;
  let last = 0;
  for (let v = 0; v < count; v++) {
    if (mass[v] === 0) continue;
    left -= mass[v];
    last = v;
    if (left < 0) return v;
  }
  return last; // rounding left a crumb over
}

let buffer = new Float64Array(0);
function scratch(size: number): Float64Array {
  if (buffer.length < size) buffer = new Float64Array(size);
  return buffer;
}
