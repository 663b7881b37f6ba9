// A recipe's form, made from the contract's schema of its kind: fields, groups (some of them optional, some of one of several
// shapes) and lists, each with label, unit, range and one-line meaning. Pure.
import type { StudyKind } from "../../../main/contract/study.ts";
import { type JsonSchema, schemaOf, shapeIndex, shapesOf } from "./recipe-schema.ts";
import { freshOf, type Path, valueAt } from "./recipe-values.ts";
import { labelOf, shapeLabels } from "./recipe-words.ts";

export type FieldKind =
  | { kind: "number"; integer: boolean; min?: number; max?: number }
  | { kind: "text"; long: boolean }
  | { kind: "switch" }
  /** On, off, or what is said elsewhere. */
  | { kind: "on-off-empty" }
  | { kind: "choice"; options: string[] }
  | { kind: "choices"; options: string[] }
  | { kind: "numbers"; integer: boolean }
  | { kind: "texts" }
  | { kind: "word-or-number"; words: string[] }
  /** One of what there is: its id. */
  | { kind: "checkpoint" | "dataset" | "benchmark" };

export interface Field {
  type: "field";
  path: Path;
  label: string;
  unit?: string;
  meaning?: string;
  /** What stands for "not said": null, no entry at all, or nothing (a value must be given). */
  empty: "null" | "absent" | "never";
  input: FieldKind;
}

export interface FieldGroup {
  type: "group";
  path: Path;
  label: string;
  meaning?: string;
  /** A group that can be left out. */
  optional?: { on: boolean; off: null | undefined; fresh: unknown };
  /** A group of one of several shapes, with what each begins with. */
  shapes?: { at: number; options: { label: string; fresh: unknown }[] };
  children: FormNode[];
}

export interface FieldList {
  type: "list";
  path: Path;
  label: string;
  /** Of one item: "start", "cell". */
  one: string;
  meaning?: string;
  least: number;
  /** Without items the whole entry is left out. */
  optional: boolean;
  fresh: unknown;
  items: FieldGroup[];
}

export type FormNode = Field | FieldGroup | FieldList;

/** Fields whose text is the id of something that is there. */
const references: Record<string, "checkpoint" | "dataset" | "benchmark"> = {
  base: "checkpoint",
  checkpoint: "checkpoint",
  dataset: "dataset",
  benchmark: "benchmark",
};

/** The contract's fields that are empty until a stage says otherwise. */
const elsewhere = /empty: as rl says/;

function inputOf(key: string, schema: JsonSchema, meaning: string): FieldKind | null {
  const shapes = shapesOf(schema);
  if (shapes.length > 1) {
    const words = shapes.find((shape) => shape.enum !== undefined);
    const number = shapes.find((shape) => shape.type === "number");
    return words !== undefined && number !== undefined ? { kind: "word-or-number", words: (words.enum ?? []).map(String) } : null;
  }
  const [own] = shapes;
  if (own.const !== undefined) return null;
  if (own.enum !== undefined) return { kind: "choice", options: own.enum.map(String) };
  switch (own.type) {
    case "number":
    case "integer":
      return {
        kind: "number",
        integer: own.type === "integer",
        min: own.minimum ?? own.exclusiveMinimum,
        // zod bounds integers by what a double holds exactly; that is no bound of the field.
        max: own.maximum === Number.MAX_SAFE_INTEGER ? undefined : own.maximum,
      };
    case "boolean":
      return { kind: elsewhere.test(meaning) ? "on-off-empty" : "switch" };
    case "string":
      return key in references ? { kind: references[key] } : { kind: "text", long: key === "description" || key === "instruction" };
    case "array":
      if (own.items?.enum !== undefined) return { kind: "choices", options: own.items.enum.map(String) };
      if (own.items?.type === "number" || own.items?.type === "integer") return { kind: "numbers", integer: own.items.type === "integer" };
      if (own.items?.type === "string") return { kind: "texts" };
      return null;
    default:
      return null;
  }
}

