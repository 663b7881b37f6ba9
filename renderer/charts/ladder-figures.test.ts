// A ladder's figures, on a hand-made report.
import { expect, test } from "vitest";
import type { LadderReport } from "../../main/contract/ladder.ts";
import { startStyles } from "./figure.ts";
import { availableFigure, ladderKsFigure, ladderMeanFigure } from "./ladder-figures.ts";

const cell = (prompts: number, responsesPerPrompt: number, meanLength: number, ks: number) => ({
  name: `${prompts} × ${responsesPerPrompt}`,
  prompts,
  responsesPerPrompt,
  examples: prompts * responsesPerPrompt,
  tokens: meanLength * prompts * responsesPerPrompt,
  meanLength,
  wasserstein: ks * 10,
  ks,
});
const cells = [cell(8, 1, 20, 0.25), cell(64, 1, 21.5, 0.03), cell(64, 4, 21, 0)];
const report: LadderReport = { largest: "64 × 4", mostResponses: 4, eligible: 80, pool: 200, cells };
const styles = startStyles(cells.map(({ name }) => name));

test("problems by responses: what cells draw from stands out", () => {
  const available = [{ responses: 1, problems: 200 }, { responses: 2, problems: 1 }]; // biome-ignore format: a table
  const { series, subtitle } = availableFigure(available, 2);
  expect(series.map(({ kind, x, y }) => [kind, x, y])).toEqual([["faint-bars", [1, 2], [200, 1]], ["bars", [2], [1]]]); // biome-ignore format: a table
  expect(series[0].hover).toEqual(["200 problems\nwith at least 1 different response", "1 problem\nwith at least 2 different responses"]);
  expect(subtitle).toContain("the 1 that every cell draws from");
  expect(availableFigure(available, null).series[1].x).toEqual([]);
});

test("distances by cell: the title names the farthest, cells keep their order and hue", () => {
  const figure = ladderKsFigure(report, "tokens", styles);
  expect(figure.title).toBe("Response lengths are within a KS of 0.250 of 64 × 4’s; 8 × 1 is farthest");
  expect(figure.y.categories).toEqual(["64 × 4", "64 × 1", "8 × 1"]);
  expect(figure.series.map(({ x, y, style }) => [x, y, style?.hue])).toEqual([
    [[0.25], ["8 × 1"], 0],
    [[0.03], ["64 × 1"], 1],
    [[0], ["64 × 4"], 2],
  ]);
  expect(figure.series[0].hover).toEqual([
    "8 × 1: 8 examples\nmean length 20.0 tokens\nto the largest cell: Wasserstein-1 2.50 tokens, KS 0.250",
  ]);
  expect(ladderKsFigure({ ...report, cells: [cells[2]] }, "tokens", styles).title).toBe("How alike are the cells' response lengths?");
});

test("mean lengths begin at 0 and are in the ladder's unit", () => {
  const figure = ladderMeanFigure(report, "characters", styles);
  expect(figure.title).toBe("Mean response length: 20.0 to 21.5 characters");
  expect(figure.x).toMatchObject({ label: "Mean response length (characters)", bounds: [0, null] });
  expect(ladderMeanFigure({ ...report, cells: [cells[2]] }, "characters", styles).title).toBe("Mean response length: 21.0 characters");
});
