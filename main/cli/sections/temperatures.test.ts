import { expect, test } from "vitest";
import type { SweepRow } from "../../contract/index.ts";
import { arm, seedsOf } from "../testing/literals.ts";
import { temperatureSection } from "./temperatures.ts";

const row = (temperature: number, more: Partial<SweepRow> = {}): SweepRow => ({
  temperature,
  entropy: temperature / 4,
  reward: 0.25,
  distinct: 0.8,
  truncated: 0.1,
  responseTokens: 30,
  informative: 0.5,
  seeds: 1,
  chosen: 0,
  fixed: false,
  mostInformative: 0,
  ...more,
});
const rowsOf = (text: string) => text.split("\n").map((line) => line.split(/ {2,}/));

test("a start's temperatures, the chosen one and the one of most informative groups marked", () => {
  const sweep = [row(0.8, { chosen: 1 }), row(1.2, { mostInformative: 1, distinct: null })];
  const text = temperatureSection({ arms: [arm("weak", [{}], sweep)], seeds: seedsOf(1) })!;
  expect(rowsOf(text).slice(0, 3)).toEqual([
    ["Start before RL", "T", "Entropy at T", "pass@1", "Distinct", "Truncated", "Informative groups"],
    ["weak", "0.8", "0.20", "25.0 %", "80.0 %", "10.0 %", "50.0 %", "chosen"],
    ["", "1.2", "0.30", "25.0 %", "10.0 %", "50.0 %", "most informative"],
  ]);
});

test("over seeds it says how many chose a T", () => {
  const sweep = [row(0.8, { seeds: 3, chosen: 2, mostInformative: 3 }), row(1.2, { seeds: 3, chosen: 1, fixed: true })];
  const text = temperatureSection({ arms: [arm("weak", [{}, {}, {}], sweep)], seeds: seedsOf(3) })!;
  expect(text).toContain("chosen under 2 of 3 seeds, most informative under 3 of 3 seeds");
  expect(text).toContain("set by the recipe under 1 of 3 seeds");
  expect(text).toContain("means over seeds");
});

test("without a sweep there is nothing to say", () => {
  expect(temperatureSection({ arms: [arm("weak", [{}])], seeds: seedsOf(1) })).toBeNull();
});
