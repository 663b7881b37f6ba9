// What an evaluation of a checkpoint is called and what it scored, the same in tables, heads and choices. Pure.

import type { BenchmarkEvaluation } from "../../main/contract/api.ts";
import type { Benchmark } from "../../main/contract/benchmark.ts";
import type { Estimate } from "../../main/contract/comparison.ts";
import type { EvaluationRecord } from "../../main/contract/run.ts";
import { percentWithN } from "./format.ts";

export function scoreOf(evaluation: EvaluationRecord): Estimate {
  const { passAt1: value, standardError, low, high, problems, samplesPerProblem } = evaluation;
  const half = 1.959964 * standardError;
  return { value, standardError, low: low ?? value - half, high: high ?? value + half, problems, samplesPerProblem };
}

/** The benchmark's name; of a dataset that follows none, its id. */
export function problemsName({ benchmark, dataset }: BenchmarkEvaluation, benchmarks: Benchmark[]): string {
  if (benchmark === null) return dataset;
  return benchmarks.find((known) => known.key === benchmark)?.name ?? benchmark;
}

export function choiceLabel(evaluation: BenchmarkEvaluation, benchmarks: Benchmark[]): string {
  return `${evaluation.checkpoint} on ${problemsName(evaluation, benchmarks)}, ${percentWithN(scoreOf(evaluation))}`;
}

/** One a study: an evaluation that samples were added to has a larger successor. The newest first. */
export function newestOfEachStudy(evaluations: BenchmarkEvaluation[]): BenchmarkEvaluation[] {
  const newest = new Map<string, BenchmarkEvaluation>();
  for (const evaluation of evaluations) {
    const known = newest.get(evaluation.studyId);
    if (known === undefined || known.createdAt < evaluation.createdAt) newest.set(evaluation.studyId, evaluation);
  }
  return [...newest.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

/** By its own id, or by that of its study. */
export function evaluationOf(evaluations: BenchmarkEvaluation[], id: string): BenchmarkEvaluation | undefined {
  return evaluations.find((e) => e.id === id) ?? newestOfEachStudy(evaluations).find((e) => e.studyId === id);
}

/** Names of two evaluations beside one another: the checkpoints, with what else differs where they are one. */
export function sideNames(before: BenchmarkEvaluation, after: BenchmarkEvaluation): [string, string] {
  if (before.checkpoint !== after.checkpoint) return [before.checkpoint, after.checkpoint];
  const differing = (["temperature", "topP", "maxResponseTokens"] as const).find((key) => before.config[key] !== after.config[key]);
  const name = ({ checkpoint, config, seed }: BenchmarkEvaluation) => {
    if (differing === "temperature") return `${checkpoint}, T ${config.temperature}`;
    if (differing === "topP") return `${checkpoint}, top-p ${config.topP}`;
    if (differing === "maxResponseTokens") return `${checkpoint}, ${config.maxResponseTokens} tokens`;
    return `${checkpoint}, seed ${seed}`;
  };
  const names: [string, string] = [name(before), name(after)];
  return names[0] === names[1] ? [`${names[0]} (first)`, `${names[1]} (second)`] : names;
}
