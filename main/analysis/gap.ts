// The gap between two starts before and after RL, in points and in log-odds, with the change of the gap. All four evaluations are
// of the same problems, so every interval is paired over problems. Points say how much is left on this test; log-odds do not
// shrink merely because both starts come near 100 %.
//
// Log-odds are a smooth function of means: their standard error is the delta method's, from each problem's influence
// (x − p) / (p (1 − p)); no resampling, so the same data give the same interval. Half a right and half a wrong sample are added
// (Haldane, Anscombe), so that 0 % and 100 % have finite log-odds.
import type { Estimate, GapComparison } from "../contract/comparison.ts";
import { HeadstartError } from "../contract/errors.ts";
import { estimateFrom, type Range, type Stratified, unbounded } from "./intervals.ts";
import { differences, pairedDifference } from "./paired.ts";
import { mean, type Scores } from "./scores.ts";

export interface GapScores {
  weak: { name: string; before: Scores; after: Scores };
  strong: { name: string; before: Scores; after: Scores };
}

interface Influence {
  value: number;
  influences: number[];
  /** What one problem's influence can be: that of a problem all wrong, and of one all right. */
  range: Range;
}

function logOdds(scores: Scores): Influence {
  const samples = scores.problems.length * scores.samplesPerProblem;
  const raw = mean(scores.problems.map((problem) => problem.mean));
  const p = (raw * samples + 0.5) / (samples + 1);
  const influence = (share: number): number => (share - raw) / (p * (1 - p));
  return {
    value: Math.log(p / (1 - p)),
    influences: scores.problems.map((problem) => influence(problem.mean)),
    range: [influence(0), influence(1)],
  };
}

/** a − b. */
function subtract(a: Influence, b: Influence): Influence {
  return {
    value: a.value - b.value,
    influences: a.influences.map((value, i) => value - b.influences[i]),
    range: [a.range[0] - b.range[1], a.range[1] - b.range[0]],
  };
}

/** Whether the 95 % interval leaves 0 out. */
export const excludesZero = (estimate: Pick<Estimate, "low" | "high">): boolean => estimate.low > 0 || estimate.high < 0;

const changeOfGapRange: Range = [-2, 2];

export function compareGap({ weak, strong }: GapScores): GapComparison {
  const where = `gap ${weak.name} to ${strong.name}`;
  if (weak.before.problems.length < 2)
    throw new HeadstartError({
      code: "too-few-problems",
      where,
      message: "One problem alone gives no interval for a gap.",
      hint: "Evaluate at least 2 problems, better some hundred.",
    });
  const before = pairedDifference(weak.before, strong.before, where);
  const after = pairedDifference(weak.after, strong.after, where);
  const gapsBefore = differences(weak.before, strong.before, where);
  const gapsAfter = differences(weak.after, strong.after, where);
  // The gap before and the gap after must be of the same problems as well.
  differences(weak.before, weak.after, where);
  const changes: Stratified[] = gapsAfter.map(({ source, value }, i) => ({ source, value: value - gapsBefore[i].value }));
  const change = estimateFrom(mean(changes.map(({ value }) => value)), changes, weak.after.samplesPerProblem, changeOfGapRange);

  const toEstimate = ({ value, influences, range }: Influence): Estimate =>
    estimateFrom(
      value,
      influences.map((influence, i) => ({ source: weak.before.problems[i].source, value: influence })),
      weak.before.samplesPerProblem,
      unbounded,
      range,
    );
  const oddsBefore = subtract(logOdds(strong.before), logOdds(weak.before));
  const oddsAfter = subtract(logOdds(strong.after), logOdds(weak.after));
  return {
    weak: weak.name,
    strong: strong.name,
    before,
    after,
    change,
    logOdds: { before: toEstimate(oddsBefore), after: toEstimate(oddsAfter), change: toEstimate(subtract(oddsAfter, oddsBefore)) },
    // A ratio to a gap that may be 0 says nothing.
    narrowingRatio: excludesZero(before) ? after.value / before.value : null,
  };
}
