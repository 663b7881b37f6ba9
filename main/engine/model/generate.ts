// Batched sampling with a KV cache: each prompt is run once and its cache repeated for its samples; finished rows leave
// the batch, so the cost follows the rows still alive.
import type { RandomStream } from "../../analysis/random.ts";
import type { FinishReason } from "../../contract/rollout.ts";
import type { EnginePorts } from "../ports.ts";
import { KvCache } from "./kv-cache.ts";
import { drawToken, type SamplingOptions } from "./sampling.ts";
import type { Transformer } from "./transformer.ts";

export interface GenerateRequest extends SamplingOptions {
  prompts: number[][];
  samplesPerPrompt: number;
  maxNewTokens: number;
  padId: number;
  eosId: number;
  /** The stream that draws sample s of prompt p. */
  random(prompt: number, sample: number): RandomStream;
  /** Rows decoded at once; more wait for the next round. Bounds memory, changes no number that is drawn. */
  maxRows?: number;
  /** Told after each round how many prompts are done. */
  onRound?(done: number): Promise<void>;
}

export interface Generation {
  /** Generated tokens, EOS included. */
  ids: number[];
  /** Log-probs at the sampling temperature, nats. */
  logprobs: number[];
  /** Entropies at the sampling temperature, nats. */
  entropies: number[];
  finishReason: FinishReason;
}

/** Returns [prompt][sample]. */
export async function generate(model: Transformer, request: GenerateRequest, ports: Pick<EnginePorts, "yield">): Promise<Generation[][]> {
  const perRound = Math.max(1, Math.floor((request.maxRows ?? 512) / request.samplesPerPrompt));
  const results: Generation[][] = [];
  for (let first = 0; first < request.prompts.length; first += perRound) {
    results.push(...(await generateRound(model, request, first, Math.min(first + perRound, request.prompts.length), ports)));
    await request.onRound?.(results.length);
  }
  return results;
}

interface LiveRow {
  generation: Generation;
  random: RandomStream;
}

async function generateRound(
  model: Transformer,
  request: GenerateRequest,
  from: number,
  to: number,
  ports: Pick<EnginePorts, "yield">,
): Promise<Generation[][]> {
  const { samplesPerPrompt } = request;
  const { vocabSize } = model.config;
  const prompts = request.prompts.slice(from, to);
  const results = prompts.map(() =>
    Array.from({ length: samplesPerPrompt }, (): Generation => ({ ids: [], logprobs: [], entropies: [], finishReason: "length" })),
  );
  const { cache, logits: first } = KvCache.prefill(model, prompts, request.padId, request.maxNewTokens);
  try {
    let logits: Float32Array = new Float32Array(prompts.length * samplesPerPrompt * vocabSize);
    const promptLogits = first.dataSync() as Float32Array;
    first.dispose();
    let live: LiveRow[] = [];
    prompts.forEach((_, p) => {
      for (let s = 0; s < samplesPerPrompt; s++) {
        logits.set(promptLogits.subarray(p * vocabSize, (p + 1) * vocabSize), live.length * vocabSize);
        live.push({ generation: results[p][s], random: request.random(from + p, s) });
      }
    });
    if (samplesPerPrompt > 1) cache.select(Int32Array.from(live, (_, row) => Math.floor(row / samplesPerPrompt)));

    for (let step = 0; step < request.maxNewTokens; step++) {
      const next = new Int32Array(live.length);
      const alive: number[] = [];
      live.forEach(({ generation, random }, row) => {
        const draw = drawToken(logits, row, vocabSize, request, random);
        generation.ids.push(draw.id);
        generation.logprobs.push(draw.logprob);
        generation.entropies.push(draw.entropy);
        next[row] = draw.id;
        if (draw.id === request.eosId) generation.finishReason = "stop";
        else alive.push(row);
      });
      if (alive.length === 0 || step + 1 === request.maxNewTokens) break;
      if (alive.length < live.length) {
        cache.select(Int32Array.from(alive));
        live = alive.map((row) => live[row]);
      }
      const output = cache.decode(Int32Array.from(alive, (row) => next[row]));
      logits = output.dataSync() as Float32Array;
      output.dispose();
      await ports.yield();
    }
  } finally {
    cache.dispose();
  }
  return results;
}
