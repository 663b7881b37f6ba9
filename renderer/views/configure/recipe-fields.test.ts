import { describe, expect, test } from "vitest";
import { weakVsStrongRecipe } from "../../../main/contract/study.ts";
import { type Field, type FieldGroup, labelOf, problemsOf, recipeSections, valueAt, withValue } from "./recipe-fields.ts";

const recipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Test",
  starts: [
    { name: "weak", prompts: 10, responsesPerPrompt: 1, sft: {} },
    { name: "strong", prompts: 100, responsesPerPrompt: 2, sft: {} },
  ],
  rl: {},
});

function fields(groups: FieldGroup[]): Field[] {
  return groups.flatMap((group) => group.children.flatMap((child) => (child.type === "field" ? [child] : fields([child]))));
}

describe("the form made from the contract", () => {
  const all = fields(recipeSections(recipe));
  const at = (path: string) => all.find((field) => field.path.join(".") === path);

  test("every section of a recipe is there, one for each start", () => {
    expect(recipeSections(recipe).map((s) => s.label)).toEqual([
      "Study",
      "Data",
      "Start: weak",
      "Start: strong",
      "Temperature",
      "RL",
      "Evaluation on dev",
      "Final evaluation",
    ]);
  });
  test("range, unit and meaning come from the schema", () => {
    expect(at("rl.maxResponseTokens")).toMatchObject({ unit: "tokens", input: { kind: "number", integer: true } });
    expect(at("rl.groupSize")).toMatchObject({ label: "Group size G", input: { min: 2 } });
    expect(at("rl.topP")?.meaning).toContain("Must be 1 in RL");
    expect(at("temperature.fixed")).toMatchObject({ input: { kind: "number", nullable: true } });
    expect(at("rl.aggregation")).toMatchObject({ input: { kind: "choice", options: ["token-mean", "sequence-mean"] } });
    expect(at("data.gsm8kOperations")).toMatchObject({ input: { kind: "choices", options: ["+", "-", "*", "/"] } });
    expect(at("temperature.candidates")).toMatchObject({ input: { kind: "numbers" } });
  });
  test("every field has its value in the recipe: no field of the form is made up", () => {
    const some = (input: Field["input"]): unknown => {
      if (input.kind === "choice") return input.options[0];
      if (input.kind === "choices") return input.options;
      if (input.kind === "number") return Math.min(1, input.max ?? 1);
      return { text: "x", switch: true, numbers: [1] }[input.kind];
    };
    for (const { path, input } of all) {
      if (valueAt(recipe, path) !== undefined) continue;
      // An optional field is empty until it is set.
      const parsed = weakVsStrongRecipe.parse(withValue(recipe, path, some(input)));
      expect(valueAt(parsed, path), path.join(".")).not.toBeUndefined();
    }
    expect(all.length).toBeGreaterThan(60);
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
  test("a contradiction is shown at its field, with what to do", () => {
    expect(problemsOf(recipe).size).toBe(0);
    expect(problemsOf(withValue(recipe, ["rl", "topP"], 0.9)).get("rl.topP")).toContain("set topP to 1");
    expect(problemsOf(withValue(recipe, ["devEval", "pool"], "test")).get("devEval.pool")).toContain("set devEval.pool to dev");
    expect(problemsOf(withValue(recipe, ["finalEval", "pool"], "rl")).get("finalEval.pool")).toContain("set finalEval.pool to test");
    expect(problemsOf(withValue(recipe, ["rl", "steps"], "")).has("rl.steps")).toBe(true);
  });
});
