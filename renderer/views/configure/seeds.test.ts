import { expect, test } from "vitest";
import { parseSeeds } from "./seeds.ts";

test("one seed, several, or a range; each once and in the order written", () => {
  expect(parseSeeds("1")).toEqual({ seeds: [1] });
  expect(parseSeeds(" 3, 1 2;1 ")).toEqual({ seeds: [3, 1, 2] });
  expect(parseSeeds("1-3, 7")).toEqual({ seeds: [1, 2, 3, 7] });
});

test("what is no seed is named", () => {
  for (const [text, says] of [
    ["", "at least one"],
    ["1, x", "x is no seed"],
    ["1.5", "1.5 is no seed"],
    ["-1", "-1 is no seed"],
    ["5-1", "write 1-5"],
    ["1-100", "more than 32"],
    ["3000000000", "too large"],
  ])
    expect((parseSeeds(text) as { problem: string }).problem, text).toContain(says);
});