const isObject = (schema: JsonSchema) => shapesOf(schema).every((shape) => shape.properties !== undefined);
const singular = (label: string) => label.replace(/s$/, "").toLowerCase();

/** A group's own fields come before its inner groups, so that they are not torn apart. */
function nodesOf(schema: JsonSchema, path: Path, value: unknown): FormNode[] {
  const required = new Set(schema.required);
  const nodes = Object.entries(schema.properties ?? {}).flatMap(([key, child]): FormNode[] => {
    const node = nodeOf(key, child, [...path, key], valueAt(value, [key]), required.has(key));
    return node === null ? [] : [node];
  });
  return [...nodes.filter((node) => node.type === "field"), ...nodes.filter((node) => node.type !== "field")];
}

function nodeOf(key: string, schema: JsonSchema, path: Path, value: unknown, required: boolean): FormNode | null {
  const label = labelOf(key, String(path[path.length - 2] ?? ""));
  const nullable = (schema.anyOf ?? []).some((shape) => shape.type === "null");
  const absent = !required && schema.default === undefined;
  const meaning = schema.description;
  if (schema.items !== undefined && isObject(schema.items)) {
    const one = singular(label);
    const items = Array.isArray(value) ? value : [];
    return {
      type: "list",
      path,
      label,
      one,
      meaning,
      least: schema.minItems ?? 0,
      optional: absent,
      fresh: freshOf(schema.items),
      items: items.map((item, i) => groupOf(schema.items ?? {}, [...path, i], item, itemLabel(one, item, i))),
    };
  }
  if (isObject(schema)) {
    const group = groupOf(schema, path, value, label);
    if (nullable || absent) {
      const [shape] = shapesOf(schema);
      group.optional = { on: value !== undefined && value !== null, off: nullable ? null : undefined, fresh: freshOf(shape) };
      if (!group.optional.on) group.children = [];
    }
    return group;
  }
  const input = inputOf(key, schema, meaning ?? "");
  if (input === null) return null;
  return { type: "field", path, label, unit: schema.unit, meaning, empty: nullable ? "null" : absent ? "absent" : "never", input };
}

function groupOf(schema: JsonSchema, path: Path, value: unknown, label: string): FieldGroup {
  const shapes = shapesOf(schema);
  const at = shapeIndex(shapes, value);
  return {
    type: "group",
    path,
    label,
    meaning: schema.description,
    shapes:
      shapes.length > 1 ? { at, options: shapes.map((shape, i) => ({ label: shapeLabels(shape, i), fresh: freshOf(shape) })) } : undefined,
    children: nodesOf(shapes[at], path, value),
  };
}

function itemLabel(one: string, item: unknown, i: number): string {
  const name = valueAt(item, ["name"]);
  const word = one.charAt(0).toUpperCase() + one.slice(1);
  return typeof name === "string" && name !== "" ? `${word}: ${name}` : `${word} ${i + 1}`;
}

/** Sections of the form: the study's own fields first, then one for each group and list. */
export function recipeSections(recipe: { kind: StudyKind }): (FieldGroup | FieldList)[] {
  const nodes = nodesOf(schemaOf(recipe.kind), [], recipe);
  const own = nodes.filter((node) => node.type === "field");
  return [{ type: "group", path: [], label: "Study", children: own }, ...nodes.filter((node) => node.type !== "field")];
}

/** All fields below some nodes, in the order in which they are shown. */
export function fieldsOf(nodes: FormNode[]): Field[] {
  return nodes.flatMap((node) => (node.type === "field" ? [node] : fieldsOf(node.type === "list" ? node.items : node.children)));
}

/** A recipe of a kind before anything is decided: the contract's defaults, and empty where it has none. */
export function emptyRecipe(kind: StudyKind, name: string): { kind: StudyKind; name: string } {
  return { ...(freshOf(schemaOf(kind)) as { kind: StudyKind }), name };
}
