// The fate map as a map: one column a problem, one row a start at a point of its way, shaded by solve rate. Pure.
import type { FateMap } from "../../main/contract/fate-map.ts";
import { writeSelection } from "../client/selection.ts";
import { count, percent } from "../components/format.ts";
import type { Figure, StartStyle } from "./figure.ts";

/** Columns are ordered by the weakest start: its solve rate before RL, or its change from there to the end. */
export type FateOrder = "before" | "change";

/** A column needs about a pixel; of more problems these many are drawn, evenly along the order. */
export const mostColumns = 2000;

type FateProblem = FateMap["problems"][number];

const change = (rates: readonly number[]): number => rates[rates.length - 1] - rates[0];

/** Problems in order; ties by the other starts one after the other, so that like columns stand together. */
export function orderedProblems(map: FateMap, order: FateOrder): FateProblem[] {
  const keysOf = ({ rates }: FateProblem) =>
    order === "before" ? rates.flatMap((way) => [way[0], way[way.length - 1]]) : rates.flatMap((way) => [change(way), way[0]]);
  return map.problems
    .map((problem) => ({ problem, keys: keysOf(problem) }))
    .sort((a, b) => {
      const first = a.keys.findIndex((key, i) => key !== b.keys[i]);
      return first < 0 ? (a.problem.problemId < b.problem.problemId ? -1 : 1) : a.keys[first] - b.keys[first];
    })
    .map(({ problem }) => problem);
}

function evenly<Each>(all: readonly Each[], most: number): readonly Each[] {
  return all.length <= most ? all : Array.from({ length: most }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / most)]);
}

interface Row {
  start: number;
  point: number;
  label: string;
}

/** From the bottom up: the weakest start's way stands on top and reads downwards; an empty row between starts. */
function rowsOf({ starts, points }: FateMap): (Row | null)[] {
  const topDown = starts.flatMap((name, start): (Row | null)[] => [
    ...(start > 0 ? [null] : []),
    ...points[start].map((at, point) => ({ start, point, label: `${name}, ${at}` })),
  ]);
  return topDown.reverse();
}

export function fateFigure(map: FateMap, order: FateOrder, styles: ReadonlyMap<string, StartStyle>): Figure {
  const [weakest] = map.starts;
  const problems = evenly(orderedProblems(map, order), mostColumns);
  const rows = rowsOf(map);
  const wayOf = (problem: FateProblem) =>
    map.starts.map((name, start) => `${name}: ${problem.rates[start].map((rate) => percent(rate, 0)).join(" → ")}`);
  const keyOf = (start: number, { problemId }: FateProblem) => {
    const ids = map.evaluationIds[start];
    return writeSelection({ kind: "change", before: ids[0], after: ids[ids.length - 1], problemId });
  };
  const drawn =
    problems.length < map.problems.length
      ? `${count(problems.length)} of ${count(map.problems.length)} problems, evenly along the order. `
      : "";
  return {
    id: "fate-map",
    title: "Which problems does each arm solve, from before RL to its end?",
    subtitle: `${drawn}A column is a problem; click one for its samples before and after. The order is of samples that are shown too: by chance alone one end of it rises and the other falls.`,
    x: {
      label:
        order === "before"
          ? `problems, from those that ${weakest} solves least before RL to those it solves most`
          : `problems, from those that ${weakest} loses most through RL to those it gains most`,
    },
    y: { label: "", categories: rows.map((row) => row?.label ?? "") },
    series: [],
    cells: {
      label: "Solve rate",
      fields: ["problem", "source"],
      columns: problems.map((problem) => ({
        facts: [problem.problemId, problem.source],
        hover: [`${problem.problemId}, from ${problem.source}`, ...wayOf(problem), `n = ${map.samplesPerProblem} each`].join("\n"),
      })),
      values: rows.map((row) => problems.map(({ rates }) => (row === null ? null : rates[row.start][row.point]))),
      keys: rows.map((row) => problems.map((problem) => (row === null ? null : keyOf(row.start, problem)))),
      styles: rows.map((row) => (row === null ? undefined : styles.get(map.starts[row.start]))),
    },
  };
}
