// Evaluation: n samples a problem at the evaluation's own temperature and top-p, verified; mean reward (avg@n) with a
// standard error clustered by problem. Problems are taken in one fixed order, so that every checkpoint answers the same ones.
import { meanReward } from "../../analysis/intervals.ts";
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import { scoresOf } from "../../analysis/scores.ts";
import type { Problem } from "../../contract/dataset.ts";
import type { EvalConfig } from "../../contract/recipe.ts";
import { type Sample, type Verdict, verdict } from "../../contract/rollout.ts";
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
  /** Ends of its 95 % interval. */
  low: number;
  high: number;
  /** Samples by verdict. */
  verdicts: Record<Verdict, number>;
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

export interface EvaluateOptions {
  /** Samples of these problems that are there already: none is drawn again. */
  known?: Sample[];
  /** Told of new samples as they finish; then they are not among those returned as new. */
  onSamples?(samples: Sample[], done: number): Promise<void>;
}

/** Samples that finish before `onSamples` is told of them: a crash loses no more than these. */
const samplesAtOnce = 32;

/** `seed` names the random streams: one per problem and sample, so a sample does not depend on which others are drawn. */
export async function evaluate(
  model: Transformer,
  tokenizer: Tokenizer,
  problems: Problem[],
  config: EvalConfig,
  seed: SeedPart[],
  ports: Pick<EnginePorts, "yield" | "verify">,
  { known = [], onSamples }: EvaluateOptions = {},
): Promise<{ summary: EvaluationSummary; samples: Sample[] }> {
  const have = new Set(known.map(({ problemId, sampleIndex }) => `${problemId} ${sampleIndex}`));
  const indices = Array.from({ length: config.samplesPerProblem }, (_, i) => i);
  const asked = problems
    .map((problem) => ({ problem, missing: indices.filter((i) => !have.has(`${problem.id} ${i}`)) }))
    .filter(({ missing }) => missing.length > 0);
  const drawn: Sample[] = [];
  // Verdicts may take processes of their own: they are waited for in groups, beside the sampling that goes on.
  let pending: Promise<Sample>[] = [];
  const flush = async () => {
    const samples = await Promise.all(pending);
    pending = [];
    drawn.push(...samples);
    if (samples.length > 0) await onSamples?.(samples, known.length + drawn.length);
  };
  await generate(
    model,
    {
      prompts: asked.map(({ problem }) => encodePrompt(tokenizer, problem.messages ?? problem.prompt)),
      samplesPerPrompt: asked.map(({ missing }) => missing.length),
      maxNewTokens: config.maxResponseTokens,
      temperature: config.temperature,
      topP: config.topP,
      stopIds: tokenizer.stopIds,
      random: (p, s) => randomStream(...seed, asked[p].problem.id, asked[p].missing[s]),
      onFinished: async (p, s, generation) => {
        const { problem, missing } = asked[p];
        pending.push(verifiedSample(problem, missing[s], generation, tokenizer, ports));
        if (pending.length >= samplesAtOnce) await flush();
      },
    },
    ports,
  );
  await flush();
  const order = new Map(problems.map(({ id }, i) => [id, i]));
  drawn.sort((a, b) => order.get(a.problemId)! - order.get(b.problemId)! || a.sampleIndex - b.sampleIndex);
  return { summary: summarise(problems, [...known, ...drawn]), samples: onSamples ? [] : drawn };
}

function summarise(problems: Problem[], samples: Sample[]): EvaluationSummary {
  const sources = new Map(problems.map(({ id, source }) => [id, source]));
  const scores = scoresOf(
    samples.map((sample) => ({ ...sample, source: sources.get(sample.problemId)! })),
    "evaluation",
  );
  const { value, standardError, low, high } = meanReward(scores);
  const tokens = samples.reduce((sum, sample) => sum + sample.tokens, 0);
  return {
    problems: problems.length,
    samplesPerProblem: scores.samplesPerProblem,
    passAt1: value,
    standardError,
    low,
    high,
    verdicts: countVerdicts(samples),
    truncated: samples.filter(({ finishReason }) => finishReason === "length").length / samples.length,
    responseTokens: tokens / samples.length,
    entropy: samples.reduce((sum, sample) => sum + sample.meanEntropy * sample.tokens, 0) / tokens,
  };
}

function countVerdicts(samples: Sample[]): Record<Verdict, number> {
  const counts = Object.fromEntries(verdict.options.map((name) => [name, 0])) as Record<Verdict, number>;
  for (const { verdict: ended } of samples) counts[ended]++;
  return counts;
}
