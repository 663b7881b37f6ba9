// Rotary position embedding (Su et al. 2021), Hugging Face's half-split convention: the first half of a head is paired
// with the second half, angle = position · frequency, frequency i = theta^(−2i / headDim), stretched for long contexts as the
// config says (transformers' modeling_rope_utils). Frequencies and angles are rounded to float32 as they are in transformers:
// at position 4,000 an exact angle would be off by 2e-4 from the one that the model was trained with.
import * as tf from "@tensorflow/tfjs-core";
import type { RopeScaling } from "../../contract/recipe.ts";

const { fround } = Math;

/** Angle a position, [headDim / 2], and what cosines and sines are multiplied by (yarn's attention factor; else 1). */
export function ropeFrequencies(
  headDim: number,
  theta: number,
  scaling: RopeScaling | null,
): { frequencies: Float32Array; attentionFactor: number } {
  const powers = Float32Array.from({ length: headDim / 2 }, (_, i) => theta ** fround((2 * i) / headDim));
  const plain = powers.map((power) => 1 / power);
  switch (scaling?.type) {
    case undefined:
      return { frequencies: plain, attentionFactor: 1 };
    case "linear":
      return { frequencies: plain.map((f) => f / scaling.factor), attentionFactor: 1 };
    case "llama3":
      return { frequencies: plain.map((f) => llama3Frequency(f, scaling)), attentionFactor: 1 };
    case "yarn":
      return {
        frequencies: yarnFrequencies(powers, theta, scaling),
        attentionFactor: scaling.attentionFactor ?? yarnFactor(scaling.factor),
      };
  }
}

/** Llama 3.1: waves shorter than a bound stay, longer ones are stretched by the factor, those between are blended. */
function llama3Frequency(frequency: number, scaling: RopeScaling & { type: "llama3" }): number {
  const { factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings: original } = scaling;
  const wave = fround((2 * Math.PI) / frequency);
  if (wave < original / highFreqFactor) return frequency;
  if (wave > original / lowFreqFactor) return frequency / factor;
  const smooth = (original / wave - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/** YaRN (Peng et al. 2023): what turns often within the original context stays, what turns seldom is stretched, with a ramp between. */
function yarnFrequencies(powers: Float32Array, theta: number, scaling: RopeScaling & { type: "yarn" }): Float32Array {
  const { factor, originalMaxPositionEmbeddings: original, betaFast, betaSlow } = scaling;
  const headDim = 2 * powers.length;
  // The pair that makes so many turns within the original context.
  const pairOf = (turns: number) => (headDim * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const low = Math.max(Math.floor(pairOf(betaFast)), 0);
  const high = Math.min(Math.ceil(pairOf(betaSlow)), headDim - 1);
  return powers.map((power, i) => {
    const ramp = Math.min(Math.max((i - low) / (low === high ? 0.001 : high - low), 0), 1);
    return fround((1 / fround(factor * power)) * ramp) + fround((1 / power) * (1 - ramp));
  });
}

function yarnFactor(factor: number): number {
  return 0.1 * Math.log(factor) + 1;
}

/** Cosines and sines of the first `positions` positions, each [positions, headDim / 2]. */
export function ropeTable(
  positions: number,
  headDim: number,
  theta: number,
  scaling: RopeScaling | null = null,
): { cos: tf.Tensor2D; sin: tf.Tensor2D } {
  const { frequencies, attentionFactor } = ropeFrequencies(headDim, theta, scaling);
  const half = headDim / 2;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = fround(position * frequencies[i]);
      cos[position * half + i] = Math.cos(angle) * attentionFactor;
      sin[position * half + i] = Math.sin(angle) * attentionFactor;
    }
  }
  return { cos: tf.tensor2d(cos, [positions, half]), sin: tf.tensor2d(sin, [positions, half]) };
}

/** x [B, H, T, headDim]; cos, sin [B, 1, T, headDim / 2] of each token's position → the rotated x. */
export function rope(x: tf.Tensor4D, cos: tf.Tensor, sin: tf.Tensor): tf.Tensor4D {
  return tf.tidy(() => {
    const [first, second] = tf.split(x, 2, -1);
    return tf.concat([tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))], -1) as tf.Tensor4D;
  });
}
