// How the finder chose T: entropy at each T it tried, the chosen one marked.
import type { TemperatureResult } from "../../main/contract/run.ts";
import { writeSelection } from "../client/selection.ts";
import { fixed, percent } from "../components/format.ts";
import { gridEnd, targetOutside } from "../components/temperature-grid.ts";
import type { Figure, StartStyle } from "./figure.ts";
import { entropyLine } from "./study-figures.ts";

/** `evaluationId`: of the samples at the chosen T, which a click on it opens. */
export function temperatureFigure(
  start: string,
  result: TemperatureResult,
  style: StartStyle | undefined,
  evaluationId: string | null = null,
): Figure {
  const tried = [...result.candidates].sort((a, b) => a.temperature - b.temperature);
  const hover = (c: TemperatureResult["candidates"][number]) =>
    `${start}, T ${c.temperature}\nentropy at T: ${fixed(c.entropy, 3)} nats\npass@1: ${percent(c.reward)}\ntruncated: ${percent(c.truncated)}`;
  const away = (c: (typeof tried)[number] | undefined) => Math.abs((c?.entropy ?? result.target) - result.target);
  const reference =
    result.target === entropyLine.value
      ? entropyLine
      : { value: result.target, axis: "y" as const, label: `target ${fixed(result.target, 2)} nats (recipe)` };
  return {
    id: `temperature-${start}`,
    title: result.fixed
      ? `T ${result.chosen} was set by the recipe: entropy ${fixed(result.chosenEntropy, 2)} nats`
      : `T ${result.chosen} comes nearest to ${fixed(result.target, 2)} nats: ${fixed(result.chosenEntropy, 2)}`,
    subtitle: gridEnd(result) === null ? undefined : `${targetOutside}.`,
    x: { label: "Sampling temperature T" },
    y: { label: "Entropy at T (nats)", range: [0, 0.4], bounds: [0, null] },
    series: [
      {
        name: "entropy at T",
        style,
        kind: "line",
        x: tried.map((c) => c.temperature),
        y: tried.map((c) => c.entropy),
        hover: tried.map(hover),
      },
      {
        name: "chosen",
        style,
        kind: "marks",
        x: [result.chosen],
        y: [result.chosenEntropy],
        hover: [
          `chosen: T ${result.chosen}\nentropy at T: ${fixed(result.chosenEntropy, 3)} nats${evaluationId === null ? "" : "\nclick: its samples"}`,
        ],
        keys: [evaluationId && writeSelection({ kind: "samples", evaluationId })],
      },
    ],
    // Where the entropies are farther from it.
    references: [{ ...reference, labelAt: away(tried[0]) > away(tried[tried.length - 1]) ? "left" : "right" }],
  };
}
