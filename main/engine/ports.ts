// What the engine asks of whoever runs it. It has no clock, no files, no store and no console of its own: what it learns
// leaves through here, in order, and each call resolves once what was handed over is safe.
import type { Problem } from "../contract/dataset.ts";
import type { MetricName } from "../contract/metrics.ts";
import type { EvalConfig } from "../contract/recipe.ts";
import type { FinishReason, Rollout, Sample, TokenArrays, Verification } from "../contract/rollout.ts";
import type { TrainerState } from "./checkpoint.ts";
import type { EvaluationSummary } from "./eval/evaluate.ts";

export interface EnginePorts {
  /** Called after each step and each decoded token: lets the host serve pause and stop. Throws `Aborted` to end the stage. */
  yield(): Promise<void>;
  /** Monotonic seconds, for the timing metrics only. */
  now(): number;
  /** A response's reward. Never throws for what a model wrote: a bad response is data. */
  verify(problem: Problem, response: { text: string; finishReason: FinishReason }): Promise<Verification>;
  progress(step: number, totalSteps: number, activity: string): Promise<void>;
  metrics(step: number, values: Partial<Record<MetricName, number>>): Promise<void>;
  rollouts(step: number, rollouts: Rollout[], tokens: TokenArrays): Promise<void>;
  /** Samples of an evaluation under way, so that an interruption loses none; `step` and `config` name it as `evaluation` will. */
  samples(step: number, config: EvalConfig, samples: Sample[]): Promise<void>;
  /** Completes an evaluation with the samples that were not handed over before. Returns its id. */
  evaluation(step: number, config: EvalConfig, summary: EvaluationSummary, samples: Sample[]): Promise<string>;
  /** Returns the checkpoint's id. */
  checkpoint(state: TrainerState): Promise<string>;
}

export class Aborted extends Error {
  constructor() {
    super("The stage was stopped.");
    this.name = "Aborted";
  }
}
