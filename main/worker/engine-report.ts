// What the native engine is and how fast it multiplies here, as the doctor tells it.
import { createRequire } from "node:module";
import os from "node:os";
import * as tf from "@tensorflow/tfjs-core";
import type { DoctorReport } from "../contract/doctor.ts";
import { loadNative, registeredFusedKernels } from "./native.ts";

export function describeEngine(measure: boolean): DoctorReport["engine"] {
  const backend = loadNative();
  const gpu = backend.isUsingGpuDevice;
  return {
    backend: gpu ? "cuda" : "cpu",
    tensorflow: backend.binding.TF_Version,
    tfjs: createRequire(import.meta.url)("@tensorflow/tfjs-core/package.json").version,
    gpu: gpu ? "NVIDIA GPU in use" : null,
    whyNoGpu: gpu ? null : "The engine is the CPU build, or TensorFlow found no usable NVIDIA GPU.",
    threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || os.cpus().length,
    fusedKernels: registeredFusedKernels(),
    matmulGflops: measure ? measureMatmul() : 0,
  };
}

/** Best of ten products of 1024 × 1024 matrices, GFLOP/s. */
function measureMatmul(): number {
  const size = 1024;
  const matrix = tf.fill([size, size], 0.5);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 12; i++) {
    const begin = performance.now();
    const product = tf.matMul(matrix, matrix);
    const corner = tf.slice(product, [0, 0], [1, 1]);
    corner.dataSync(); // waits for the device
    const seconds = (performance.now() - begin) / 1000;
    if (i >= 2) best = Math.min(best, seconds); // the first ones warm up
    tf.dispose([product, corner]);
  }
  matrix.dispose();
  return (2 * size ** 3) / best / 1e9;
}
