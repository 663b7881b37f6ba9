import { expect, it } from "vitest";
import { nextTemperature } from "./train-grpo.ts";

it("the controller heats below its target, cools above it, and keeps to its bounds", () => {
  const controller = { target: 0.3, gain: 0.1, minTemperature: 0.5, maxTemperature: 1.05 };
  expect(nextTemperature(controller, 0.8, 0.15)).toBeCloseTo(0.8 * Math.exp(0.05), 12);
  expect(nextTemperature(controller, 0.8, 0.6)).toBeCloseTo(0.8 * Math.exp(-0.1), 12);
  expect(nextTemperature(controller, 1, 0.3)).toBe(1);
  expect(nextTemperature(controller, 1, 0)).toBe(1.05);
});
