import { expect, test } from "vitest";
import type { TemperatureResult } from "../../main/contract/run.ts";
import { temperatureFigure } from "../charts/temperature-figure.ts";
import { gridEnd } from "./temperature-grid.ts";

const result = (entropies: number[], chosen: number, more: Partial<TemperatureResult> = {}): TemperatureResult => ({
  chosen,
  chosenEntropy: 0.2,
  target: 0.3,
  fixed: false,
  candidates: entropies.map((entropy, i) => ({ temperature: (i + 2) / 5, entropy, reward: 0.5, truncated: 0, responseTokens: 10 })),
  ...more,
});

test("the target is out of reach only at an end of the grid, with every entropy on one side of it", () => {
  expect(gridEnd(result([0.1, 0.15, 0.2], 0.8))).toBe("highest");
  expect(gridEnd(result([0.4, 0.5, 0.6], 0.4))).toBe("lowest");
  expect(gridEnd(result([0.1, 0.29, 0.5], 0.6))).toBeNull();
  // At the end, but bracketed or met.
  expect(gridEnd(result([0.29, 0.4, 0.5], 0.4))).toBeNull();
  expect(gridEnd(result([0.1, 0.2, 0.3], 0.8))).toBeNull();
  // A T of the recipe's own was measured, not looked for.
  expect(gridEnd(result([0.1], 0.4, { fixed: true }))).toBeNull();
  expect(gridEnd(result([], 0.4))).toBeNull();
});

test("the figure says so", () => {
  expect(temperatureFigure("weak", result([0.1, 0.15, 0.2], 0.8), undefined).subtitle).toBe(
    "The target lies outside the tried temperatures.",
  );
  expect(temperatureFigure("weak", result([0.1, 0.29, 0.5], 0.6), undefined).subtitle).toBeUndefined();
});
