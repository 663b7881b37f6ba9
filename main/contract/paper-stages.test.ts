import { describe, expect, test } from "vitest";
import { evaluationBudget, paperStages } from "./paper-stages.ts";
import { rlStage } from "./recipe.ts";

describe("the paper's stages at another size", () => {
  test("budgets are 1, 2, 3 times the first for math, 3 and 4 for code, 4 for math again; the filter is on for the first two", () => {
    const stages = paperStages(8000).map((stage) => rlStage.parse(stage));
    expect(stages.map(({ name }) => name)).toEqual(["Math 8000", "Math 16000", "Math 24000", "Code 24000", "Code 32000", "Math 32000"]);
    expect(stages.map(({ overlongFilter }) => overlongFilter)).toEqual([true, true, false, false, false, false]);
    expect(stages.map(({ groupSize }) => groupSize)).toEqual([8, 16, 16, 8, 16, 16]);
    expect(stages.map(({ door }) => door && [door.max, door.dropAllSolved])).toEqual([undefined, undefined, [0.375, false], undefined, undefined, [undefined, true]]); // biome-ignore format: a table
    expect(stages.map(({ dropSolved }) => dropSolved ?? false)).toEqual([false, false, false, false, true, false]);
    expect(stages.filter(({ note }) => note?.includes("Contested")).map(({ name }) => name)).toEqual(["Math 24000"]);
  });
  test("evaluations must allow what the longest stage does, as far as the model has positions", () => {
    expect(evaluationBudget(paperStages(20), null)).toBe(80);
    expect(evaluationBudget(paperStages(200), 500)).toBe(500);
  });
  test("without code problems its stages are left out, and the others ask for math alone", () => {
    const stages = paperStages(10, false);
    expect(stages.map(({ maxResponseTokens }) => maxResponseTokens)).toEqual([10, 20, 30, 40]);
    expect(stages.every(({ domain }) => domain === "math")).toBe(true);
  });
});
