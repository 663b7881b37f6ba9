import { expect, test } from "vitest";
import { evaluationRecipe, sftRecipe } from "../../../main/contract/study.ts";
import { samplesInWords, tokensInWords, updatesInWords } from "./plan-words.ts";

test("tokens are rounded to what a forecast knows", () => {
  expect([441, 9_999, 40_400, 4_712_000, 3e9].map((tokens) => tokensInWords(tokens))).toEqual([
    "441 tokens",
    "9,999 tokens",
    "40 k tokens",
    "4.7 M tokens",
    "3.0 G tokens",
  ]);
  expect(tokensInWords(1_413, false)).toBe("1,413");
});

test("an evaluation: problems × samples, and the most its responses can have", () => {
  const recipe = (data: object, how: object) =>
    evaluationRecipe.parse({ kind: "evaluation", name: "E", checkpoint: "c", data: { dataset: "d", ...data }, eval: how });
  const how = { samplesPerProblem: 2, maxResponseTokens: 100 };
  expect(samplesInWords(recipe({}, how), 30)).toBe("30 problems × 2 samples: at most 6,000 tokens of responses.");
  expect(samplesInWords(recipe({ sources: ["gsm8k"] }, { ...how, problems: 10 }), 30)).toBe(
    "At most 10 problems × 2 samples: at most 2,000 tokens of responses.",
  );
});

test("SFT: epochs or updates over the rows that are not kept for dev", () => {
  const recipe = (more: object, sft: object) =>
    sftRecipe.parse({ kind: "sft", name: "S", checkpoint: "c", data: { dataset: "d" }, sft, ...more });
  expect(updatesInWords(recipe({}, {}), 116)).toBe("3 epochs over 100 examples; 16 rows kept for the dev loss.");
  expect(updatesInWords(recipe({ devRows: 1, responsesPerPrompt: 4 }, { maxSteps: 20 }), 11)).toBe(
    "At most 20 updates over at most 40 examples; 1 row kept for the dev loss.",
  );
});
