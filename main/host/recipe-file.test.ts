import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ParsedRecipe, type StudyRecipe, studyRecipe } from "../contract/index.ts";
import { resourcesFolder } from "./entries.ts";
import { readPresets } from "./presets.ts";
import { parseRecipe, recipeJsonSchema, recipeText } from "./recipe-file.ts";

const problems = (text: string) => {
  const parsed = parseRecipe(text);
  if ("recipe" in parsed) throw new Error("the recipe is right");
  return parsed.problems;
};
const first = (text: string) => problems(text)[0];
const rl = "kind: rl\nname: A\ncheckpoint: tiny-base\nrl: {}\n";

type Holder = Record<string, unknown>;
/** Everything in a recipe that is a value of its own. */
function leavesOf(value: unknown): { holder: Holder; key: string; set: (to: unknown) => void }[] {
  if (value === null || typeof value !== "object") return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => {
    const set = (to: unknown) => {
      holder[key] = to;
    };
    return typeof holder[key] === "object" ? leavesOf(holder[key]) : [{ holder, key, set }];
  });
}

describe("a recipe's text", () => {
  it.each(readPresets(resourcesFolder()).map(({ key, recipe }) => [key, recipe] as const))(
    "%s: written and read again it is the same",
    (key, recipe) => {
      const text = recipeText(recipe);
      expect(parseRecipe(text)).toEqual({ recipe });
      // No longer than what a person wrote.
      const own = readFileSync(join(resourcesFolder(), "recipes", `${key}.yaml`), "utf8");
      const settings = (parsed: string) => parsed.replace(/ #.*/g, "").match(/[A-Za-z0-9]+:/g)?.length ?? 0;
      expect(settings(text)).toBeLessThanOrEqual(settings(own) + 2);
    },
  );

  it("of any recipe, however it is named and set, reads as that recipe", () => {
    const presets = readPresets(resourcesFolder()).map(({ recipe }) => recipe);
    // Any number or text of a shipped recipe replaced by another; what the contract then refuses is no recipe.
    const changed = fc
      .tuple(fc.constantFrom(...presets), fc.array(fc.tuple(fc.nat(), fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 9 }), fc.string({ unit: "grapheme" }), fc.boolean())), { maxLength: 4 })) // biome-ignore format: one record
      .map(([recipe, changes]) => {
        const copy = structuredClone(recipe) as StudyRecipe;
        for (const [place, value] of changes) {
          const leaves = leavesOf(copy).filter(({ holder, key }) => typeof holder[key] === typeof value && key !== "kind");
          if (leaves.length > 0) leaves[place % leaves.length].set(value);
        }
        return studyRecipe.safeParse(copy);
      })
      .filter(({ success }) => success);
    const names = ["yes", "1e3", "null", "# a", "a: b", " ", "- a", "'", '"', "a\nb", "ü — 中", "{x}", "*a", "0x10", "~"];
    fc.assert(
      fc.property(changed, fc.constantFrom(...names), ({ data }, name) => {
        const recipe = { ...data!, name };
        expect(parseRecipe(recipeText(recipe))).toEqual({ recipe });
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it("keeps what differs from the defaults alone", () => {
    const recipe = studyRecipe.parse({ kind: "rl", name: "A", checkpoint: "c", rl: { steps: 7, optimizer: { learningRate: 0.5 } } });
    expect(recipeText(recipe)).toBe(
      "kind: rl\nname: A\ncheckpoint: c # Id of any checkpoint: imported, shipped or trained\nrl:\n  steps: 7 # Rollout batches\n  optimizer:\n    learningRate: 0.5 # Peak learning rate of AdamW\n",
    );
  });
});

it("a setting that is none and like no other is told what there is", () => {
  expect(first(`${rl}temperature: { bogus: 1 }\n`).message).toBe(
    "bogus is no setting here: there are fixed, candidates, problems, samplesPerProblem, targetEntropy.",
  );
});

it("each setting's meaning stands behind it once", () => {
  const text = recipeText(readPresets(resourcesFolder()).find(({ key }) => key === "tiny")!.recipe);
  expect(text.match(/# SFT prompts it sees/g)).toHaveLength(1);
  expect(text).toMatch(/\n {2}- name: weak\n {4}prompts: 32 # SFT prompts it sees \(axis 1\)\n/);
  expect(text).not.toMatch(/^name:.*#/m);
});

describe("what is wrong with a text is told with its place", () => {
  it("text that is no YAML", () => {
    expect(first('kind: rl\nname: "A')).toMatchObject({ line: 2, message: expect.stringMatching(/^Not YAML: /) });
    expect(first("just words")).toMatchObject({ line: 1, message: expect.stringContaining("the first of them its kind") });
  });

  it("a kind that is none", () => {
    expect(first("kind: weak-vs-weak\nname: A\n")).toMatchObject({ line: 1, path: "kind" });
  });

  it("a setting that is none, with the nearest that is", () => {
    expect(first(`${rl}temprature: { fixed: 1 }\n`)).toEqual({ line: 5, column: 13, path: "temprature", message: "temprature is no setting here; did you mean temperature?" }); // biome-ignore format: one record
    expect(first(rl.replace("rl: {}", "rl: { step: 3 }"))).toMatchObject({
      path: "rl.step",
      message: expect.stringContaining("did you mean steps?"),
    });
    expect(first(`${rl}stages: [{ name: A, door: { maxi: 0.4 } }]\n`)).toMatchObject({ path: "stages.0.door.maxi", message: expect.stringContaining("did you mean max?") }); // biome-ignore format: one thought
  });

  it("a value out of bounds, and one that is missing", () => {
    expect(first(`${rl}temperature:\n  targetEntropy: -1\n`)).toMatchObject({ line: 6, path: "temperature.targetEntropy" });
    expect(first("kind: rl\nname: A\nrl: {}\n")).toMatchObject({ path: "checkpoint" });
  });

  it("of a union the branch that comes nearest", () => {
    const text =
      "kind: weak-vs-strong\nname: A\nrl: {}\nstarts:\n  - { name: weak, checkpoint: a }\n  - { name: strong, prompts: 3, sft: {} }\n";
    expect(problems(text)).toEqual([{ line: 6, column: 5, path: "starts.1.responsesPerPrompt", message: "Needs a value." }]); // biome-ignore format: one thought
  });

  it("a contradiction, with what to do", () => {
    expect(first(`${rl}stages: [{ name: A, door: { min: 0.9, max: 0.1 } }]\n`)).toMatchObject({ path: "stages.0.door.min", message: expect.stringContaining("lower min or raise max") }); // biome-ignore format: one thought
    expect(first(`${rl}devEval: { pool: test }\n`)).toMatchObject({ line: 5, path: "devEval.pool", message: expect.stringContaining("set devEval.pool to dev") }); // biome-ignore format: one thought
  });
});

it("the schema for editors has no settings besides the contract's, at any depth", () => {
  const open: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (node === null || typeof node !== "object") return;
    const { properties, additionalProperties } = node as { properties?: object; additionalProperties?: unknown };
    if (properties !== undefined && !Array.isArray(node) && additionalProperties !== false && !path.endsWith("/properties"))
      open.push(path);
    for (const [key, inner] of Object.entries(node)) visit(inner, `${path}/${key}`);
  };
  visit(recipeJsonSchema(), "");
  expect(open).toEqual([]);
});

it("the schema for editors names every kind", () => {
  const kinds = (recipeJsonSchema() as { oneOf: { properties: { kind: { const: string } } }[] }).oneOf.map(
    (each) => each.properties.kind.const,
  );
  expect(kinds).toEqual(["weak-vs-strong", "ladder", "epochs", "temperature", "overlong", "verifier-noise", "rl", "evaluation", "sft"]);
});

const parsedAs: ParsedRecipe = parseRecipe(rl);
it("a right text is a recipe with its defaults", () => {
  expect(parsedAs).toMatchObject({ recipe: { kind: "rl", rl: { groupSize: 8 } } });
});
