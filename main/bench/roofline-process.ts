// How fast this machine is at the two things generation is made of, measured in the same rounds as the sides of the comparison:
// the matrix product of the prompts with an MLP's weight, and reading more memory than caches hold. TensorFlow's own ops.
//     node roofline-process.ts CASE_JSON
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import { loadNative } from "../worker/native.ts";
import type { GenerateCase } from "./cases.ts";

const { model, promptLengths, threads } = JSON.parse(process.argv[2]) as GenerateCase & { threads: number };
const bytes = 2 ** 30;

const native = loadNative();
const tokens = promptLengths.reduce((a, b) => a + b, 0);
const x = tf.randomUniform([tokens, model.hiddenSize]) as tf.Tensor2D;
const weight = tf.randomUniform([model.intermediateSize, model.hiddenSize]) as tf.Tensor2D;
const memory = tf.fill([bytes / 4], 1);

/** Milliseconds of the fastest of the runs that fit in so many seconds. */
function fastest(seconds: number, work: () => tf.Tensor): number {
  const begun = performance.now();
  let best = Number.POSITIVE_INFINITY;
  do {
    const start = performance.now();
    tf.tidy(() => work().dataSync());
    best = Math.min(best, performance.now() - start);
  } while (performance.now() - begun < 1000 * seconds);
  return best;
}

function measure(seconds: number) {
  // One value is asked for: on CUDA that waits for the whole product.
  const product = fastest(seconds / 2, () => tf.slice(tf.matMul(x, weight, false, true), [0, 0], [1, 1]));
  const read = fastest(seconds / 2, () => tf.sum(memory));
  return {
    milliseconds: [product, read],
    rates: { gigaflops: (2 * tokens * weight.size) / 1e6 / product, gigabytes: bytes / 1e6 / read },
  };
}

const tell = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
tell({ ready: "TensorFlow", device: native.isUsingGpuDevice ? "cuda" : "cpu", parameters: 0, threads, firstStepSeconds: 0 });
createInterface({ input: process.stdin })
  .on("line", (line) => tell(measure((JSON.parse(line) as { seconds: number }).seconds)))
  .on("close", () => process.exit(0));
