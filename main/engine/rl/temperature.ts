// The sampling temperature of a start, found without training: entropy at several T on dev, and the T whose entropy comes
// nearest to the target (0.3 nats is the paper's line for a 7B model; our reading of its "temperature-adjusted entropy" is
// the mean over generated tokens of the entropy of softmax(logits / T)).
//
// Beside it stands the model's own band, which is ours: a group teaches something only when it holds right and wrong rollouts, so
// where the expected share of such groups is highest, within a standard error, is where RL has most to learn from.
import { passAtK } from "../../analysis/pass-at-k.ts";
import type { SeedPart } from "../../analysis/random.ts";
import type { Problem } from "../../contract/dataset.ts";
import type { EvalConfig, TemperatureConfig } from "../../contract/recipe.ts";
import type { Sample } from "../../contract/rollout.ts";
import type { TemperatureResult } from "../../contract/run.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { type EvaluationSummary, evaluate, evaluationProblems } from "../eval/evaluate.ts";
import type { Transformer } from "../model/transformer.ts";
import type { EnginePorts } from "../ports.ts";

export async function findTemperature(
  model: Transformer,
  tokenizer: Tokenizer,
  problems: Problem[],
  config: TemperatureConfig,
  maxResponseTokens: number,
  /** G of the stage that T is for; undefined: the informative share is not estimated. */
  groupSize: number | undefined,
  seed: SeedPart[],
  ports: EnginePorts,
): Promise<FoundTemperature> {
  const asked = evaluationProblems(problems, "dev", config.problems);
  const tried = config.fixed === null ? config.candidates.slice().sort((a, b) => a - b) : [config.fixed];
  const candidates: TemperatureResult["candidates"] = [];
  const measured: FoundTemperature["evaluation"][] = [];
  for (const [i, temperature] of tried.entries()) {
    await ports.progress(i, tried.length, `Sampling at T = ${temperature}`);
    const evalConfig: EvalConfig = { pool: "dev", problems: config.problems, samplesPerProblem: config.samplesPerProblem, temperature, topP: 1, maxResponseTokens }; // biome-ignore format: one record
    const { summary, samples } = await evaluate(model, tokenizer, asked, evalConfig, [...seed, "temperature", temperature], ports);
    const { entropy, passAt1, truncated, responseTokens } = summary;
    const groups = groupSize === undefined ? {} : informativeGroups(samples, groupSize);
    candidates.push({ temperature, entropy, reward: passAt1, truncated, responseTokens, distinct: distinctShare(samples), ...groups });
    measured.push({ config: evalConfig, summary, samples });
  }
  const distance = ({ entropy }: { entropy: number }) => Math.abs(entropy - config.targetEntropy);
  const best = candidates.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const result = { chosen: best.temperature, chosenEntropy: best.entropy, target: config.targetEntropy, fixed: config.fixed !== null, candidates, band: bandOf(candidates) }; // biome-ignore format: one record
  return { result, evaluation: measured[candidates.indexOf(best)] };
}

export interface FoundTemperature {
  result: TemperatureResult;
  /** What was sampled at the chosen T: the start as RL meets it. */
  evaluation: { config: EvalConfig; summary: EvaluationSummary; samples: Sample[] };
}

function byProblem(samples: readonly Sample[]): Sample[][] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) groups.set(sample.problemId, [...(groups.get(sample.problemId) ?? []), sample]);
  return [...groups.values()];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Different texts among a problem's samples, as a share of them, averaged over problems. */
function distinctShare(samples: readonly Sample[]): number {
  return mean(byProblem(samples).map((group) => new Set(group.map(({ text }) => text)).size / group.length));
}

/**
 * Expected share of groups of G that hold right and wrong rollouts, with its standard error over problems. From n ≥ G samples of a
 * problem, c of them right, without bias: 1 − C(c, G)/C(n, G) − C(n − c, G)/C(n, G) (pass@k twice). With fewer samples no unbiased
 * estimate exists; then the problems' chances are taken to follow a beta distribution with the samples' mean and variance (ours), whose
 * share is 1 − Π (a + i)/(a + b + i) − Π (b + i)/(a + b + i) over i < G, and the error is the jackknife's.
 */
export function informativeGroups(
  samples: readonly Sample[],
  groupSize: number,
): { informative: number; informativeError: number | undefined } {
  const counts = byProblem(samples).map((group) => ({ n: group.length, right: group.filter(({ reward }) => reward === 1).length }));
  if (counts.every(({ n }) => n >= groupSize)) {
    const shares = counts.map(({ n, right }) => passAtK(n, right, groupSize) + passAtK(n, n - right, groupSize) - 1);
    const informative = mean(shares);
    const variance = shares.reduce((sum, share) => sum + (share - informative) ** 2, 0) / (shares.length - 1);
    return { informative, informativeError: shares.length > 1 ? Math.sqrt(variance / shares.length) : undefined };
  }
  const informative = betaShare(counts, groupSize);
  if (counts.length < 3) return { informative, informativeError: undefined };
  const without = counts.map((_, i) => betaShare(counts.filter((_, j) => j !== i), groupSize)); // biome-ignore format: one thought
  const center = mean(without);
  const spread = without.reduce((sum, share) => sum + (share - center) ** 2, 0);
  return { informative, informativeError: Math.sqrt(((counts.length - 1) / counts.length) * spread) };
}

function betaShare(counts: readonly { n: number; right: number }[], groupSize: number): number {
  const m = mean(counts.map(({ n, right }) => right / n));
  const v = mean(counts.map(({ n, right }) => (n > 1 ? (right * (right - 1)) / (n * (n - 1)) : (right / n) ** 2))) - m * m;
  if (m <= 0 || m >= 1 || v >= m * (1 - m)) return 0; // all alike, or each problem solved always or never
  if (v <= 0) return 1 - m ** groupSize - (1 - m) ** groupSize; // one chance for all
  const k = (m * (1 - m)) / v - 1;
  const all = (a: number) => Array.from({ length: groupSize }, (_, i) => (a + i) / (k + i)).reduce((product, each) => product * each, 1);
  return 1 - all(m * k) - all((1 - m) * k);
}

/** Entropies of the candidates whose informative share is within a standard error of the best; null where it was not estimated. */
export function bandOf(candidates: TemperatureResult["candidates"]): { low: number; high: number } | null {
  const known = candidates.flatMap(({ entropy, informative, informativeError }) => (informative === undefined ? [] : [{ entropy, informative, error: informativeError ?? 0 }])); // biome-ignore format: one thought
  if (known.length < 2) return null; // one temperature is no band
  const best = known.reduce((a, b) => (b.informative > a.informative ? b : a));
  const within = known.filter(({ informative }) => informative >= best.informative - best.error).map(({ entropy }) => entropy);
  return { low: Math.min(...within), high: Math.max(...within) };
}
