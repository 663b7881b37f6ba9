// Which problems pass a stage's door: the model at the door draws n samples of each problem, and the share it solves, c/n, is held
// to the stage's bounds. The 1.0 paper keeps pass rates of at most 6/16 at Math 24K (§6 of the method's notes), drops what every
// rollout solved at Math 32K and after each epoch of code RL; dropping what none solved is ours.
//
// The measured rate chooses the problems, so the survivors' own rate on these samples is biased towards the bound that chose them.
// It is reported as what it is; what the survivors are worth is for fresh samples to say.
import type { DoorFilter, DoorReason, DoorReport } from "../contract/door.ts";
import { HeadstartError } from "../contract/errors.ts";
import { mean, type Scores } from "./scores.ts";

/** Shares are written as decimals (0.333333): a bound holds within this. */
const tolerance = 1e-6;

/** Why a problem with c of n samples right is dropped; null lets it through. The more telling reason comes first. */
export function doorReasonOf(right: number, samples: number, filter: DoorFilter): DoorReason | null {
  if (filter.dropAllSolved && right === samples) return "all-solved";
  if (filter.dropNoneSolved && right === 0) return "none-solved";
  if (filter.min !== undefined && right / samples < filter.min - tolerance) return "below-min";
  if (filter.max !== undefined && right / samples > filter.max + tolerance) return "above-max";
  return null;
}

/** `scores`: the model's samples at the door. No survivor is a result, not an error: the stage then has nothing to train on. */
export function passDoor(scores: Scores, filter: DoorFilter, where = "stage door"): DoorReport {
  if (filter.min !== undefined && filter.max !== undefined && filter.min > filter.max)
    throw new HeadstartError({
      code: "recipe-contradiction",
      where,
      message: `The least pass rate, ${filter.min}, exceeds the greatest, ${filter.max}: no problem can pass.`,
      hint: "Lower min or raise max.",
    });
  const n = scores.samplesPerProblem;
  const judged = scores.problems.map(({ problemId, rewards }) => {
    const right = rewards.filter((reward) => reward === 1).length;
    return { problemId, right, reason: doorReasonOf(right, n, filter) };
  });
  const passed = judged.filter(({ reason }) => reason === null);
  const droppedFor = (reason: DoorReason) => judged.filter((problem) => problem.reason === reason).length;
  const rate = (of: readonly { right: number }[]) => mean(of.map(({ right }) => right / n));
  return {
    filter,
    problems: judged.length,
    samplesPerProblem: n,
    passRate: rate(judged),
    survivors: passed.map(({ problemId }) => problemId),
    survivorsPassRate: passed.length > 0 ? rate(passed) : null,
    dropped: {
      "all-solved": droppedFor("all-solved"),
      "none-solved": droppedFor("none-solved"),
      "below-min": droppedFor("below-min"),
      "above-max": droppedFor("above-max"),
    },
    histogram: Array.from({ length: n + 1 }, (_, right) => ({
      right,
      problems: judged.filter((problem) => problem.right === right).length,
      survivors: passed.filter((problem) => problem.right === right).length,
    })),
  };
}
