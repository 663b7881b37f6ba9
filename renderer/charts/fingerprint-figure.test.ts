// A trait against the gain, on hand-made starts.
import { expect, test } from "vitest";
import type { FingerprintCorrelation } from "../../main/contract/fingerprint.ts";
import { coefficientText, correlationFigure, correlationReading } from "./fingerprint-figure.ts";

const correlation: FingerprintCorrelation = {
  trait: "passAt1",
  label: "pass@1",
  n: 3,
  spearman: { value: -0.5, low: null, high: null },
  pearson: { value: -0.4, low: -0.9, high: 0.6 },
  clear: false,
  points: [
    { start: "quick (abcdef), weak", trait: 0.25, gain: 0.191 },
    { start: "quick (abcdef), strong", trait: 0.625, gain: 0.085 },
    { start: "other (123456), weak", trait: 0.5, gain: -0.02 },
  ],
};

test("starts stand at trait and gain in points, this study's in their own colours", () => {
  const own = new Map([["quick (abcdef), weak", { hue: 0, dash: 1 }]]);
  const figure = correlationFigure(correlation, own);
  expect(figure.series.map(({ name, kind, style, x, y }) => [name, kind, style?.hue, x, y])).toEqual([
    ["starts of other studies", "hollow-marks", undefined, [0.625, 0.5], [8.5, -2]],
    ["quick (abcdef), weak", "marks", 0, [0.25], [expect.closeTo(19.1, 9)]],
  ]);
  expect(figure.x).toMatchObject({ label: "pass@1 (%)", format: "percent" });
  expect(figure.title).toBe("pass@1 and RL's gain: no relation is distinguishable over 3 starts");
  expect(figure.series[1].hover[0].replace(/\u202f/g, " ")).toBe("quick (abcdef), weak\npass@1: 25.0 %\ngain through RL: +19.1 points");
});

test("an axis has its trait's unit; a clear relation is the title", () => {
  const clear = { ...correlation, trait: "entropy", label: "Entropy at T", clear: true, spearman: { value: 0.9, low: 0.4, high: 0.98 } };
  const figure = correlationFigure(clear, new Map());
  expect(figure.x).toEqual({ label: "Entropy at T (nats)" });
  expect(figure.title).toBe("Entropy at T goes with RL's gain: Spearman 0.90");
  expect(figure.series).toHaveLength(1);
});

test("coefficients have their interval where there is one", () => {
  expect([coefficientText(correlation.spearman), coefficientText(correlation.pearson)]).toEqual(["−0.50", "−0.40 [−0.90, +0.60]"]);
  expect(coefficientText({ value: null, low: null, high: null })).toBe("none");
});

test("a reading says why there is no coefficient", () => {
  const none = { value: null, low: null, high: null };
  expect(correlationReading(correlation)).toBe("not distinguishable");
  expect(correlationReading({ ...correlation, clear: true })).toBe("clear");
  expect(correlationReading({ ...correlation, n: 2, spearman: none })).toBe("too few starts have it");
  expect(correlationReading({ ...correlation, spearman: none })).toBe("does not vary");
});
