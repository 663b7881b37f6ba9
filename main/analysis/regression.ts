// The data ladder's regression (AceReason-Nemotron 1.1, §2.5 of the method's notes): z = a · log2 x + b · log2 y + c, with x unique
// prompts, y mean responses a prompt, z score in points, by least squares over the ladder's cells. Two forms of one fit:
//   raw           a, b are points a doubling;
//   standardised  both logs have zero mean and unit variance before the fit, as in the paper: points a standard deviation. Which
//                 deviation the paper divides by is not printed; here the population's (n), as scikit-learn's StandardScaler. It
//                 does not give its deviations either, so its 4.831 and 2.635 cannot be turned into points a doubling.
// The paper's z is the mean of four benchmarks; here it is the mean over all problems, as every score of this application.
//
// How seeds enter: a cell's seeds are averaged into one point, so degrees of freedom count cells. Three intervals answer three
// questions. Student's t: how well the plane fits the cells. Bootstrap: how much of a coefficient is the chance of which problems
// (drawn jointly for all cells, within their source) and which seeds were taken; the cells stay. Over seeds: one fit a seed.
import { HeadstartError } from "../contract/errors.ts";
import type { Regression, RegressionTerm, WhatNext } from "../contract/regression.ts";
import { bootstrapDraws, drawnWeights, percentileInterval, strataOf, weightedMean } from "./bootstrap.ts";
import { type LeastSquares, leastSquares, predict, standardErrorAt, standardErrorOf } from "./least-squares.ts";
import { type RandomStream, randomStream, type SeedPart } from "./random.ts";
import { assertPaired, mean, type Scores } from "./scores.ts";
import { overSeeds } from "./seeds.ts";
import { studentTQuantile } from "./student-t.ts";

/** One finished run of the ladder. Runs of one cell differ in their seed alone. */
export interface LadderRun {
  cell: string;
  /** Unique prompts trained on. */
  prompts: number;
  /** Mean responses a prompt. */
  responses: number;
  seed: number;
  scores: Scores;
}

type Axis = "prompts" | "responses";

/**
 * An axis is fitted when its cells span at least so many doublings (7 %; ours). What examples are dropped for shifts mean responses a
 * prompt by a few percent from cell to cell; a slope over such a span would be noise divided by almost nothing.
 */
const leastRange = 0.1;

interface Cell {
  cell: string;
  prompts: number;
  responses: number;
  /** In order of seed; means of the problems in points. */
  seeds: { seed: number; problems: number[] }[];
}

const where = "ladder regression";
const refuse = (code: string, message: string, hint: string) => new HeadstartError({ code, where, message, hint });

function cellsOf(runs: readonly LadderRun[]): Cell[] {
  for (const run of runs) {
    if (!(run.prompts > 0 && run.responses > 0))
      throw refuse(
        "not-a-size",
        `The cell "${run.cell}" has ${run.prompts} prompts and ${run.responses} responses a prompt: they have no logarithm.`,
        "Leave the cell out: a start without SFT is no point of the ladder.",
      );
    assertPaired(runs[0].scores, run.scores, `${where}, cell ${run.cell}, seed ${run.seed}`);
  }
  const names = [...new Set(runs.map(({ cell }) => cell))];
  const cells = names.map((cell): Cell => {
    const own = runs.filter((run) => run.cell === cell).sort((a, b) => a.seed - b.seed);
    const twice = own.find((run, i) => i > 0 && run.seed === own[i - 1].seed);
    if (twice)
      throw refuse("duplicate-seed", `Seed ${twice.seed} of the cell "${cell}" occurs twice: it is one observation.`, "Leave one out.");
    return {
      cell,
      prompts: mean(own.map(({ prompts }) => prompts)),
      responses: mean(own.map(({ responses }) => responses)),
      seeds: own.map(({ seed, scores }) => ({ seed, problems: scores.problems.map((problem) => 100 * problem.mean) })),
    };
  });
  cells.forEach((cell, i) => {
    const same = cells.slice(0, i).find(({ prompts, responses }) => prompts === cell.prompts && responses === cell.responses);
    if (same)
      throw refuse(
        "duplicate-cell",
        `The cells "${same.cell}" and "${cell.cell}" have the same prompts and responses: they are one point.`,
        "Give their runs one cell name.",
      );
  });
  return cells;
}

const log2 = (cells: readonly Cell[], axis: Axis): number[] => cells.map((cell) => Math.log2(cell[axis]));

function deviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [centerA, centerB] = [mean(a), mean(b)];
  return mean(a.map((value, i) => (value - centerA) * (b[i] - centerB))) / (deviation(a) * deviation(b));
}

