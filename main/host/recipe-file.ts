// Recipes as YAML: read with the place of every problem, and written as short as they can be.
import { Document, isPair, isScalar, isSeq, visit } from "yaml";
import { z } from "zod";
import { type ParsedRecipe, type StudyRecipe, studyRecipe } from "../contract/index.ts";
import { branchesOf, type JsonSchema, type Path, readSettings } from "./settings-file.ts";

/** JSON Schema of a recipe file, for editors (draft 2020-12). A recipe's text has no settings besides these, so neither has it. */
export function recipeJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(studyRecipe, {
    io: "input",
    override: ({ jsonSchema }) => {
      if (jsonSchema.properties !== undefined) jsonSchema.additionalProperties = false;
    },
  });
  return { title: "Headstart study", ...schema };
}

let schema: JsonSchema | undefined;

/** A recipe, or everything that is wrong with the text: where, what, and what to do. Starts nothing. */
export function parseRecipe(text: string): ParsedRecipe {
  schema ??= recipeJsonSchema() as JsonSchema;
  const read = readSettings(
    text,
    studyRecipe,
    schema,
    "A recipe is a list of settings, the first of them its kind: write kind: weak-vs-strong, for example.",
  );
  return "problems" in read ? read : { recipe: read.value };
}

/**
 * The recipe as text: what follows from the defaults is left out, so reading it gives the same recipe. Each setting's meaning stands
 * behind it where it comes first.
 */
export function recipeText(recipe: StudyRecipe): string {
  const whole = studyRecipe.parse(recipe);
  const expected = JSON.stringify(whole);
  const left = new Set<string>();
  const without = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => without(item, [...path, i]));
    if (value === null || typeof value !== "object") return value;
    const kept = Object.entries(value).filter(([key]) => !left.has([...path, key].join(".")));
    return Object.fromEntries(kept.map(([key, inner]) => [key, without(inner, [...path, key])]));
  };
  const meansTheSame = (): boolean => {
    const parsed = studyRecipe.safeParse(without(whole, []));
    return parsed.success && JSON.stringify(parsed.data) === expected;
  };
  const shorten = (value: unknown, path: Path): void => {
    if (value === null || typeof value !== "object") return;
    for (const [key, inner] of Object.entries(value)) {
      const name = [...path, key].join(".");
      if (!Array.isArray(value)) {
        left.add(name);
        if (meansTheSame()) continue;
        left.delete(name);
      }
      shorten(inner, [...path, key]);
    }
  };
  shorten(whole, []);
  const document = new Document(without(whole, []));
  addMeanings(document);
  return document.toString({ lineWidth: 0 });
}

/** What every reader of a recipe knows, or says itself. */
const plainKeys = new Set(["kind", "name", "description"]);

function addMeanings(document: Document): void {
  schema ??= recipeJsonSchema() as JsonSchema;
  const root: unknown = document.toJS();
  const said = new Set<string>();
  visit(document, {
    Pair(_, { key, value }, ancestors) {
      if (!isScalar(key) || !isScalar(value) || plainKeys.has(String(key.value))) return;
      const path = [...pathOf(ancestors), String(key.value)];
      // The second start's settings mean what the first one's do.
      const place = path.filter((part) => typeof part === "string").join(".");
      const meaning = meaningOf(root, path);
      if (meaning === null || said.has(place)) return;
      said.add(place);
      value.comment = ` ${meaning}`;
    },
  });
}

/** Of the maps and lists around a node, from the outermost. */
function pathOf(ancestors: readonly unknown[]): Path {
  return ancestors.flatMap((ancestor, i): Path => {
    const inner = ancestors[i + 1];
    if (isPair(ancestor) && isScalar(ancestor.key)) return [String(ancestor.key.value)];
    if (isSeq(ancestor) && inner !== undefined) return [ancestor.items.indexOf(inner)];
    return [];
  });
}

/** A setting's one-line meaning, as the contract has it. */
function meaningOf(root: unknown, path: Path): string | null {
  let branches = branchesOf(schema!, root);
  let value = root;
  for (const [i, part] of path.entries()) {
    value = (value as Record<string | number, unknown>)[part];
    const next = branches.flatMap(({ items, properties }) => (typeof part === "number" ? (items ?? []) : (properties?.[part] ?? [])));
    const meaning = next.find(({ description }) => description !== undefined)?.description;
    if (i === path.length - 1) return meaning?.replaceAll("\n", " ") ?? null;
    branches = next.flatMap((each) => branchesOf(each, value));
  }
  return null;
}
