// Rotary position embedding (Su et al. 2021), Hugging Face's half-split convention: the first half of a head is paired
// with the second half, angle = position · theta^(-2i / headDim).
import * as tf from "@tensorflow/tfjs-core";

/** Cosines and sines for every position, each [maxPositions, headDim / 2]. */
export function ropeTable(maxPositions: number, headDim: number, theta: number): { cos: tf.Tensor2D; sin: tf.Tensor2D } {
  const half = headDim / 2;
  const cos = new Float32Array(maxPositions * half);
  const sin = new Float32Array(maxPositions * half);
  for (let position = 0; position < maxPositions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * theta ** ((-2 * i) / headDim);
      cos[position * half + i] = Math.cos(angle);
      sin[position * half + i] = Math.sin(angle);
    }
  }
  return { cos: tf.tensor2d(cos, [maxPositions, half]), sin: tf.tensor2d(sin, [maxPositions, half]) };
}

/** x [B, H, T, headDim]; cos, sin [B, 1, T, headDim / 2] of each token's position → the rotated x. */
export function rope(x: tf.Tensor4D, cos: tf.Tensor, sin: tf.Tensor): tf.Tensor4D {
  return tf.tidy(() => {
    const [first, second] = tf.split(x, 2, -1);
    return tf.concat([tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))], -1) as tf.Tensor4D;
  });
}
