// What a machine allows at most in generation: prompts at the rate of its matrix products, then each step at that rate or at the
// rate at which weights and the KV cache come from memory, whichever takes longer.
import type { GenerateCase } from "./cases.ts";

export interface Rates {
  /** Of a matrix product of the case's shape, 10⁹ floating-point operations a second. */
  gigaflops: number;
  /** Read from memory, 10⁹ bytes a second. */
  gigabytes: number;
}

const floatBytes = 4;

/** Seconds that the case takes at these rates. */
export function leastSeconds({ model, promptLengths, newTokens }: GenerateCase, { gigaflops, gigabytes }: Rates): number {
  const { hiddenSize: d, intermediateSize: inner, numHiddenLayers: layers, headDim, vocabSize } = model;
  const [queries, keys] = [model.numAttentionHeads * headDim, model.numKeyValueHeads * headDim];
  const blocks = layers * (d * (queries + 2 * keys) + queries * d + 3 * d * inner);
  const head = vocabSize * d;
  const rows = promptLengths.length;
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  /** A multiplication and an addition for each score and for each value mixed in. */
  const attention = (seen: number) => 4 * layers * queries * seen;
  const seenByPrompts = sum(promptLengths.map((length) => (length * (length + 1)) / 2));
  let seconds = (2 * blocks * sum(promptLengths) + 2 * head * rows + attention(seenByPrompts)) / (1e9 * gigaflops);
  // The prompts give each row its first token.
  for (let step = 1; step < newTokens; step++) {
    const seen = sum(promptLengths) + step * rows;
    const operations = 2 * (blocks + head) * rows + attention(seen);
    const bytes = floatBytes * (blocks + head + 2 * layers * keys * seen);
    seconds += Math.max(operations / (1e9 * gigaflops), bytes / (1e9 * gigabytes));
  }
  return seconds;
}