/** The axes that vary, with the sentences that say what is not fitted; refuses a design that determines nothing. */
function designOf(cells: readonly Cell[]): { axes: Axis[]; columns: number[][]; notes: string[] } {
  if (cells.length < leastCells)
    throw refuse(
      "too-few-points",
      `The ladder has ${cells.length} finished ${cells.length === 1 ? "cell" : "cells"} and the regression needs at least ${leastCells}: with 3 the plane goes through every point.`,
      "Finish more cells of the ladder; more seeds of one cell are no further points.",
    );
  const varies = (axis: Axis) => Math.max(...log2(cells, axis)) - Math.min(...log2(cells, axis)) >= leastRange;
  const axes = (["prompts", "responses"] as const).filter(varies);
  if (axes.length === 0)
    throw refuse(
      "rank-deficient",
      "All cells have the same prompts and responses to within 7 %: there is nothing to regress on.",
      "Vary unique prompts, responses a prompt, or both.",
    );
  const columns = axes.map((axis) => log2(cells, axis));
  if (axes.length === 2 && 1 - correlation(columns[0], columns[1]) ** 2 < 1e-9)
    throw refuse(
      "rank-deficient",
      "In all cells prompts and responses a prompt change together, so their shares of the effect cannot be told apart.",
      "Add at least one cell that changes one of the two alone.",
    );
  const notes =
    axes.length === 2
      ? []
      : [
          axes[0] === "prompts"
            ? "Responses a prompt are the same in all cells to within 7 %: only the prompts axis is fitted."
            : "Unique prompts are the same in all cells to within 7 %: only the responses axis is fitted.",
        ];
  return { axes, columns, notes };
}

/** Score of each cell with every seed and problem as measured. */
const measured = (cells: readonly Cell[]): number[] => cells.map(({ seeds }) => mean(seeds.map(({ problems }) => mean(problems))));

type SeedDraw = Regression["bootstrap"]["seeds"];

function seedDrawOf(cells: readonly Cell[]): SeedDraw {
  if (cells.some(({ seeds }) => seeds.length < 2)) return "one";
  const key = ({ seeds }: Cell) => seeds.map(({ seed }) => seed).join();
  return cells.every((cell) => key(cell) === key(cells[0])) ? "shared" : "by cell";
}

/** Of a plane with something left over. */
export const leastCells = 4;

/** Scores of the cells in one draw of problems and seeds. */
function drawnScores(cells: readonly Cell[], strata: readonly number[][], draw: SeedDraw, random: RandomStream): number[] {
  const problems = drawnWeights(strata, random);
  const seedsOf = (cell: Cell) => drawnWeights([cell.seeds.map((_, i) => i)], random);
  const shared = draw === "shared" ? seedsOf(cells[0]) : null;
  return cells.map((cell) => {
    const scores = cell.seeds.map((seed) => weightedMean(seed.problems, problems));
    return draw === "one" ? mean(scores) : weightedMean(scores, shared ?? seedsOf(cell));
  });
}

/** Value, t interval and bootstrap interval of one quantity that a fit gives. */
function termOf(fit: LeastSquares, draws: readonly LeastSquares[], pick: (fit: LeastSquares) => number, standardError: number) {
  const value = pick(fit);
  const half = studentTQuantile(0.975, fit.degreesOfFreedom) * standardError;
  return { value, standardError, low: value - half, high: value + half, bootstrap: percentileInterval(draws.map(pick)) };
}

const scaled = (term: RegressionTerm, factor: number): RegressionTerm => ({
  value: term.value * factor,
  standardError: term.standardError * factor,
  low: term.low * factor,
  high: term.high * factor,
  bootstrap: { low: term.bootstrap.low * factor, high: term.bootstrap.high * factor },
});

const points = (value: number) => value.toFixed(1).replace("-", "−");

/** Prompts or responses next? Named only where both intervals of the difference leave 0 out. */
function whatNextOf(fit: LeastSquares, draws: readonly LeastSquares[], over: string): WhatNext {
  const pick = ({ coefficients: [a, b] }: LeastSquares) => a - b;
  const difference = termOf(fit, draws, pick, standardErrorOf(fit, [1, -1]));
  const clear = (side: 1 | -1) => [difference, difference.bootstrap].every(({ low, high }) => Math.min(side * low, side * high) > 0);
  const answer = clear(1) ? "prompts" : clear(-1) ? "responses" : "not distinguishable";
  const promptsAhead = mean(draws.map((each) => (1 + Math.sign(pick(each))) / 2));
  const span = `${points(difference.low)} to ${points(difference.high)} by the fit, ${points(difference.bootstrap.low)} to ${points(difference.bootstrap.high)} ${over}`;
  const sentence =
    answer === "not distinguishable"
      ? `Prompts and responses are not distinguishable: the difference of their points a doubling is ${points(difference.value)} (${span}).`
      : `A doubling of ${answer} brings ${points(Math.abs(difference.value))} points more than a doubling of ${answer === "prompts" ? "responses" : "prompts"} (difference ${points(difference.value)}; ${span}).`;
  return { difference, promptsAhead, answer, sentence };
}

