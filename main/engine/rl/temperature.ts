// The sampling temperature of a start, found without training: entropy at several T on dev, and the T whose entropy comes
// nearest to the target (0.3 nats is the paper's line for a 7B model; our reading of its "temperature-adjusted entropy" is
// the mean over generated tokens of the entropy of softmax(logits / T)).
// Beside it stands the model's own band (analysis/informative-groups.ts).
import { bandOf, byProblem, informativeGroups } from "../../analysis/informative-groups.ts";
import type { SeedPart } from "../../analysis/random.ts";
import { mean } from "../../analysis/scores.ts";
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

/** Different texts among a problem's samples, as a share of them, averaged over problems. */
function distinctShare(samples: readonly Sample[]): number {
  return mean(byProblem(samples).map((group) => new Set(group.map(({ text }) => text)).size / group.length));
}
