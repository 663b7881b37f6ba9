import { describe, expect, test } from "vitest";
import { type StudyKind, studyRecipe, weakVsStrongRecipe } from "../../../main/contract/study.ts";
import { emptyRecipe, type Field, type FieldGroup, type FieldList, fieldsOf, recipeSections } from "./recipe-fields.ts";
import { problemsOf } from "./recipe-schema.ts";
import { duplicated, moved, valueAt, withValue } from "./recipe-values.ts";
import { labelOf } from "./recipe-words.ts";

const recipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Test",
  starts: [
    { name: "weak", prompts: 10, responsesPerPrompt: 1, sft: {} },
    { name: "strong", prompts: 100, responsesPerPrompt: 2, sft: {} },
  ],
  rl: {},
});

describe("the form made from the contract", () => {
  const all = fieldsOf(recipeSections(recipe));
  const at = (path: string) => all.find((field) => field.path.join(".") === path);

  test("every section of a recipe is there, and every start among the starts", () => {
    const sections = recipeSections(recipe);
    expect(sections.map((s) => s.label)).toEqual([
      "Study",
      "Data",
      "Starts",
      "Temperature",
      "RL",
      "Stages",
      "Evaluation on dev",
      "Final evaluation",
    ]);
    const starts = sections[2] as FieldList;
    expect(starts).toMatchObject({ type: "list", least: 2, optional: false, one: "start" });
    expect(starts.items.map((start) => start.label)).toEqual(["Start: weak", "Start: strong"]);
  });
  test("range, unit and meaning come from the schema", () => {
    expect(at("rl.maxResponseTokens")).toMatchObject({ unit: "tokens", input: { kind: "number", integer: true } });
    expect(at("rl.groupSize")).toMatchObject({ label: "Group size G", input: { min: 2 } });
    expect(at("rl.topP")?.meaning).toContain("Must be 1 in RL");
    expect(at("temperature.fixed")).toMatchObject({ empty: "null", input: { kind: "number", integer: false } });
    expect(at("rl.domain")).toMatchObject({ empty: "absent", input: { kind: "choice", options: ["math", "code"] } });
    expect(at("base")).toMatchObject({ empty: "never", input: { kind: "checkpoint" } });
    expect(at("rl.aggregation")).toMatchObject({ input: { kind: "choice", options: ["token-mean", "sequence-mean"] } });
    expect(at("data.gsm8kOperations")).toMatchObject({ input: { kind: "choices", options: ["+", "-", "*", "/"] } });
    expect(at("temperature.candidates")).toMatchObject({ input: { kind: "numbers" } });
  });
  test("every field has its value in the recipe: no field of the form is made up", () => {
    const some = (input: Field["input"]): unknown => {
      if (input.kind === "choice") return input.options[0];
      if (input.kind === "number") return Math.min(1, input.max ?? 1);
      return input.kind === "switch" ? true : "x";
    };
    for (const { path, input } of all) {
      if (valueAt(recipe, path) !== undefined) continue;
      // An optional field is empty until it is set.
      const parsed = weakVsStrongRecipe.parse(withValue(recipe, path, some(input)));
      expect(valueAt(parsed, path), path.join(".")).not.toBeUndefined();
    }
    expect(all.length).toBeGreaterThan(60);
  });
  test("a start is fine-tuned here or a checkpoint that is there, and shows the fields of what it is", () => {
    const start = (value: unknown) => (recipeSections(withValue(recipe, ["starts", 0], value))[2] as FieldList).items[0];
    expect(start(recipe.starts[0]).shapes).toMatchObject({
      at: 0,
      options: [{ label: "Fine-tuned in this study" }, { label: "A checkpoint that is there", fresh: { name: "", checkpoint: "" } }],
    });
    const existing = start({ name: "weak", checkpoint: "mine" });
    expect(existing.shapes?.at).toBe(1);
    expect(fieldsOf([existing]).map((field) => field.path.join("."))).toEqual(["starts.0.name", "starts.0.checkpoint"]);
  });
  test("problems are generated, as they are where nothing is said, or imported", () => {
    const data = (value: unknown) => recipeSections(withValue(recipe, ["data"], value))[1] as FieldGroup;
    expect(data({}).shapes).toMatchObject({ at: 0, options: [{}, { label: "Imported datasets" }] });
    const imported = data({ kind: "imported", sft: null, rl: { dataset: "a" }, dev: { dataset: "a" }, test: { dataset: "a" } });
    expect(imported.shapes?.at).toBe(1);
    const pools = imported.children.filter((child) => child.type === "group");
    expect(pools.map(({ label, optional }) => [label, optional?.on])).toEqual([
      ["Rows of SFT", false],
      ["Problems of RL", true],
      ["Problems of dev", undefined],
      ["Problems of test", undefined],
    ]);
    expect(fieldsOf([imported]).find((field) => field.path.join(".") === "data.dev.dataset")?.input).toEqual({ kind: "dataset" });
  });
  test("a stage's temperature is a word or a number, and its switches may say nothing", () => {
    const staged = withValue(recipe, ["stages"], [{ name: "Math 8K", temperature: "inherit", door: {} }]);
    const stages = recipeSections(staged).find(({ label }) => label === "Stages") as FieldList;
    expect(stages).toMatchObject({ optional: true, least: 1, fresh: { name: "", temperature: "inherit" } });
    const found = (key: string) => fieldsOf([stages]).find((field) => field.path.join(".") === `stages.0.${key}`);
    expect(found("temperature")?.input).toEqual({ kind: "word-or-number", words: ["inherit", "find"] });
    expect(found("overlongFilter")?.input.kind).toBe("on-off-empty");
    expect(found("door.samplesPerProblem")?.input).toMatchObject({ kind: "number", min: 2, max: 256 });
  });
  test("every kind of study has a form, and begins empty with the contract's defaults", () => {
    const kinds = studyRecipe.options.map((option) => option.shape.kind.value as StudyKind);
    expect(kinds).toHaveLength(9);
    for (const kind of kinds) {
      const empty = emptyRecipe(kind, "New");
      const paths = fieldsOf(recipeSections(empty)).map((field) => field.path.join("."));
      expect(new Set(paths).size, kind).toBe(paths.length);
      // What an empty recipe lacks is asked for at fields that its form has, or at a whole part of it.
      const places = [...paths, "starts", "cells", "temperatures", "budgets", "noise", "data.sft", "data.rl"];
      for (const place of problemsOf(empty).keys()) expect(places, `${kind}: ${place}`).toContain(place);
      expect(problemsOf(empty).size, kind).toBeGreaterThan(0);
    }
    const rl = withValue(emptyRecipe("rl", "New"), ["checkpoint"], "tiny-base");
    expect(problemsOf(rl)).toEqual(new Map());
    expect(studyRecipe.parse(rl)).toEqual(studyRecipe.parse({ kind: "rl", name: "New", checkpoint: "tiny-base", rl: {} }));
  });
  test("words", () => {
    expect(labelOf("promptsPerStep")).toBe("Prompts per step");
    expect(labelOf("rl")).toBe("RL");
    const arithmetic = all.filter((field) => field.path[1] === "arithmetic").map((field) => field.label);
    expect(arithmetic).toEqual([
      "Problems",
      "Fewest operations",
      "Most operations",
      "Fewest digits",
      "Most digits",
      "Operations",
      "Numbers",
    ]);
  });
});

