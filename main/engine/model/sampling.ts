// One next token per row from logits, on the host: exact, seeded per row, so that neither the batch's composition nor the
// order of rows changes what is drawn.
import type { RandomStream } from "../../analysis/random.ts";

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

/** Row `row` of logits [B, V]. */
export function drawToken(logits: Float32Array, row: number, vocabSize: number, options: SamplingOptions, random: RandomStream): Draw {
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
  const id = options.temperature > 0 ? chooseFrom(mass, vocabSize, total, options.topP, random.uniform()) : best;
  return { id, logprob: logits[at + id] * scale - peak - logTotal, entropy };
}

/** Unnormalised masses → an index, by inversion; below topP = 1 only the nucleus takes part. */
function chooseFrom(mass: Float64Array, count: number, total: number, topP: number, uniform: number): number {
  if (topP >= 1) return invert(mass, count, uniform * total);
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => mass[b] - mass[a] || a - b);
  let kept = 0;
  let size = 0;
  while (size < count && kept < topP * total) kept += mass[order[size++]];
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
