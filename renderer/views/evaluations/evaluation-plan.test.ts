import { describe, expect, test } from "vitest";
import type { Benchmark } from "../../../main/contract/benchmark.ts";
import type { CheckpointCard } from "../../../main/contract/checkpoint.ts";
import type { ImportedDataset, RowShape } from "../../../main/contract/imported-dataset.ts";
import { evalConfig } from "../../../main/contract/recipe.ts";
import { fitsBenchmark, newDraft, ownDataset, planOf, startInput } from "./evaluation-plan.ts";

const benchmark: Benchmark = {
  key: "gsm8k",
  name: "GSM8K test",
  domain: "math",
  shape: "gsm8k",
  problems: 1319,
  instruction: "Box it.",
  dates: null,
  eval: evalConfig.parse({ samplesPerProblem: 4, temperature: 0.6, topP: 0.95, maxResponseTokens: 32_768 }),
  provenance: "ours",
  shipped: "gsm8k/test.jsonl",
};
const card = { id: "c", file: { model: { maxPositionEmbeddings: 2048 } } } as CheckpointCard;
const dataset = { id: "mine-v1", rows: 100, mapping: { shape: "gsm8k" } } as ImportedDataset;
const draft = { ...newDraft, checkpoint: "c" };

describe("an evaluation before it is started", () => {
  test("as the protocol has it, but for what does not fit the checkpoint", () => {
    const plan = planOf(draft, { benchmark, card, dataset: undefined });
    expect(plan.protocol).toEqual({ samplesPerProblem: 4, temperature: 0.6, topP: 0.95, maxResponseTokens: 1024, instruction: "Box it." });
    expect(plan.mostTokens).toBe(1319 * 4 * 1024);
    expect(plan.differences).toEqual(["budget 1,024 in place of 32,768"]);
    expect(plan.missing).toBeNull();
  });
  test("each difference is told, and a value typed as the protocol has it is none", () => {
    const changed = { ...draft, limit: 32, samplesPerProblem: 2, temperature: 0.6, instruction: "Say it." };
    const plan = planOf(changed, { benchmark, card, dataset: undefined });
    expect(plan.differences).toEqual([
      "n 2 in place of 4",
      "budget 1,024 in place of 32,768",
      "another instruction",
      "the first 32 of 1,319 problems",
    ]);
    expect(plan.mostTokens).toBe(32 * 2 * 1024);
  });
  test("what is missing is said", () => {
    expect(planOf(newDraft, { benchmark, card: undefined, dataset: undefined }).missing).toContain("checkpoint");
    expect(planOf(draft, { benchmark: { ...benchmark, shipped: null }, card, dataset: undefined }).missing).toContain("import its file");
    expect(planOf({ ...draft, benchmark: null }, { benchmark: undefined, card, dataset: undefined }).missing).toContain("imported dataset");
    const own = planOf({ ...draft, benchmark: null, dataset: dataset.id }, { benchmark: undefined, card, dataset });
    expect(own).toMatchObject({ missing: null, problems: 100, differences: [] });
  });
  test("what follows the protocol is left to the host", () => {
    const plan = planOf(draft, { benchmark, card, dataset: undefined });
    expect(startInput({ ...draft, limit: 32, temperature: 0 }, plan)).toEqual({
      checkpoint: "c",
      benchmark: "gsm8k",
      dataset: null,
      limit: 32,
      temperature: 0,
      seed: 1,
    });
    expect(startInput({ ...draft, benchmark: null }, plan).maxResponseTokens).toBe(1024);
  });
  test("a benchmark's problems are the newest version of its name", () => {
    const versions = [1, 3, 2].map((version) => ({ ...dataset, name: "gsm8k", version }));
    expect(ownDataset(benchmark, versions)?.version).toBe(3);
    expect(ownDataset(undefined, versions)).toBeUndefined();
  });
  test("HumanEval can be read from HumanEval+, not the other way round", () => {
    const of = (shape: RowShape) => ({ ...dataset, mapping: { shape } }) as ImportedDataset;
    const humaneval: Benchmark = { ...benchmark, shape: "humaneval" };
    expect(fitsBenchmark(humaneval, of("humaneval-plus"))).toBe(true);
    expect(fitsBenchmark({ ...benchmark, shape: "humaneval-plus" }, of("humaneval"))).toBe(false);
    expect(fitsBenchmark(humaneval, of("gsm8k"))).toBe(false);
  });
});
