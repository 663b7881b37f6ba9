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

/** Milliseconds of each of the runs that fit in so many seconds. */
function timesOf(seconds: number, work: () => tf.Tensor): number[] {
  const begun = performance.now();
  const times: number[] = [];
  do {
    const start = performance.now();
    tf.tidy(() => work().dataSync());
    times.push(performance.now() - start);
  } while (performance.now() - begun < 1000 * seconds);
  return times;
}

/** Means over the turn, as a side's steps are: what else the machine did then slowed both. And the fastest, as of steps. */
function measure(seconds: number) {
  // One value is asked for: on CUDA that waits for the whole product.
  const products = timesOf(seconds / 2, () => tf.slice(tf.matMul(x, weight, false, true), [0, 0], [1, 1]));
  const reads = timesOf(seconds / 2, () => tf.sum(memory));
  const rates = (of: (times: number[]) => number) => ({
    gigaflops: (2 * tokens * weight.size) / 1e6 / of(products),
    gigabytes: bytes / 1e6 / of(reads),
  });
  const mean = (times: number[]) => times.reduce((sum, each) => sum + each, 0) / times.length;
  return { milliseconds: [mean(products), mean(reads)], rates: rates(mean), fastestRates: rates((times) => Math.min(...times)) };
}

const tell = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
tell({ ready: "TensorFlow", device: native.isUsingGpuDevice ? "cuda" : "cpu", parameters: 0, threads, firstStepSeconds: 0 });
createInterface({ input: process.stdin })
  .on("line", (line) => tell(measure((JSON.parse(line) as { seconds: number }).seconds)))
  .on("close", () => process.exit(0));
