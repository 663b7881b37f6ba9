// Whether the temperatures that the finder tried reach its target at all: T at an end of the grid may be far from what was asked.
import type { TemperatureResult } from "../../main/contract/run.ts";

export const targetOutside = "The target lies outside the tried temperatures";

/** Which end of the grid T is, where every entropy lies on one side of the target; else null. A T that the recipe set was not looked for. */
export function gridEnd({ candidates, chosen, target, fixed }: TemperatureResult): "lowest" | "highest" | null {
  const oneSided = candidates.every((c) => c.entropy < target) || candidates.every((c) => c.entropy > target);
  if (fixed || !oneSided) return null;
  const temperatures = candidates.map((c) => c.temperature);
  return chosen === Math.max(...temperatures) ? "highest" : chosen === Math.min(...temperatures) ? "lowest" : null;
}
