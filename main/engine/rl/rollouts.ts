// Rollouts of a step: which prompts, G samples of each from the current policy, and their verified rewards.
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import type { Problem } from "../../contract/dataset.ts";
import type { RlConfig } from "../../contract/recipe.ts";
import type { Sample } from "../../contract/rollout.ts";
import { encodePrompt } from "../../tokenizer/chat.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { type Generation, generate } from "../model/generate.ts";
import type { Transformer } from "../model/transformer.ts";
import type { EnginePorts } from "../ports.ts";

export interface RolloutGroup {
  problem: Problem;
  promptIds: number[];
  generations: Generation[];
  samples: Sample[];
}

/** G rollouts of each problem at temperature T; `seed` names the streams, one per problem and sample. */
export async function sampleGroups(
  model: Transformer,
  tokenizer: Tokenizer,
  problems: Problem[],
  config: Pick<RlConfig, "groupSize" | "maxResponseTokens" | "topP">,
  temperature: number,
  seed: SeedPart[],
  ports: EnginePorts,
): Promise<{ groups: RolloutGroup[]; secondsGenerate: number; secondsVerify: number }> {
  const begin = ports.now();
  const prompts = problems.map(({ prompt, messages }) => encodePrompt(tokenizer, messages ?? prompt));
  const generations = await generate(
    model,
    {
      prompts,
      samplesPerPrompt: config.groupSize,
      maxNewTokens: config.maxResponseTokens,
      temperature,
      topP: config.topP,
      stopIds: tokenizer.stopIds,
      random: (p, s) => randomStream(...seed, problems[p].id, s),
    },
    ports,
  );
  const generated = ports.now();
  const groups: RolloutGroup[] = [];
  for (const [p, problem] of problems.entries()) {
    // Verdicts may take processes of their own: they are asked for together.
    const samples = await Promise.all(generations[p].map((generation, s) => verifiedSample(problem, s, generation, tokenizer, ports)));
    groups.push({ problem, promptIds: prompts[p], generations: generations[p], samples });
  }
  return { groups, secondsGenerate: generated - begin, secondsVerify: ports.now() - generated };
}

/** One generation with its verdict, as it is stored. */
export async function verifiedSample(
  problem: Problem,
  index: number,
  generation: Generation,
  tokenizer: Tokenizer,
  ports: Pick<EnginePorts, "verify">,
): Promise<Sample> {
  const text = tokenizer.decode(generation.ids);
  const verification = await ports.verify(problem, { text, finishReason: generation.finishReason });
  const tokens = generation.ids.length;
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / tokens;
  return {
    problemId: problem.id,
    sampleIndex: index,
    text,
    tokens,
    finishReason: generation.finishReason,
    meanLogprob: mean(generation.logprobs),
    meanEntropy: mean(generation.entropies),
    ...verification,
  };
}
