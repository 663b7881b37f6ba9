// Samples of one evaluation as one score a problem: the mean reward over its n samples. Problems are the clusters of every
// interval here, because samples of one problem are not independent.
import { HeadstartError } from "../contract/errors.ts";

export interface ScoredSample {
  problemId: string;
  source: string;
  sampleIndex: number;
  reward: number;
}

export interface ProblemScore {
  problemId: string;
  source: string;
  /** Rewards in the order of sampleIndex. */
  rewards: number[];
  mean: number;
}

export interface Scores {
  /** Sorted by problemId, so that scores of two evaluations line up. */
  problems: ProblemScore[];
  samplesPerProblem: number;
}

/** Refuses problems with unequal numbers of samples: a mean over them would weigh problems unevenly. */
export function scoresOf(samples: readonly ScoredSample[], where: string): Scores {
  const byProblem = new Map<string, { source: string; rewards: Map<number, number> }>();
  for (const { problemId, source, sampleIndex, reward } of samples) {
    const entry = byProblem.get(problemId) ?? { source, rewards: new Map() };
    if (entry.rewards.has(sampleIndex))
      throw new HeadstartError({
        code: "duplicate-sample",
        where,
        message: `Sample ${sampleIndex} of problem ${problemId} occurs twice.`,
        hint: "Run the evaluation again; if it happens again, this is a defect in Headstart: please report it.",
      });
    entry.rewards.set(sampleIndex, reward);
    byProblem.set(problemId, entry);
  }
  const problems = [...byProblem]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([problemId, { source, rewards }]) => {
      const ordered = [...rewards].sort(([a], [b]) => a - b).map(([, reward]) => reward);
      return { problemId, source, rewards: ordered, mean: mean(ordered) };
    });
  if (problems.length === 0)
    throw new HeadstartError({
      code: "empty-evaluation",
      where,
      message: "The evaluation has no samples.",
      hint: "Check that the evaluated pool has problems.",
    });
  const n = problems[0].rewards.length;
  const other = problems.find((problem) => problem.rewards.length !== n);
  if (other)
    throw new HeadstartError({
      code: "unequal-samples",
      where,
      message: `Problem ${other.problemId} has ${other.rewards.length} samples, ${problems[0].problemId} has ${n}.`,
      hint: "Compare only evaluations that drew the same number of samples for every problem.",
    });
  return { problems, samplesPerProblem: n };
}

/** The problems of one source alone. */
export const ofSource = (scores: Scores, source: string): Scores => ({
  ...scores,
  problems: scores.problems.filter((problem) => problem.source === source),
});

/** Refuses evaluations of different problems, or with different n: their difference would not be paired. */
export function assertPaired(a: Scores, b: Scores, where: string): void {
  const message =
    a.samplesPerProblem !== b.samplesPerProblem
      ? `One evaluation has ${a.samplesPerProblem} samples a problem, the other ${b.samplesPerProblem}.`
      : a.problems.length !== b.problems.length
        ? `One evaluation has ${a.problems.length} problems, the other ${b.problems.length}.`
        : a.problems.some((problem, i) => problem.problemId !== b.problems[i].problemId)
          ? "The two evaluations are of different problems."
          : null;
  if (message)
    throw new HeadstartError({
      code: "not-comparable",
      where,
      message,
      hint: "Evaluate both checkpoints on the same problems with the same number of samples each.",
    });
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
