import { expect, test } from "vitest";
import { ladderRecipe } from "../../contract/index.ts";
import { arm, seedsOf } from "../testing/literals.ts";
import { cellsSection } from "./cells.ts";

const recipe = ladderRecipe.parse({
  kind: "ladder",
  name: "Ladder",
  cells: [
    { prompts: 10, responsesPerPrompt: 1 },
    { prompts: 1000, responsesPerPrompt: 2 },
  ],
  sft: {},
  otherwiseMatched: { cell: { prompts: 10, responsesPerPrompt: 1 }, matched: "steps" },
});
const sft = (examples: number, wasserstein: number) => ({
  stageId: "sft",
  prompts: examples,
  responsesPerPrompt: 1,
  examples,
  steps: 75,
  tokens: 57_345,
  lengths: { tokens: 100, wasserstein, ks: wasserstein / 100 },
  devLoss: null,
});

test("what cells are matched by, what each was trained on, and the largest distance of lengths over cells and seeds", () => {
  const arms = [arm("10 × 1", [{ sft: sft(10, 0.5) }, { sft: sft(12, 0.7) }]), arm("1000 × 2", [{ sft: sft(1999, 0) }])];
  const text = cellsSection({ recipe, arms, seeds: seedsOf(2) })!;
  expect(text).toContain("Cells are matched by epochs; 10 × 1, same steps: by steps.\n");
  expect(text).toContain("at most 0.70 tokens (Wasserstein-1) and 0.007 (Kolmogorov–Smirnov)");
  expect(text.split("\n").map((row) => row.split(/ {2,}/))).toEqual(
    expect.arrayContaining([
      ["10 × 1", "11", "75", "57,345", "0.60", "0.006"],
      ["1000 × 2", "1,999", "75", "57,345", "0.00", "0.000"],
    ]),
  );
});

test("a ladder with nothing trained yet has no such section", () => {
  expect(cellsSection({ recipe, arms: [arm("10 × 1", [{}])], seeds: seedsOf(1) })).toBeNull();
});
