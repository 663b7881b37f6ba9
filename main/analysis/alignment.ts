// Learning curves of several starts on one axis: RL steps, tokens generated or compute. Starts that answer at other lengths reach a
// step after other amounts of tokens, so the axis decides what "at the same point" means; none is the right one.
//
// Between two evaluations each problem's score is interpolated linearly, and only where both curves have been measured on either
// side: nothing is extrapolated. Interpolation is linear in the problems' scores, so the gap at any x is a paired difference like
// any other and has its interval over problems. Bands are pointwise: of twenty independent points one lies outside by chance, which a
// flip of the order is held to (findCrossing).
import type { AlignedGap, Alignment, AlignmentAxis, Crossing, GapPoint } from "../contract/alignment.ts";
import { HeadstartError } from "../contract/errors.ts";
import { differenceRange, estimateFrom, meanReward } from "./intervals.ts";
import { assertPaired, mean, type Scores } from "./scores.ts";
import { overSeeds } from "./seeds.ts";
import { studentTQuantile } from "./student-t.ts";

/** One start under one seed: its evaluations along RL. */
export interface StartCurve {
  start: string;
  seed: number;
  points: { x: Record<AlignmentAxis, number>; scores: Scores; evaluationId: string }[];
}

interface Placed {
  start: string;
  seed: number;
  xs: number[];
  scores: Scores[];
  evaluationIds: string[];
}

function place({ start, seed, points }: StartCurve, axis: AlignmentAxis): Placed {
  const sorted = [...points].sort((a, b) => a.x[axis] - b.x[axis]);
  const xs = sorted.map(({ x }) => x[axis]);
  const bad = xs.findIndex((x, i) => !Number.isFinite(x) || (i > 0 && x === xs[i - 1]));
  if (bad >= 0 || xs.length === 0)
    throw new HeadstartError({
      code: "not-a-curve",
      where: `curve of ${start}, seed ${seed}`,
      message:
        xs.length === 0
          ? "The curve has no evaluations."
          : `Two evaluations lie at ${axis} ${xs[bad]}, or one has no place on this axis: the curve has no order.`,
      hint: xs.length === 0 ? "Let the RL stage evaluate at least once." : "Align by another axis, or leave one of the evaluations out.",
    });
  return { start, seed, xs, scores: sorted.map(({ scores }) => scores), evaluationIds: sorted.map(({ evaluationId }) => evaluationId) };
}

/** Weight of the later of the two neighbours of x: values are (1 − weight) · at(index) + weight · at(index + 1). */
function between(xs: readonly number[], x: number): { index: number; weight: number } {
  const exact = xs.indexOf(x);
  if (exact >= 0) return { index: exact, weight: 0 };
  const index = xs.findIndex((next) => next > x) - 1;
  return { index, weight: (x - xs[index]) / (xs[index + 1] - xs[index]) };
}

function interpolate(xs: readonly number[], values: readonly number[], x: number): number {
  const { index, weight } = between(xs, x);
  return weight === 0 ? values[index] : (1 - weight) * values[index] + weight * values[index + 1];
}

/** All x at which one of the curves was measured, from the latest first x to the earliest last x. */
function overlapGrid(curves: readonly (readonly number[])[]): number[] {
  const from = Math.max(...curves.map((xs) => xs[0]));
  const to = Math.min(...curves.map((xs) => xs[xs.length - 1]));
  return [...new Set(curves.flat())].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
}

/** Mean score of each problem at x. */
const problemsAt = ({ xs, scores }: Placed, x: number): number[] =>
  scores[0].problems.map((_, p) =>
    interpolate(
      xs,
      scores.map(({ problems }) => problems[p].mean),
      x,
    ),
  );

function gapPoints(weak: Placed, strong: Placed): GapPoint[] {
  const where = `gap ${weak.start} to ${strong.start}, seed ${weak.seed}`;
  for (const scores of [...weak.scores, ...strong.scores]) assertPaired(weak.scores[0], scores, where);
  const grid = overlapGrid([weak.xs, strong.xs]);
  if (grid.length === 0)
    throw new HeadstartError({
      code: "no-overlap",
      where,
      message: "The two curves do not overlap on this axis.",
      hint: "Align by another axis, or train the one that ended earlier for longer.",
    });
  const { problems, samplesPerProblem } = weak.scores[0];
  return grid.map((x) => {
    const [low, high] = [problemsAt(weak, x), problemsAt(strong, x)];
    const differences = problems.map(({ source }, p) => ({ source, value: high[p] - low[p] }));
    return {
      x,
      weak: mean(low),
      strong: mean(high),
      gap: estimateFrom(mean(differences.map(({ value }) => value)), differences, samplesPerProblem, differenceRange),
      measured: weak.xs.includes(x) && strong.xs.includes(x),
    };
  });
}

/** The gap of one pair over its seeds, wherever all seeds have it. */
function gapOverSeeds(bySeed: readonly { points: readonly GapPoint[] }[]): AlignedGap["overSeeds"] {
  if (bySeed.length < 2) return null;
  const curves = bySeed.map(({ points }) => ({ xs: points.map(({ x }) => x), values: points.map(({ gap }) => gap.value) }));
  return overlapGrid(curves.map(({ xs }) => xs)).map((x) => ({
    x,
    gap: overSeeds(curves.map(({ xs, values }) => interpolate(xs, values, x))),
  }));
}

