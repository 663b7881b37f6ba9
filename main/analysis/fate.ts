// Which problems RL newly solved, and which it lost. Choosing problems by their failures and then counting their successes on the
// same samples would find change where there is none, so each evaluation's samples are halved: a problem's fate is half A of the
// evaluation before RL against half B of the one after. `chance` is the same count with half B of the evaluation before RL: what
// sampling alone gives. The listed problems are selected by those two halves, so the shares shown of them come from the other two.
import type { ProblemChange } from "../contract/comparison.ts";
import { HeadstartError } from "../contract/errors.ts";
import { assertPaired, mean, type ProblemScore, type Scores } from "./scores.ts";

export interface FateList {
  count: number;
  chance: number;
  /** Mean reward on the halves that did not select them: before on half B, after on half A. */
  problems: ProblemChange[];
}

const halfA = (problem: ProblemScore): number[] => problem.rewards.slice(0, Math.floor(problem.rewards.length / 2));
/** As long as half A; with an odd n the last sample takes no part. */
const halfB = (problem: ProblemScore): number[] => problem.rewards.slice(halfA(problem).length, 2 * halfA(problem).length);
/** One half of each problem's samples as scores of their own. */
export function halfOf(scores: Scores, half: "A" | "B"): Scores {
  const problems = scores.problems.map((problem) => {
    const rewards = half === "A" ? halfA(problem) : halfB(problem);
    return { ...problem, rewards, mean: mean(rewards) };
  });
  return { problems, samplesPerProblem: Math.floor(scores.samplesPerProblem / 2) };
}

const solved = (rewards: readonly number[]): boolean => rewards.some((reward) => reward === 1);

export function fates(before: Scores, after: Scores, where = "newly solved and lost problems"): { newlySolved: FateList; lost: FateList } {
  assertPaired(before, after, where);
  if (before.samplesPerProblem < 2)
    throw new HeadstartError({
      code: "too-few-samples",
      where,
      message: "With one sample a problem there are no two halves to choose on and to measure on.",
      hint: "Set samplesPerProblem of the final evaluation to 2 or more.",
    });
  const pairs = before.problems.map((problem, i) => ({ problem, later: after.problems[i] }));
  const list = (wasSolved: boolean): FateList => {
    const chosen = pairs.filter(({ problem }) => solved(halfA(problem)) === wasSolved);
    const changed = chosen.filter(({ later }) => solved(halfB(later)) !== wasSolved);
    return {
      count: changed.length,
      chance: chosen.filter(({ problem }) => solved(halfB(problem)) !== wasSolved).length,
      problems: changed.map(({ problem, later }) => ({
        problemId: problem.problemId,
        source: problem.source,
        before: mean(halfB(problem)),
        after: mean(halfA(later)),
      })),
    };
  };
  return { newlySolved: list(false), lost: list(true) };
}
