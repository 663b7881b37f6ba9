// The update(s) of a step: rollouts laid out in packed rows, worked through in micro-batches, gradients added up so that
// they equal the single batch's, one AdamW step per mini-batch.
import * as tf from "@tensorflow/tfjs-core";
import { tokenWeights } from "../../analysis/advantages.ts";
import type { RlConfig } from "../../contract/recipe.ts";
import { accumulateGradients } from "../gradients.ts";
import { rowsPerUpdate } from "../memory-plan.ts";
import type { Transformer } from "../model/transformer.ts";
import type { AdamW } from "../optim/adamw.ts";
import { assignRows, layOut, type TrainingExample, type TrainingRows } from "../sft/batches.ts";
import { trainedLogprobs } from "../sft/sft-loss.ts";
import { policyLoss } from "./policy-loss.ts";
import type { Batch } from "./train-grpo.ts";

export interface PolicyUpdate {
  model: Transformer;
  /** The start, for KL; null without it. */
  reference: Transformer | null;
  optimizer: AdamW;
  config: RlConfig;
  temperature: number;
  rate: number;
  padId: number;
}

export interface UpdateMetrics {
  policyLoss: number;
  gradNorm: number;
  logprobMismatch: number;
  clipped?: number;
  kl?: number;
}

interface Response extends TrainingExample {
  advantage: number;
  inLoss: boolean;
  /** As sampled, for the audit against the training forward. */
  sampledLogprobs: number[];
}

export function updatePolicy(update: PolicyUpdate, batch: Batch): UpdateMetrics {
  const { config } = update;
  const groups = batch.groups.map((group, g): Response[] =>
    group.generations.map((generation, i) => ({
      ids: [...group.promptIds, ...generation.ids],
      promptLength: group.promptIds.length,
      advantage: batch.advantages[g].advantages[i],
      inLoss: batch.advantages[g].inLoss[i],
      sampledLogprobs: generation.logprobs,
    })),
  );
  const bound = (i: number) => Math.round((i * groups.length) / config.updatesPerBatch);
  const miniBatches = Array.from({ length: config.updatesPerBatch }, (_, i) => groups.slice(bound(i), bound(i + 1)).flat());
  // With several updates a batch the ratio is to the policy that sampled, as the training forward sees it.
  const old = config.updatesPerBatch > 1 ? miniBatches.map((responses) => currentLogprobs(update.model, update, responses)) : null;
  const results = miniBatches.map((responses, i) => updateOnce(update, responses, old?.[i] ?? null));
  const mean = (pick: (m: UpdateMetrics) => number) => results.reduce((sum, m) => sum + pick(m), 0) / results.length;
  return {
    policyLoss: mean((m) => m.policyLoss),
    gradNorm: mean((m) => m.gradNorm),
    logprobMismatch: results[0].logprobMismatch, // later ones compare with a policy that has moved
    ...(old ? { clipped: mean((m) => m.clipped!) } : {}),
    ...(update.reference ? { kl: mean((m) => m.kl!) } : {}),
  };
}

/** Rows of a mini-batch, cut into micro-batches; responses out of the loss are left out. */
function microBatchRows(model: Transformer, responses: Response[], padId: number): TrainingRows[] {
  const used = responses.flatMap((response, i) => (response.inLoss ? [i] : []));
  const longest = Math.max(0, ...used.map((i) => responses[i].ids.length));
  const rows = assignRows(
    used.map((i) => responses[i].ids.length),
    longest,
    true,
  ).map((row) => row.map((i) => used[i]));
  const perMicroBatch = rowsPerUpdate(model.config, longest);
  return Array.from({ length: Math.ceil(rows.length / perMicroBatch) }, (_, i) =>
    layOut(responses, rows.slice(i * perMicroBatch, (i + 1) * perMicroBatch), padId),
  );
}

/** Log-probs of each response's tokens under a model, [response][token]. */
function currentLogprobs(model: Transformer, { temperature, padId }: PolicyUpdate, responses: Response[]): number[][] {
  const result: number[][] = responses.map(() => []);
  for (const rows of microBatchRows(model, responses, padId)) {
    const values = tf.tidy(() => trainedLogprobs(model, rows, temperature).logprobs.dataSync());
    rows.example.forEach((i, n) => {
      result[i].push(values[n]);
    });
  }
  return result;
}

function updateOnce(update: PolicyUpdate, responses: Response[], old: number[][] | null): UpdateMetrics {
  const { model, reference, optimizer, config, temperature, padId } = update;
  // Nothing to learn from: AdamW's momentum alone must not move the policy.
  if (!responses.some(({ inLoss }) => inLoss)) return { policyLoss: 0, gradNorm: 0, logprobMismatch: 0, clipped: 0, kl: 0 };
  const weights = tokenWeights(
    responses.map(({ ids, promptLength }) => ids.length - promptLength),
    responses.map(({ inLoss }) => inLoss),
    config.aggregation,
  );
  const referenceLogprobs = reference && currentLogprobs(reference, update, responses);
  let mismatch = 0;
  let clipped = 0;
  let trainedTokens = 0;
  let kl = 0;
  const losses = microBatchRows(model, responses, padId).map((rows) => () => {
    const { logprobs } = trainedLogprobs(model, rows, temperature);
    const perToken = tokenReader(rows);
    const sampled = perToken(responses.map((r) => r.sampledLogprobs));
    logprobs.dataSync().forEach((value, n) => {
      mismatch = Math.max(mismatch, Math.abs(value - sampled[n]));
    });
    const { loss, ...parts } = policyLoss(
      logprobs,
      {
        advantages: Float32Array.from(rows.example, (i) => responses[i].advantage),
        weights: Float32Array.from(rows.example, (i) => weights[i]),
        oldLogprobs: old && perToken(old),
        referenceLogprobs: referenceLogprobs && perToken(referenceLogprobs),
      },
      config,
    );
    clipped += parts.clipped.dataSync()[0];
    trainedTokens += rows.targets.length;
    kl += parts.kl.dataSync()[0];
    return loss;
  });
  const { loss, gradients } = accumulateGradients(model.parameters, losses);
  const gradNorm = optimizer.apply(gradients, update.rate);
  return { policyLoss: loss, gradNorm, logprobMismatch: mismatch, clipped: clipped / trainedTokens, kl };
}

/** Lays values by [response][token] out in the order of the rows' trained tokens. */
function tokenReader(rows: TrainingRows): (values: number[][]) => Float32Array {
  return (values) => {
    const next = new Map<number, number>();
    return Float32Array.from(rows.example, (i) => {
      const t = next.get(i) ?? 0;
      next.set(i, t + 1);
      return values[i][t];
    });
  };
}
