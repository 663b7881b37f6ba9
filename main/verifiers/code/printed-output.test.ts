import { expect, it } from "vitest";
import { outputFault } from "./printed-output.ts";

it.each([
  ["1\n2\n", "1\n2", null],
  ["  1 2 \n\n", "\n1 2", null],
  ["1.0 2e1", "1 20", null],
  ["-0.0 +5 .5 5.", "0 5 0.5 5", null],
  ["1000000000000000000001", "1000000000000000000000", 'line 1 is "1000000000000000000001", not "1000000000000000000000"'],
  ["0.10000000000000001", "0.1", 'line 1 is "0.10000000000000001", not "0.1"'],
  ["-1", "1", 'line 1 is "-1", not "1"'],
  ["YES\nNO", "YES\nYES", 'line 2 is "NO", not "YES"'],
  ["yes", "YES", 'line 1 is "yes", not "YES"'],
  ["1\n2\n3", "1\n2", "3 lines printed, not 2"],
  ["1", "1\n2", "1 lines printed, not 2"],
  ["", "0", 'line 1 is "", not "0"'],
  [".", "0", 'line 1 is ".", not "0"'],
  ["1 2", "1  2", null],
  ["a 1", "a 1.0", 'line 1 is "a 1", not "a 1.0"'],
])("%j against %j", (printed, expected, fault) => {
  expect(outputFault(printed, expected)).toBe(fault);
});
