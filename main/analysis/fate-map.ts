// The fate map (AceReason-Nemotron 1.1, §10 of the method's notes): each problem's solve rate at SFT, after each RL stage and at the
// end, for each start; which problems RL newly solved and lost, which are solved only from one start; and the hard bin, where the
// paper sees the gains: problems that SFT solves less than 20 % of the time.
//
// A bin chosen by low rates holds problems that were unlucky, so the same checkpoint evaluated again does better on it. The bin is
// therefore chosen on half A of the SFT samples and measured on half B of every evaluation, and the rise from A to B at SFT stands
// beside it. Solved only from the strong start is fate.ts's comparison with the two starts' ends in the place of before and after.
import { HeadstartError } from "../contract/errors.ts";
import type { FateMap, FateOfStart, HardBin } from "../contract/fate-map.ts";
import { fates, halfOf } from "./fate.ts";
import { meanReward } from "./intervals.ts";
import { pairedDifference } from "./paired.ts";
import { assertPaired, type Scores } from "./scores.ts";

/** Evaluations of one start in order: SFT first, then after each stage; the last is the end. */
export interface FatePath {
  start: string;
  /** Response budget of its end: two ends under other budgets differ by that alone, so they make no pair. */
  budget: number;
  points: { label: string; evaluationId: string; scores: Scores }[];
}

/** The paper's line for hard problems. */
const hardBelow = 0.2;

const within = (scores: Scores, ids: ReadonlySet<string>): Scores => ({
  ...scores,
  problems: scores.problems.filter(({ problemId }) => ids.has(problemId)),
});

function hardBinOf({ start, points }: FatePath): HardBin {
  const first = points[0].scores;
  const choosing = halfOf(first, "A");
  const ids = new Set(choosing.problems.filter(({ mean }) => mean < hardBelow).map(({ problemId }) => problemId));
  const measured = points.map(({ label, scores }) => ({ label, scores: within(halfOf(scores, "B"), ids) }));
  if (ids.size === 0)
    return {
      below: hardBelow,
      problems: 0,
      onChoosingHalf: null,
      points: points.map(({ label }) => ({ label, score: null })),
      change: null,
      chance: null,
    };
  const onChoosingHalf = meanReward(within(choosing, ids)).value;
  return {
    below: hardBelow,
    problems: ids.size,
    onChoosingHalf,
    points: measured.map(({ label, scores }) => ({ label, score: meanReward(scores) })),
    change: pairedDifference(measured[0].scores, measured[measured.length - 1].scores, `hard problems of ${start}`),
    chance: meanReward(measured[0].scores).value - onChoosingHalf,
  };
}

function fateOf(path: FatePath): FateOfStart {
  const { start, points } = path;
  const where = `fate map of ${start}`;
  const counts = ({ count, chance }: { count: number; chance: number }) => ({ count, chance });
  return {
    start,
    ...fates(points[0].scores, points[points.length - 1].scores, where),
    stages: points.slice(1).map(({ label, scores }, i) => {
      const { newlySolved, lost } = fates(points[i].scores, scores, where);
      return { from: points[i].label, to: label, newlySolved: counts(newlySolved), lost: counts(lost) };
    }),
    hard: hardBinOf(path),
  };
}

/** All evaluations must be of the same problems with equal n of at least 2; starts weakest first. */
export function fateMapOf(paths: readonly FatePath[]): FateMap {
  const where = "fate map";
  const short = paths.find(({ points }) => points.length < 2);
  if (paths.length === 0 || short)
    throw new HeadstartError({
      code: "study-incomplete",
      where,
      message: short ? `The start "${short.start}" has no evaluation both before and after RL.` : "There is no start to map.",
      hint: "Let the study finish before mapping its problems.",
    });
  const reference = paths[0].points[0].scores;
  for (const { start, points } of paths)
    for (const { label, scores } of points) assertPaired(reference, scores, `${where}, ${start}, ${label}`);
  const ends = paths.map(({ points }) => points[points.length - 1].scores);
  return {
    schemaVersion: 1,
    samplesPerProblem: reference.samplesPerProblem,
    starts: paths.map(({ start }) => start),
    points: paths.map(({ points }) => points.map(({ label }) => label)),
    evaluationIds: paths.map(({ points }) => points.map(({ evaluationId }) => evaluationId)),
    problems: reference.problems.map(({ problemId, source }, p) => ({
      problemId,
      source,
      rates: paths.map(({ points }) => points.map(({ scores }) => scores.problems[p].mean)),
    })),
    fates: paths.map(fateOf),
    pairs: paths.flatMap((weak, i) =>
      paths.slice(i + 1).flatMap((strong, j) => {
        if (strong.budget !== weak.budget) return [];
        const { newlySolved, lost } = fates(ends[i], ends[i + 1 + j], where);
        return [{ weak: weak.start, strong: strong.start, onlyStrong: newlySolved, onlyWeak: lost }];
      }),
    ),
  };
}
