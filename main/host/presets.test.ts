import { expect, test } from "vitest";
import { planStudy } from "../studies/plan.ts";
import { resourcesFolder } from "./entries.ts";
import { presetOf, readPresets } from "./presets.ts";
import { hashRecipe } from "./recipe-hash.ts";

test("every shipped recipe is whole, and its stages refer to stages before them", () => {
  for (const { recipe } of readPresets(resourcesFolder())) {
    const known = new Set<string>();
    for (const plan of planStudy(recipe)) {
      expect(known.has(plan.key), `${recipe.name}: ${plan.key} twice`).toBe(false);
      const named = ["from" in plan && "stage" in plan.from ? plan.from.stage : null, plan.kind === "rl" || plan.kind === "door" ? (typeof plan.temperature === "number" ? null : plan.temperature.stage) : null, plan.kind === "rl" ? (plan.door ?? null) : null, plan.kind === "sft" ? (plan.branch?.trunk?.stage ?? null) : null]; // biome-ignore format: a list
      for (const key of named) if (key !== null) expect(known, `${recipe.name}: ${plan.key} before ${key}`).toContain(key);
      known.add(plan.key);
    }
  }
});

test("the quick study is the frozen recipe of the log", () => {
  expect(hashRecipe(presetOf(resourcesFolder(), "quick").recipe).slice(0, 12)).toBe("879703d70d01");
});

test("an unknown preset is answered with those that are there", () => {
  expect(() => presetOf(resourcesFolder(), "quik")).toThrow(/There is no preset "quik"/);
});
