import fc from "fast-check";
import { expect, it } from "vitest";
import { extract, maxAnswerLength } from "./extract.ts";

it.each([
  ["boxed", "\\boxed{1} then \\boxed{2}", "2"],
  ["boxed", "$\\boxed{\\frac{1}{\\sqrt{2}}}$.", "\\frac{1}{\\sqrt{2}}"],
  ["boxed", "\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"],
  ["boxed", "\\boxed{a\\}b}", "a\\}b"],
  ["boxed", "\\boxed {5}", "5"],
  ["boxed", "\\boxed 5$ and", "5"],
  ["boxed", "\\fbox{5}", "5"],
  ["boxed", "\\boxed{\\boxed{5}}", "5"],
  ["boxed", "\\boxed{5} \\boxedtext", "5"],
  ["boxed", "<think>\\boxed{1}</think>\\boxed{2}", "2"],
  ["boxed", "\\boxed{1}</think>\\boxed{2}</think>\\boxed{3}", "3"],
  ["boxed-or-last-number", "from 1,234 to -5.50", "-5.50"],
  ["boxed-or-last-number", "since 9-7 is 2", "2"],
  ["boxed-or-last-number", "it is 3/4, or 75%", "75%"],
  ["boxed-or-last-number", "\\boxed{1} of 2", "1"],
  ["gsm8k", "A: 1\n#### 1,000 \nand 3", "1,000"],
  ["gsm8k", "A: 1\nA: $2\n", "$2"],
  ["gsm8k", "A: 7", "7"],
  ["gsm8k", "so 5 - 3 makes 2.", "2"],
  ["gsm8k", "#### 1\n\\boxed{2}", "2"],
] as const)("%s: %j gives %s", (rule, response, answer) => {
  expect(extract(response, rule)).toEqual({ answer });
});

it.each([
  ["boxed", "the answer is 5", "no \\boxed{}"],
  ["boxed", "\\boxed{5} or \\boxed{}", "the last \\boxed{} is empty"],
  ["boxed", "\\boxed{5} or \\boxed{6", "the last \\boxed{} is not closed"],
  ["boxed", "\\boxed{\\frac{1}{2}", "the last \\boxed{} is not closed"],
  ["boxed", "<think>\\boxed{5}", "the thinking does not end"],
  ["boxed", "<think></think>\\boxed{5}<think>", "the thinking does not end"],
  ["boxed", "<think>\\boxed{5}</think>", "no \\boxed{}"],
  ["boxed-or-last-number", "no idea", "no number"],
  ["gsm8k", "####\n5", "nothing after ####"],
  ["boxed", `\\boxed{${"9".repeat(maxAnswerLength + 1)}}`, `answer longer than ${maxAnswerLength} characters`],
] as const)("%s: %j has no answer", (rule, response, problem) => {
  expect(extract(response, rule)).toEqual({ problem });
});

it("takes megabytes in a moment, whatever is in them", () => {
  const parts = ["\\boxed{", "}", "{", "\\", "\\boxed", "9", "-", ",", "1,000", "<think>", "</think>", "#", "A:", "\n", " ", "$"];
  const started = performance.now();
  for (const part of parts)
    for (const rule of ["boxed", "boxed-or-last-number", "gsm8k"] as const) extract(part.repeat(1_000_000 / part.length), rule);
  expect(performance.now() - started).toBeLessThan(5000);
  fc.assert(fc.property(fc.array(fc.constantFrom(...parts)), (some) => extract(some.join(""), "gsm8k") !== null));
});
