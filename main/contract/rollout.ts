// A rollout: one sampled response with what became of it. Evaluation samples have the same shape, without an advantage.
import { z } from "zod";

/** Five marks, the same everywhere. Truncated and unparseable are counted apart from wrong. */
export const verdict = z.enum(["right", "wrong", "truncated", "unparseable", "error"]);
export type Verdict = z.infer<typeof verdict>;

export const finishReason = z.enum(["stop", "length"]);
export type FinishReason = z.infer<typeof finishReason>;

/** What a verifier says of one response. A bad response is data, never an exception. */
export const verification = z.object({
  reward: z.number().meta({ description: "1 right, 0 otherwise; no format reward, no length penalty" }),
  verdict,
  reason: z.string().meta({ description: "Why, in a few words: equal by value, unequal: 71 is not 72, no # answer" }),
});
export type Verification = z.infer<typeof verification>;

export const sample = verification.extend({
  problemId: z.string(),
  sampleIndex: z.number().int().meta({ description: "0-based within its problem (its group, in RL)" }),
  text: z.string().meta({ description: "The response, without special tokens" }),
  tokens: z.number().int().meta({ description: "Generated tokens, EOS included", unit: "tokens" }),
  finishReason,
  meanLogprob: z.number().meta({ description: "Mean log-prob of the generated tokens at the sampling temperature", unit: "nats" }),
  meanEntropy: z.number().meta({ description: "Mean entropy at the sampling temperature", unit: "nats" }),
});
export type Sample = z.infer<typeof sample>;

export const rollout = sample.extend({
  advantage: z.number().meta({ description: "Group-normalised reward" }),
  inLoss: z.boolean().meta({ description: "False when over-long filtering or dynamic sampling took it out of the loss" }),
  policyStep: z.number().int().meta({ description: "RL steps the policy had been trained for when it sampled this" }),
});
export type Rollout = z.infer<typeof rollout>;

/** Token arrays of one rollout batch, concatenated in rollout order; stored in the append-only files. */
export interface TokenArrays {
  ids: Int32Array;
  logprobs: Float32Array;
  entropies: Float32Array;
  /** Generated tokens of each rollout, in order; sums to ids.length. */
  lengths: Int32Array;
}