export interface BandPoint {
  x: number;
  value: number;
  low: number;
  high: number;
}

/** Where the straight lines through the points pass zero for the last time between two of them of opposite sign. */
function zeroBetween(points: readonly BandPoint[], from: number, to: number): number {
  for (let i = to; i > from; i--) {
    const [a, b] = [points[i - 1], points[i]];
    if (Math.sign(a.value) !== Math.sign(b.value)) return a.x + ((b.x - a.x) * a.value) / (a.value - b.value);
  }
  return points[from].x;
}

/**
 * How much wider than pointwise 95 % the intervals must be for a flip among so many points. A false flip takes a false excursion on
 * both sides: with a chance of α a point and side, at most m · α on one side and, far apart, (m · α)² on both. α = 0.2 / m keeps that
 * below 5 %; up to 8 points that is the pointwise 0.025 itself.
 */
function widening(points: number, degreesOfFreedom: number): number {
  const alpha = Math.min(0.025, 0.2 / points);
  return studentTQuantile(1 - alpha, degreesOfFreedom) / studentTQuantile(0.975, degreesOfFreedom);
}

/** −1 or 1 where the interval, wider by a factor, leaves zero out; else 0. */
function sideOf({ value, low, high }: BandPoint, wider: number): number {
  if (value - wider * (value - low) > 0) return 1;
  return value + wider * (high - value) < 0 ? -1 : 0;
}

/**
 * Whether the order flips along a gap with its pointwise band. A flip is called one only between two x at which the interval, made
 * wider for the number of points looked at, leaves zero out on opposite sides; "order kept" only when the pointwise interval leaves it
 * out on one side at every x. Everything else is not distinguishable. `degreesOfFreedom` are the intervals'.
 */
export function findCrossing(points: readonly BandPoint[], over: Crossing["over"], degreesOfFreedom: number): Crossing {
  const pointwise = points.map((point) => sideOf(point, 1)).filter((side) => side !== 0);
  const wider = widening(points.length, degreesOfFreedom);
  const clear = points.flatMap((point, i) => (sideOf(point, wider) !== 0 ? [{ i, side: sideOf(point, wider) }] : []));
  const flips = clear.flatMap((b, n) => {
    const a = clear[n - 1];
    return a && a.side !== b.side ? [{ x: zeroBetween(points, a.i, b.i), from: points[a.i].x, to: points[b.i].x }] : [];
  });
  const what = `95 % over ${over}`;
  if (flips.length > 0) {
    const places = flips.map(({ x, from, to }) => `at ${format(x)} (between ${format(from)} and ${format(to)})`);
    return { outcome: "crossing", flips, over, sentence: `The order flips ${places.join(" and ")}: clear of zero on both sides, ${what}.` };
  }
  if (points.length > 0 && pointwise.length === points.length && new Set(pointwise).size === 1)
    return { outcome: "order kept", flips, over, sentence: `The gap is clear of zero on one side all along, ${what}.` };
  const count = `clear of zero at ${pointwise.length} of ${points.length} points`;
  return {
    outcome: "not distinguishable",
    flips,
    over,
    sentence: `Whether the order flips is not distinguishable: the gap is ${count}, not beyond chance on both sides, ${what}.`,
  };
}

const format = (x: number): string => Number(x.toPrecision(3)).toLocaleString("en-US");

/** All curves on one axis, starts weakest first; every pair's gap for each seed both have, over seeds, and its crossing. */
export function alignStarts(curves: readonly StartCurve[], axis: AlignmentAxis): Alignment {
  const placed = curves.map((curve) => place(curve, axis));
  const starts = [...new Set(placed.map(({ start }) => start))];
  const gaps = starts.flatMap((weak, i) =>
    starts.slice(i + 1).map((strong): AlignedGap => {
      const bySeed = placed
        .filter(({ start }) => start === weak)
        .flatMap((one) => {
          const other = placed.find(({ start, seed }) => start === strong && seed === one.seed);
          return other ? [{ seed: one.seed, points: gapPoints(one, other) }] : [];
        });
      if (bySeed.length === 0)
        throw new HeadstartError({
          code: "no-common-seed",
          where: `gap ${weak} to ${strong}`,
          message: "The two starts have no seed in common, so their gap would not be paired.",
          hint: "Run both starts under the same seeds.",
        });
      const acrossSeeds = gapOverSeeds(bySeed);
      const crossing = acrossSeeds
        ? findCrossing(
            acrossSeeds.map(({ x, gap }) => ({ x, value: gap.mean, low: gap.low!, high: gap.high! })),
            "seeds",
            bySeed.length - 1,
          )
        : findCrossing(
            bySeed[0].points.map(({ x, gap }) => ({ x, ...gap })),
            "problems",
            Math.max(1, bySeed[0].points[0].gap.problems - 1),
          );
      return { weak, strong, bySeed, overSeeds: acrossSeeds, crossing };
    }),
  );
  return {
    schemaVersion: 1,
    axis,
    curves: placed.map(({ start, seed, xs, scores, evaluationIds }) => ({
      start,
      seed,
      points: xs.map((x, i) => ({ x, score: meanReward(scores[i]), evaluationId: evaluationIds[i] })),
    })),
    gaps,
  };
}
