// The keys under which answers are cached, in one place, since live events write under the same ones.
import type { z } from "zod";
import type { MemoryPlanInput, problemsInput, rolloutsInput, samplesInput } from "../../main/contract/api.ts";
import type { DatasetHistogramInput, DatasetPageInput } from "../../main/contract/imported-dataset.ts";
import type { LadderPreviewInput } from "../../main/contract/ladder.ts";

export type ProblemsFilter = Omit<z.input<typeof problemsInput>, "offset" | "limit">;
export type RolloutsFilter = Omit<z.input<typeof rolloutsInput>, "offset" | "limit">;
export type SamplesFilter = Omit<z.input<typeof samplesInput>, "offset" | "limit">;
export type RowsFilter = Omit<DatasetPageInput, "offset" | "limit">;

export const keys = {
  info: ["info"] as const,
  doctor: ["doctor"] as const,
  presets: ["presets"] as const,
  recipeText: (recipe: unknown) => ["recipe-text", recipe] as const,
  preflight: (recipe: unknown, seed: number) => ["preflight", recipe, seed] as const,
  studies: ["studies"] as const,
  study: (id: string) => ["study", id] as const,
  metrics: (stageId: string) => ["metrics", stageId] as const,
  evaluations: (studyId: string) => ["evaluations", studyId] as const,
  checkpoints: (studyId: string) => ["checkpoints", studyId] as const,
  comparison: (studyId: string) => ["comparison", studyId] as const,
  datasets: ["datasets"] as const,
  problems: (filter: ProblemsFilter) => ["problems", filter] as const,
  problem: (datasetId: string, problemId: string) => ["problem", datasetId, problemId] as const,
  rolloutsOf: (stageId: string) => ["rollouts", stageId] as const,
  rollouts: (filter: RolloutsFilter) => ["rollouts", filter.stageId, filter] as const,
  rolloutSteps: (stageId: string) => ["rollouts", stageId, "steps"] as const,
  rolloutTokens: (rolloutId: number) => ["rollout-tokens", rolloutId] as const,
  samples: (filter: SamplesFilter) => ["samples", filter] as const,
  checkpointCards: ["checkpoint-cards"] as const,
  memoryPlan: (input: MemoryPlanInput) => ["memory-plan", input] as const,
  benchmarks: ["benchmarks"] as const,
  codeBoundary: ["code-boundary"] as const,
  benchmarkEvaluations: ["benchmark-evaluations"] as const,
  evaluationSummary: (id: string) => ["evaluation-summary", id] as const,
  evaluationProblems: (id: string) => ["evaluation-problems", id] as const,
  evaluationComparison: (before: string, after: string) => ["evaluation-comparison", before, after] as const,
  importedDatasets: ["imported-datasets"] as const,
  importedRows: (filter: RowsFilter) => ["imported-rows", filter] as const,
  importedRow: (datasetId: string, row: number) => ["imported-row", datasetId, row] as const,
  histogram: (input: DatasetHistogramInput) => ["histogram", input] as const,
  badRows: (datasetId: string) => ["bad-rows", datasetId] as const,
  mostResponses: (datasetId: string) => ["most-responses", datasetId] as const,
  /** What the lengths are of and measured in, then all of the input. */
  ladder: (input: LadderPreviewInput | null) => ["ladder", input?.datasetId, input?.tokenizer, input] as const,
  problemRuns: (datasetId: string, problem: string | number) => ["problem-runs", datasetId, problem] as const,
  folder: (handle: string | null) => ["folder", handle] as const,
};
