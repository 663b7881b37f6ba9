// What a dataset allows of a ladder, and how alike its cells' response lengths are. Pure.
import type { LadderCellReport, LadderPreview, LadderReport } from "../../main/contract/ladder.ts";
import { count, fixed, plural } from "../components/format.ts";
import type { Figure, Series, StartStyle } from "./figure.ts";

/** `drawn`: the cells draw from problems with at least so many responses; null: there is no cell. */
export function availableFigure(available: LadderPreview["available"], drawn: number | null): Figure {
  const bars = (name: string, kind: "bars" | "faint-bars", own: LadderPreview["available"]): Series => ({
    name,
    kind,
    x: own.map(({ responses }) => responses),
    y: own.map(({ problems }) => problems),
    hover: own.map(({ responses, problems }) => `${plural(problems, "problem")}\nwith at least ${plural(responses, "different response")}`),
  });
  const chosen = available.filter(({ responses }) => responses === drawn);
  return {
    id: "ladder-available",
    title: "How many problems have at least r different responses?",
    subtitle: chosen.length === 0 ? "How far the sliders go." : `Full bar: the ${count(chosen[0].problems)} that every cell draws from.`,
    x: {
      label: "r, different responses a prompt",
      range: [0.4, available.length + 0.6],
      ticks: available.length > 12 ? undefined : available.map(({ responses }) => responses),
    },
    y: { label: "Problems", bounds: [0, null], range: [0, 1] },
    series: [bars("all", "faint-bars", available), bars("drawn from", "bars", chosen)],
  };
}

/** One lying bar a cell, the first on top. */
function cellBars(
  { cells }: LadderReport,
  unit: LadderPreview["unit"],
  styles: Map<string, StartStyle>,
  value: (cell: LadderCellReport) => number,
): Pick<Figure, "series" | "y"> {
  return {
    y: { label: "", categories: cells.map(({ name }) => name).reverse() },
    series: cells.map((cell) => ({
      name: cell.name,
      style: styles.get(cell.name),
      kind: "bars",
      x: [value(cell)],
      y: [cell.name],
      hover: [
        [
          `${cell.name}: ${plural(cell.examples, "example")}`,
          `mean length ${fixed(cell.meanLength, 1)} ${unit}`,
          `to the largest cell: Wasserstein-1 ${fixed(cell.wasserstein, 2)} ${unit}, KS ${fixed(cell.ks, 3)}`,
        ].join("\n"),
      ],
    })),
  };
}

export function ladderKsFigure(report: LadderReport, unit: LadderPreview["unit"], styles: Map<string, StartStyle>): Figure {
  const others = report.cells.filter(({ name }) => name !== report.largest);
  const [farthest] = [...others].sort((a, b) => b.ks - a.ks);
  return {
    id: "ladder-ks",
    title:
      farthest === undefined
        ? "How alike are the cells' response lengths?"
        : `Response lengths are within a KS of ${fixed(farthest.ks, 3)} of ${report.largest}’s; ${farthest.name} is farthest`,
    subtitle: "0: distributed alike. 1: no length in common.",
    x: { label: "KS distance to the largest cell", bounds: [0, 1], range: [0, 0.1] },
    ...cellBars(report, unit, styles, ({ ks }) => ks),
  };
}

export function ladderMeanFigure(report: LadderReport, unit: LadderPreview["unit"], styles: Map<string, StartStyle>): Figure {
  const means = report.cells.map(({ meanLength }) => meanLength);
  const [least, most] = [Math.min(...means), Math.max(...means)].map((mean) => fixed(mean, 1));
  return {
    id: "ladder-mean-length",
    title: least === most ? `Mean response length: ${least} ${unit}` : `Mean response length: ${least} to ${most} ${unit}`,
    subtitle: `Over all responses of a cell. Largest cell: ${report.largest}.`,
    x: { label: `Mean response length (${unit})`, bounds: [0, null], range: [0, 1] },
    ...cellBars(report, unit, styles, ({ meanLength }) => meanLength),
  };
}
