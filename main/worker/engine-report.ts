// What the native engine is and how fast it multiplies here, as the doctor tells it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { join } from "node:path";
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
    gpu: gpu ? (nvidiaGpus()[0] ?? "an NVIDIA GPU") : null,
    whyNoGpu: gpu ? null : whyNoGpu(),
    threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || os.cpus().length,
    fusedKernels: registeredFusedKernels(),
    matmulGflops: measure ? measureMatmul() : 0,
  };
}

/** Models as the driver names them; none without a driver. */
function nvidiaGpus(): string[] {
  const folder = "/proc/driver/nvidia/gpus";
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((gpu) => /^Model:\s*(.+)$/m.exec(readFileSync(join(folder, gpu, "information"), "utf8"))?.[1] ?? []);
}

function whyNoGpu(): string {
  const [found] = nvidiaGpus();
  if (!found) return "No NVIDIA driver is loaded on this machine.";
  return `There is an ${found}, but the engine is the CPU build or TensorFlow could not use it: npm start -- --engine cuda brings the CUDA build.`;
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
