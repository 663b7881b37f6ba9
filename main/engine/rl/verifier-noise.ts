// A verifier that is wrong at known rates (AceReason-Nemotron 1.0, Fig. 5): right rollouts that go unrewarded, wrong ones that are
// rewarded. Verdicts stay what they are; only rewards change, and only those that RL learns from. What was cut, unreadable or failed
// states no answer that a weak test could let pass, so it is never rewarded.
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import type { VerifierNoise } from "../../contract/recipe.ts";
import type { Sample } from "../../contract/rollout.ts";

/** One draw a rollout, from a stream named by `seed`, its problem and its index, so that no flip depends on another. */
export function withNoise(sample: Sample, noise: VerifierNoise, seed: SeedPart[]): Sample {
  const draw = randomStream(...seed, "verifier-noise", sample.problemId, sample.sampleIndex).uniform();
  if (sample.verdict === "right" && draw < noise.falseNegative)
    return { ...sample, reward: 0, reason: `${sample.reason}; not rewarded: injected false negative` };
  if (sample.verdict === "wrong" && draw < noise.falsePositive)
    return { ...sample, reward: 1, reason: `${sample.reason}; rewarded: injected false positive` };
  return sample;
}
