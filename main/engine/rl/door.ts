// A stage's door: the model that is to enter samples problems of the RL pool at the stage's own temperature and budget, and only those
// pass that the filter lets through (analysis/door.ts).
import { passDoor } from "../../analysis/door.ts";
import type { SeedPart } from "../../analysis/random.ts";
import { scoresOf } from "../../analysis/scores.ts";
import type { Domain, Problem } from "../../contract/dataset.ts";
import type { DoorReport } from "../../contract/door.ts";
import { HeadstartError } from "../../contract/errors.ts";
import type { DoorConfig, EvalConfig } from "../../contract/recipe.ts";
import type { Sample } from "../../contract/rollout.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { type EvaluationSummary, evaluate, evaluationProblems } from "../eval/evaluate.ts";
import type { Transformer } from "../model/transformer.ts";
import type { EnginePorts } from "../ports.ts";

export interface DoorStage {
  model: Transformer;
  tokenizer: Tokenizer;
  problems: Problem[];
  config: DoorConfig;
  domain?: Domain;
  temperature: number;
  maxResponseTokens: number;
  seed: SeedPart[];
}

export interface DoorOutcome {
  evalConfig: EvalConfig;
  summary: EvaluationSummary;
  report: DoorReport;
}

/** `known`: samples that an interrupted door has stored already. Samples are handed over as they finish. */
export async function evaluateDoor(
  { model, tokenizer, problems, config, domain, temperature, maxResponseTokens, seed }: DoorStage,
  ports: EnginePorts,
  { known, policyStep }: { known: Sample[]; policyStep: number },
): Promise<DoorOutcome> {
  const ofDomain = problems.filter((problem) => domain === undefined || problem.domain === domain);
  const asked = evaluationProblems(ofDomain, "rl", config.problems);
  if (asked.length === 0)
    throw new HeadstartError({
      code: "too-few-problems",
      where: "recipe.stages, door",
      message: `The RL pool has no problems${domain ? ` of domain ${domain}` : ""} to stand at the door.`,
      hint: "Add such problems to recipe.data, or change the stage's domain.",
    });
  const evalConfig: EvalConfig = { pool: "rl", problems: config.problems, samplesPerProblem: config.samplesPerProblem, temperature, topP: 1, maxResponseTokens }; // biome-ignore format: one record
  const all = [...known];
  const total = asked.length * config.samplesPerProblem;
  const tell = () => ports.progress(all.length, total, `${all.length} of ${total} rollouts at the door`);
  await tell();
  const { summary } = await evaluate(model, tokenizer, asked, evalConfig, seed, ports, {
    known,
    onSamples: async (samples) => {
      await ports.samples(policyStep, evalConfig, samples);
      all.push(...samples);
      await tell();
    },
  });
  const sources = new Map(asked.map(({ id, source }) => [id, source]));
  const scores = scoresOf(
    all.map((sample) => ({ ...sample, source: sources.get(sample.problemId)! })),
    "door",
  );
  const { samplesPerProblem: _s, problems: _p, ...filter } = config;
  return { evalConfig, summary, report: passDoor(scores, filter) };
}
