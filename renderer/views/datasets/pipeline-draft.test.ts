// The draft of a pipeline: what is run of it, where its contradictions are shown, and back from a stored config.
import { expect, test } from "vitest";
import { checked, configOf, draftOf, freeKey, freshDraft, freshStep, type PipelineDraft } from "./pipeline-draft.ts";

function chosen(): PipelineDraft {
  const draft = freshDraft();
  draft.steps[0].values = { ...draft.steps[0].values, pools: [{ dataset: "first-v1" }] };
  draft.steps[2].values = { ...draft.steps[2].values, benchmarks: ["math500"] };
  return draft;
}

test("a fresh draft asks for its pools and benchmarks at their fields", () => {
  const { config, problems } = checked(freshDraft());
  expect(config).toBeNull();
  expect([...problems]).toEqual([
    ["0.pools", "Choose a dataset."],
    ["2.benchmarks", "Choose a benchmark."],
  ]);
});

test("steps that are off are not run, and problems keep to their step wherever it is moved", () => {
  const draft = chosen();
  draft.steps[1].on = false;
  const held = checked(draft);
  expect(held.config?.steps.map(({ kind }) => kind)).toEqual(["merge", "decontaminate"]);
  // In the config it is step 1, in the draft the one with key 2.
  draft.steps[2].values = { ...draft.steps[2].values, n: 1 };
  expect([...checked(draft).problems]).toEqual([["2.n", "At least 2."]]);
  draft.steps[2].values = { ...draft.steps[2].values, n: undefined };
  expect(checked(draft).config?.steps[1]).toMatchObject({ n: 9 });
});

test("two steps of one kind have names of their own; every kind begins with values that hold", () => {
  const draft = chosen();
  for (const kind of ["thin", "thin", "resample", "check"] as const)
    draft.steps.push({ key: freeKey(draft.steps), on: true, values: freshStep(kind) });
  const { config, problems } = checked(draft);
  expect(problems.size).toBe(0);
  expect(config?.steps.map(({ name }) => name)).toEqual([
    "Pools",
    "Unique prompts",
    "Decontaminate",
    "Thin short prompts",
    "Thin short prompts 2",
    "Resample by length",
    "Check responses",
  ]);
  expect(configOf(draftOf(config!))).toEqual(config);
});
