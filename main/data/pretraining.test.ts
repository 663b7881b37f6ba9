import { expect, it } from "vitest";
import { verifyHere } from "../verifiers/index.ts";
import { formatRational, parseRational } from "../verifiers/math/rational.ts";
import { evaluate, stepCount } from "./expression.ts";
import { defaultPretraining, pretrainingText } from "./pretraining.ts";
import { randomFrom } from "./random.ts";
import { promptExpression } from "./traces.ts";

it("single operations, every response right, printable ASCII and newline only, the same for the same seed", () => {
  const random = randomFrom("pretraining", 1);
  const samples = Array.from({ length: 500 }, () => pretrainingText(random, { ...defaultPretraining, code: 0 }));
  for (const { prompt, response } of samples) {
    const expression = promptExpression(prompt)!;
    expect(stepCount(expression)).toBe(1);
    const answer = formatRational(evaluate(expression)!);
    expect(parseRational(answer)).not.toBeNull();
    expect(verifyHere({ domain: "math", answer }, { text: response, finishReason: "stop" })?.verdict).toBe("right");
  }
  // Each operation, each length, and some code by default.
  for (const op of ["+", "-", "*", "/"]) expect(samples.filter(({ prompt }) => prompt.includes(op)).length).toBeGreaterThan(40);
  expect(samples.some(({ prompt }) => /^\d{3}.\d{3}=/.test(prompt))).toBe(true);
  const mixed = Array.from({ length: 300 }, (_, i) => pretrainingText(randomFrom("pretraining", i)));
  expect(mixed.filter(({ prompt }) => /print|f=\?/.test(prompt)).length).toBeGreaterThan(3);
  for (const { prompt, response } of mixed) expect(prompt + response).toMatch(/^[\n\x20-\x7e]+$/);
  expect(pretrainingText(randomFrom("pretraining", 5))).toEqual(mixed[5]);
});
