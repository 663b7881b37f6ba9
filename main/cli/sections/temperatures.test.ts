import { expect, test } from "vitest";
import type { ArmRun } from "../../contract/index.ts";
import { arm, seedsOf } from "../testing/literals.ts";
import { temperatureSection } from "./temperatures.ts";

type Sweep = NonNullable<ArmRun["temperature"]>;

const tried = (temperature: number, entropy: number, more: Partial<Sweep["candidates"][number]> = {}) => ({
  temperature,
  entropy,
  reward: 0.25,
  truncated: 0.1,
  responseTokens: 30,
  ...more,
});
const sweep = (chosen: number, more: Partial<Sweep> = {}): Sweep => ({
  chosen,
  chosenEntropy: 0.3,
  target: 0.3,
  fixed: false,
  evaluationId: null,
  candidates: [tried(1.1, 0.4, { distinct: 0.9, informative: 0.5 }), tried(0.8, 0.2, { distinct: 0.8 })],
  ...more,
});
const rowsOf = (text: string) => text.split("\n").map((row) => row.split(/ {2,}/));

test("a start's temperatures in order, the chosen one marked", () => {
  const text = temperatureSection({ arms: [arm("weak", [{ temperature: sweep(0.8) }])], seeds: seedsOf(1) })!;
  expect(rowsOf(text).slice(0, 3)).toEqual([
    ["Start before RL", "T", "Entropy at T", "pass@1", "Distinct", "Truncated", "Informative groups"],
    ["weak", "0.8", "0.20", "25.0 %", "80.0 %", "10.0 %", "chosen"],
    ["", "1.1", "0.40", "25.0 %", "90.0 %", "10.0 %", "50.0 %"],
  ]);
  expect(text).toContain("Entropy is in nats; 0.30 was looked for.");
});

test("over seeds, means and how many seeds chose a T; columns that nothing was measured for are left out", () => {
  const candidates = [tried(0.8, 0.2), tried(1.1, 0.4)];
  const runs = [{ temperature: sweep(0.8, { candidates }) }, { temperature: sweep(1.1, { candidates: [tried(0.8, 0.3), tried(1.1, 0.6)] }) }]; // biome-ignore format: one thought
  const text = temperatureSection({ arms: [arm("weak", runs)], seeds: seedsOf(2) })!;
  expect(rowsOf(text).slice(0, 3)).toEqual([
    ["Start before RL", "T", "Entropy at T", "pass@1", "Truncated"],
    ["weak", "0.8", "0.25", "25.0 %", "10.0 %", "chosen under 1 of 2 seeds"],
    ["", "1.1", "0.50", "25.0 %", "10.0 %", "chosen under 1 of 2 seeds"],
  ]);
});

test("one temperature alone is no sweep", () => {
  const fixed = sweep(0.8, { fixed: true, candidates: [tried(0.8, 0.2)] });
  expect(temperatureSection({ arms: [arm("weak", [{ temperature: fixed }])], seeds: seedsOf(1) })).toBeNull();
});
