import { expect, test } from "vitest";
import { difference, fixed, level, logOdds, plural, table } from "./text.ts";

test("a difference says whether it is one: spanning zero, clear of it, one seed, seeds that agree", () => {
  expect(difference(0.012, { low: -0.01, high: 0.034 })).toBe("+1.2 [−1.0, +3.4] n.d.");
  expect(difference(-0.05, { low: -0.08, high: -0.02 })).toBe("−5.0 [−8.0, −2.0]");
  expect(difference(0.02, { low: null, high: null })).toBe("+2.0");
  expect(difference(0.1 + 0.2, { low: 0.3, high: 0.1 + 0.2 })).toBe("+30.0, no spread over seeds");
  expect(difference(-0.5, { low: -0.9, high: -0.1 }, logOdds)).toBe("−0.50 [−0.90, −0.10]");
  expect(level({ value: 0.5, low: 0.5, high: 0.5 })).toBe("50.0 %, no spread over seeds");
});

test("numbers, counts and tables", () => {
  expect([fixed(-1.25, 1), fixed(-0.01, 1)]).toEqual(["−1.3", "0.0"]);
  expect([plural(1, "degree"), plural(3, "degree"), plural(2, "study", "studies")]).toEqual(["1 degree", "3 degrees", "2 studies"]);
  expect(table([["a", "b"], ["long", ""], ["c", "d"]])).toBe("a     b\nlong\nc     d\n"); // biome-ignore format: a table
});