function leaveOneOutOf(cells: readonly Cell[], axes: readonly Axis[], columns: readonly number[][], scores: readonly number[]) {
  const left = cells.map(({ cell }, out) => {
    const keep = <T>(values: readonly T[]) => values.filter((_, i) => i !== out);
    const fit = leastSquares(columns.map(keep), keep(scores));
    const coefficient = (axis: Axis) => (fit && axes.includes(axis) ? fit.coefficients[axes.indexOf(axis)] : null);
    const predicted = fit && predict(fit, columns.map((column) => column[out])); // biome-ignore format: one thought
    return {
      cell,
      prompts: coefficient("prompts"),
      responses: coefficient("responses"),
      predicted,
      error: predicted === null ? null : scores[out] - predicted,
    };
  });
  const errors = left.flatMap(({ error }) => (error === null ? [] : [error]));
  return { cells: left, rootMeanSquareError: errors.length > 0 ? Math.sqrt(mean(errors.map((error) => error ** 2))) : null };
}

/** One fit a seed, where all cells have the same seeds. */
function fitsBySeed(cells: readonly Cell[], axes: readonly Axis[], columns: readonly number[][]): Regression["overSeeds"] {
  if (seedDrawOf(cells) !== "shared") return null;
  const fits = cells[0].seeds.map((_, s) => leastSquares(columns, cells.map(({ seeds }) => mean(seeds[s].problems)))!); // biome-ignore format: one thought
  const over = (axis: Axis) => (axes.includes(axis) ? overSeeds(fits.map(({ coefficients }) => coefficients[axes.indexOf(axis)])) : null);
  return { seeds: cells[0].seeds.map(({ seed }) => seed), prompts: over("prompts"), responses: over("responses") };
}

/**
 * The regression over finished runs; all of the same problems with equal n. `seed` names the bootstrap's stream, so the same runs
 * give the same intervals. Refuses fewer than 4 cells and designs that do not determine the coefficients; where one axis never
 * varies, the other is fitted alone and the notes say so.
 */
export function ladderRegression(runs: readonly LadderRun[], seed: SeedPart[] = ["ladder"], draws = bootstrapDraws): Regression {
  const cells = cellsOf(runs);
  const { axes, columns, notes } = designOf(cells);
  const scores = measured(cells);
  const fit = leastSquares(columns, scores)!;
  const strata = strataOf(runs[0].scores.problems.map(({ source }) => source));
  const seedDraw = seedDrawOf(cells);
  const random = randomStream(...seed, "ladder-regression");
  const drawn = Array.from({ length: draws }, () => leastSquares(columns, drawnScores(cells, strata, seedDraw, random))!);

  const unit = (i: number) => axes.map((_, j) => (i === j ? 1 : 0));
  const axisTerm = (axis: Axis): RegressionTerm | null => {
    const i = axes.indexOf(axis);
    return i < 0 ? null : termOf(fit, drawn, ({ coefficients }) => coefficients[i], standardErrorOf(fit, unit(i)));
  };
  const at = (point: number[]) => termOf(fit, drawn, (each) => predict(each, point), standardErrorAt(fit, point));
  const [prompts, responses] = [axisTerm("prompts"), axisTerm("responses")];
  const deviations = { prompts: deviation(log2(cells, "prompts")), responses: deviation(log2(cells, "responses")) };
  const logCorrelation = axes.length === 2 ? correlation(columns[0], columns[1]) : null;
  const varianceInflation = logCorrelation === null ? null : 1 / (1 - logCorrelation ** 2);
  if (varianceInflation !== null && varianceInflation > 5)
    notes.push("The two axes move together (VIF above 5): their coefficients share one effect and each alone is uncertain.");
  if (fit.degreesOfFreedom < 5)
    notes.push(
      `${cells.length} cells leave ${fit.degreesOfFreedom} ${fit.degreesOfFreedom === 1 ? "degree" : "degrees"} of freedom: R² near 1 is no scaling law.`,
    );
  if (seedDraw === "one") notes.push("Some cell has one seed: the bootstrap draws problems alone, and says nothing of other seeds.");
  return {
    schemaVersion: 1,
    axes,
    notes,
    points: cells.map(({ cell, seeds, ...sizes }, i) => ({
      cell,
      ...sizes,
      score: scores[i],
      bySeed: seeds.map(({ seed: id, problems }) => ({ seed: id, score: mean(problems) })),
      fitted: fit.fitted[i],
      residual: fit.residuals[i],
    })),
    raw: { prompts, responses, intercept: at(axes.map(() => 0)) },
    standardised: {
      prompts: prompts && scaled(prompts, deviations.prompts),
      responses: responses && scaled(responses, deviations.responses),
      intercept: at(fit.centers),
      deviations,
    },
    rSquared: fit.rSquared,
    degreesOfFreedom: fit.degreesOfFreedom,
    residualDeviation: Math.sqrt(fit.variance),
    logCorrelation,
    varianceInflation,
    leaveOneOut: leaveOneOutOf(cells, axes, columns, scores),
    overSeeds: fitsBySeed(cells, axes, columns),
    bootstrap: { draws, problems: runs[0].scores.problems.length, seeds: seedDraw },
    whatNext: axes.length === 2 ? whatNextOf(fit, drawn, seedDraw === "one" ? "over problems" : "over problems and seeds") : null,
  };
}
