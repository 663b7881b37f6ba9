// For tests only: numbers with intervals, and the parts of a result that its sections read.
import type { ArmRun, ArmStage, Estimate, SeedInterval, StudyArm, StudyResult, SweepRow } from "../../contract/index.ts";

export const estimate = (value: number, low: number, high: number): Estimate => ({
  value,
  low,
  high,
  standardError: (high - low) / 4,
  problems: 100,
  samplesPerProblem: 4,
});

export const overSeeds = (mean: number, low: number, high: number): SeedInterval => ({ mean, low, high, standardDeviation: high - low });

/** A run a seed, from 1 on. */
export const arm = (name: string, runs: readonly Partial<ArmRun>[], sweep: SweepRow[] = []): StudyArm => ({
  name,
  role: "arm",
  sweep,
  overSeeds: [],
  runs: runs.map((run, i) => ({
    seed: i + 1,
    studyId: `study-${i + 1}`,
    sft: null,
    temperature: null,
    stages: [],
    evaluations: [],
    ...run,
  })),
});

export const stage = (of: Pick<ArmStage, "name" | "door">): ArmStage => ({
  stageId: `stage-${of.name}`,
  note: null,
  steps: 6,
  tokens: null,
  budget: 96,
  overlongFilter: false,
  temperature: { first: 1, last: 1, mean: 1 },
  entropy: null,
  reward: null,
  truncated: null,
  responseTokens: null,
  zeroVariance: null,
  ...of,
});

export const seedsOf = (count: number): StudyResult["seeds"] =>
  Array.from({ length: count }, (_, i) => ({
    seed: i + 1,
    studyId: `study-${i + 1}`,
    complete: true,
    seconds: 60,
    codeVersion: "test",
    engine: null,
  }));