describe("changing a recipe", () => {
  test("one value changes, the rest is shared", () => {
    const next = withValue(recipe, ["starts", 1, "sft", "epochs"], 7);
    expect(next.starts[1]).toMatchObject({ sft: { epochs: 7 } });
    expect(next.starts[0]).toBe(recipe.starts[0]);
    expect(recipe.starts[1]).toMatchObject({ sft: { epochs: 3 } });
  });
  test("items are duplicated under names of their own, and moved", () => {
    const items = duplicated([{ name: "a" }, { name: "b" }], 0);
    expect(items).toEqual([{ name: "a" }, { name: "a copy" }, { name: "b" }]);
    expect(duplicated(items, 1).map(({ name }) => name)).toEqual(["a", "a copy", "a copy 2", "b"]);
    expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  });
  test("an emptied optional value leaves no entry behind", () => {
    const limited = withValue(recipe, ["starts", 0, "sft", "maxSteps"], 5);
    expect(withValue(limited, ["starts", 0, "sft", "maxSteps"], undefined)).toEqual(recipe);
  });
  test("a shape's own contradiction is shown, not the union's", () => {
    const at = (value: unknown) => [...problemsOf(withValue(recipe, ["starts", 0], value))];
    expect(at({ name: "weak", checkpoint: "" })).toEqual([["starts.0.checkpoint", "Needs a value."]]);
    expect(at({ name: "weak", prompts: 0, responsesPerPrompt: 1, sft: {} })).toEqual([["starts.0.prompts", "More than 0."]]);
    expect(at({ name: "weak", prompts: 1.5, responsesPerPrompt: 1, sft: {} })).toEqual([
      ["starts.0.prompts", "This must be a whole number."],
    ]);
    expect([...problemsOf(withValue(recipe, ["starts"], [recipe.starts[0]]))]).toEqual([["starts", "At least 2 of them."]]);
    expect(problemsOf(emptyRecipe("overlong", "New")).get("budgets")).toBe("Needs at least 1.");
  });
  test("a contradiction is shown at its field, with what to do", () => {
    expect(problemsOf(recipe).size).toBe(0);
    expect(problemsOf(withValue(recipe, ["rl", "topP"], 0.9)).get("rl.topP")).toContain("set topP to 1");
    expect(problemsOf(withValue(recipe, ["devEval", "pool"], "test")).get("devEval.pool")).toContain("set devEval.pool to dev");
    expect(problemsOf(withValue(recipe, ["finalEval", "pool"], "rl")).get("finalEval.pool")).toContain("set finalEval.pool to test");
    expect(problemsOf(withValue(recipe, ["rl", "steps"], "")).has("rl.steps")).toBe(true);
  });
});
