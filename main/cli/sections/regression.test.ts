import { expect, test } from "vitest";
import type { PaperValue, Regression, RegressionTerm } from "../../contract/index.ts";
import { overSeeds } from "../testing/literals.ts";
import { regressionSections } from "./regression.ts";

const term = (value: number): RegressionTerm => ({
  value,
  standardError: 1,
  low: value - 2,
  high: value + 2,
  bootstrap: { low: value - 1, high: value + 1 },
});
const regression: Regression = {
  schemaVersion: 1,
  axes: ["prompts"],
  notes: ["A note."],
  points: [{ cell: "10 × 1", prompts: 10, responses: 1, score: 20, bySeed: [], fitted: 21, residual: -1 }],
  raw: { prompts: term(14), responses: null, intercept: term(-117) },
  standardised: { prompts: term(18), responses: null, intercept: term(41), deviations: { prompts: 1, responses: 0 } },
  rSquared: 0.99,
  degreesOfFreedom: 1,
  residualDeviation: 1,
  logCorrelation: null,
  varianceInflation: null,
  leaveOneOut: { cells: [{ cell: "10 × 1", prompts: 13, responses: null, predicted: 23.5, error: -3.5 }], rootMeanSquareError: 3.5 },
  overSeeds: { seeds: [1, 2], prompts: overSeeds(14, 12.5, 15.5), responses: null },
  bootstrap: { draws: 10, problems: 100, seeds: "shared" },
  whatNext: null,
};
const value = (key: string, of: number): PaperValue => ({ key: `regression.${key}`, value: of, unit: "", what: "", paper: "1.1", source: "", status: "printed" }); // biome-ignore format: one thought
const published = [value("prompts", 4.831), value("responses", 2.635), value("rSquared", 0.989), value("points", 7), value("degreesOfFreedom", 4)]; // biome-ignore format: a list
const rowsOf = (text: string) => text.split("\n").map((row) => row.split(/ {2,}/));

test("each form in a table of its own, the paper's coefficients beside the standardised one", () => {
  const [doubling, deviation, lines, leftOut] = regressionSections(regression, published);
  expect(rowsOf(doubling).slice(0, 4)).toEqual([
    ["Regression", "Points a doubling", "95 % by the fit", "Over problems and seeds", "Over seeds"],
    ["a, log₂ prompts", "14.00", "[12.00, 16.00]", "[13.00, 15.00]", "[12.50, 15.50]"],
    ["b, log₂ responses", "not varied"],
    ["c, at 1 prompt", "−117.00", "[−119.00, −115.00]", "[−118.00, −116.00]"],
  ]);
  expect(rowsOf(deviation)[0][4]).toBe("The paper, points a standard deviation, 7 points");
  expect(rowsOf(deviation)[1]).toEqual(["a, log₂ prompts", "18.00", "[16.00, 20.00]", "[17.00, 19.00]", "4.831"]);
  expect(deviation).toContain("2.635");
  expect(lines).toBe("R² 0.990 on 1 degree of freedom (the paper: 0.989 on 4); correlation of the two logs none, VIF none.\nA note.\n");
  expect(rowsOf(leftOut)[1]).toEqual(["10 × 1", "13.00", "20.0", "23.5", "−3.5"]);
  expect(leftOut).toContain("within 3.5 points (root mean square)");
});

test("with one seed nothing is over seeds", () => {
  const [doubling] = regressionSections({ ...regression, overSeeds: null, bootstrap: { draws: 10, problems: 100, seeds: "one" } }, []);
  expect(rowsOf(doubling)[0]).toEqual(["Regression", "Points a doubling", "95 % by the fit", "Over problems"]);
});
