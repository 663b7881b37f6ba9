// The difference of two evaluations of the same problems: per problem, then averaged, so that what makes a problem hard for both
// cancels. Refuses different problems and unequal n.
import type { Estimate } from "../contract/comparison.ts";
import { differenceRange, estimateFrom, type Stratified } from "./intervals.ts";
import { assertPaired, mean, type Scores } from "./scores.ts";

/** after − before, problem by problem. */
export function differences(before: Scores, after: Scores, where: string): Stratified[] {
  assertPaired(before, after, where);
  return after.problems.map((problem, i) => ({ source: problem.source, value: problem.mean - before.problems[i].mean }));
}

export function pairedDifference(before: Scores, after: Scores, where = "paired difference"): Estimate {
  const values = differences(before, after, where);
  return estimateFrom(mean(values.map(({ value }) => value)), values, after.samplesPerProblem, differenceRange);
}
