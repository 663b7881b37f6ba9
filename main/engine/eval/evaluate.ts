// Evaluation: n samples a problem at the evaluation's own temperature and top-p, verified; mean reward (avg@n) with a
// standard error clustered by problem. Problems are taken in one fixed order, so that every checkpoint answers the same ones.
import { meanReward } from "../../analysis/intervals.ts";
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import { scoresOf } from "../../analysis/scores.ts";
import type { Problem } from "../../contract/dataset.ts";
import type { EvalConfig } from "../../contract/recipe.ts";
import type { Sample } from "../../contract/rollout.ts";
import { encodePrompt } from "../../tokenizer/chat.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { generate } from "../model/generate.ts";
import type { Transformer } from "../model/transformer.ts";
import type { EnginePorts } from "../ports.ts";
import { verifiedSample } from "../rl/rollouts.ts";

export interface EvaluationSummary {
  problems: number;
  samplesPerProblem: number;
  /** Mean reward over problems and samples, 0..1. */
  passAt1: number;
  standardError: number;
  truncated: number;
  responseTokens: number;
  /** Mean entropy over all generated tokens, nats. */
  entropy: number;
}

/** At most `limit` problems of a pool: the first of an order that depends on the ids alone, so sources keep their shares. */
export function evaluationProblems(problems: Problem[], pool: EvalConfig["pool"], limit: number | null): Problem[] {
  const inPool = problems.filter((problem) => problem.pool === pool).sort((a, b) => (a.id < b.id ? -1 : 1));
  return randomStream("evaluation-order")
    .shuffle(inPool)
    .slice(0, limit ?? inPool.length);
}

/** `seed` names the random streams: one per problem and sample. */
export async function evaluate(
  model: Transformer,
  tokenizer: Tokenizer,
  problems: Problem[],
  config: EvalConfig,
  seed: SeedPart[],
  ports: EnginePorts,
  onRound?: (done: number) => Promise<void>,
): Promise<{ summary: EvaluationSummary; samples: Sample[] }> {
  const generations = await generate(
    model,
    {
      prompts: problems.map(({ prompt }) => encodePrompt(tokenizer, prompt)),
      samplesPerPrompt: config.samplesPerProblem,
      maxNewTokens: config.maxResponseTokens,
      temperature: config.temperature,
      topP: config.topP,
      padId: tokenizer.padId,
      eosId: tokenizer.eosId,
      random: (p, s) => randomStream(...seed, problems[p].id, s),
      onRound,
    },
    ports,
  );
  const samples: Sample[] = [];
  for (const [p, problem] of problems.entries()) {
    for (const [s, generation] of generations[p].entries()) samples.push(await verifiedSample(problem, s, generation, tokenizer, ports));
  }
  return { summary: summarise(problems, samples), samples };
}

function summarise(problems: Problem[], samples: Sample[]): EvaluationSummary {
  const sources = new Map(problems.map(({ id, source }) => [id, source]));
  const scores = scoresOf(
    samples.map((sample) => ({ ...sample, source: sources.get(sample.problemId)! })),
    "evaluation",
  );
  const { value, standardError } = meanReward(scores);
  const tokens = samples.reduce((sum, sample) => sum + sample.tokens, 0);
  return {
    problems: problems.length,
    samplesPerProblem: scores.samplesPerProblem,
    passAt1: value,
    standardError,
    truncated: samples.filter(({ finishReason }) => finishReason === "length").length / samples.length,
    responseTokens: tokens / samples.length,
    entropy: samples.reduce((sum, sample) => sum + sample.meanEntropy * sample.tokens, 0) / tokens,
  };
}
