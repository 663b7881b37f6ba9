// The finder's temperatures over seeds, on hand-worked numbers.
import { expect, test } from "vitest";
import type { TemperatureResult } from "../contract/run.ts";
import { sweepOf } from "./temperature-sweep.ts";

const found = (chosen: number, informative: (number | undefined)[]): TemperatureResult => ({
  chosen,
  chosenEntropy: 0.3,
  target: 0.3,
  fixed: false,
  candidates: [1.2, 0.8].map((temperature, i) => ({
    temperature,
    entropy: temperature / 4,
    reward: chosen / 10,
    truncated: 0.5,
    responseTokens: 30,
    informative: informative[i],
  })),
});

test("rows ascend in T; means are over the seeds that tried it, counts say how often it was proposed", () => {
  const [cold, hot] = sweepOf([found(0.8, [0.6, 0.5]), found(1.2, [0.2, 0.4])]);
  expect(cold).toMatchObject({ temperature: 0.8, entropy: 0.2, reward: 0.1, informative: 0.45, seeds: 2, chosen: 1, mostInformative: 1 });
  expect(hot).toMatchObject({ temperature: 1.2, entropy: 0.3, informative: 0.4, distinct: null, chosen: 1, mostInformative: 1 });
});

test("one T alone is no sweep, and without estimates none is the most informative", () => {
  const one = found(0.8, []);
  expect(sweepOf([{ ...one, candidates: one.candidates.slice(0, 1) }])).toEqual([]);
  expect(sweepOf([one]).map(({ mostInformative }) => mostInformative)).toEqual([0, 0]);
});
