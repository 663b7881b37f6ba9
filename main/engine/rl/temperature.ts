// The sampling temperature of a start, found without training: entropy at several T on dev, and the T whose entropy comes
// nearest to the target (0.3 nats is the paper's line for a 7B model; our reading of its "temperature-adjusted entropy" is
// the mean over generated tokens of the entropy of softmax(logits / T)).
import type { SeedPart } from "../../analysis/random.ts";
import type { Problem } from "../../contract/dataset.ts";
import type { TemperatureConfig } from "../../contract/recipe.ts";
import type { TemperatureResult } from "../../contract/run.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { evaluate, evaluationProblems } from "../eval/evaluate.ts";
import type { Transformer } from "../model/transformer.ts";
import type { EnginePorts } from "../ports.ts";

export async function findTemperature(
  model: Transformer,
  tokenizer: Tokenizer,
  problems: Problem[],
  config: TemperatureConfig,
  maxResponseTokens: number,
  seed: SeedPart[],
  ports: EnginePorts,
): Promise<TemperatureResult> {
  const asked = evaluationProblems(problems, "dev", config.problems);
  const tried = config.fixed === null ? config.candidates.slice().sort((a, b) => a - b) : [config.fixed];
  const candidates: TemperatureResult["candidates"] = [];
  for (const [i, temperature] of tried.entries()) {
    await ports.progress(i, tried.length, `Sampling at T = ${temperature}`);
    const { summary } = await evaluate(
      model,
      tokenizer,
      asked,
      { pool: "dev", problems: null, samplesPerProblem: config.samplesPerProblem, temperature, topP: 1, maxResponseTokens },
      [...seed, "temperature", temperature],
      ports,
    );
    const { entropy, passAt1, truncated, responseTokens } = summary;
    candidates.push({ temperature, entropy, reward: passAt1, truncated, responseTokens });
  }
  const distance = ({ entropy }: { entropy: number }) => Math.abs(entropy - config.targetEntropy);
  const best = candidates.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  return { chosen: best.temperature, chosenEntropy: best.entropy, target: config.targetEntropy, fixed: config.fixed !== null, candidates };
}
