// The contract's schemas of the nine kinds of study as JSON Schema: what forms, fresh parts and the places of problems are made from.
import { z } from "zod";
import { issueInWords } from "../../../main/contract/issue-words.ts";
import { type StudyKind, studyRecipe } from "../../../main/contract/study.ts";
import { keyOf, type Path, valueAt } from "./recipe-values.ts";

export interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  description?: string;
  unit?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
}

let byKind: Map<unknown, JsonSchema> | undefined;

export function schemaOf(kind: StudyKind): JsonSchema {
  byKind ??= new Map(
    ((z.toJSONSchema(studyRecipe, { io: "input", unrepresentable: "any" }) as JsonSchema).oneOf ?? []).map((schema) => [
      schema.properties?.kind?.const,
      schema,
    ]),
  );
  const schema = byKind.get(kind);
  if (schema === undefined) throw new Error(`The contract has no study of kind ${kind}.`);
  return schema;
}

/** The shapes a value may have, without null. */
export function shapesOf(schema: JsonSchema): JsonSchema[] {
  return (schema.oneOf ?? schema.anyOf ?? [schema]).filter((shape) => shape.type !== "null");
}

/** Which of several shapes a value has: the one that knows most of its entries; of equals the first. */
export function shapeIndex(shapes: JsonSchema[], value: unknown): number {
  const agreement = ({ properties, enum: words, type }: JsonSchema): number => {
    if (properties === undefined) {
      if (words !== undefined) return words.includes(value) ? 1 : 0;
      return (type === "integer" ? "number" : type) === typeof value ? 1 : 0;
    }
    if (typeof value !== "object" || value === null) return 0;
    const fixed = Object.entries(properties).filter(([, inner]) => inner.const !== undefined);
    const own = value as Record<string, unknown>;
    if (fixed.some(([key, inner]) => own[key] !== undefined && own[key] !== inner.const)) return Number.NEGATIVE_INFINITY;
    return Object.keys(own).reduce((sum, key) => sum + (key in properties ? 1 : -1), 0);
  };
  return shapes.reduce((best, shape, i) => (agreement(shape) > agreement(shapes[best]) ? i : best), 0);
}

/** The schema at a path, following the shapes that the recipe's values have. */
function schemaAt(schema: JsonSchema, recipe: unknown, path: Path): JsonSchema | undefined {
  let at: JsonSchema | undefined = schema;
  for (let i = 0; i < path.length && at !== undefined; i++) {
    const shapes = shapesOf(at);
    const shape: JsonSchema | undefined = shapes[shapeIndex(shapes, valueAt(recipe, path.slice(0, i)))];
    at = typeof path[i] === "number" ? shape?.items : shape?.properties?.[path[i]];
  }
  return at;
}

/** What contradicts, by the path of the field it is shown at. */
export function problemsOf(recipe: unknown): Map<string, string> {
  const parsed = studyRecipe.safeParse(recipe);
  const kind = valueAt(recipe, ["kind"]) as StudyKind;
  const problems = new Map<string, string>();
  for (const issue of parsed.error?.issues ?? [])
    for (const { path, message } of placed(issue, [], schemaOf(kind), recipe))
      if (!problems.has(keyOf(path))) problems.set(keyOf(path), message);
  return problems;
}

/** A union's own message says nothing: what is said is what its shape in use lacks. */
function placed(issue: z.core.$ZodIssue, before: Path, schema: JsonSchema, recipe: unknown): { path: Path; message: string }[] {
  const path = [...before, ...(issue.path as Path)];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ path, message: issueInWords(issue, valueAt(recipe, path)) }];
  const at = schemaAt(schema, recipe, path);
  const shapes = at === undefined ? [] : shapesOf(at);
  const branch = issue.errors[shapeIndex(shapes, valueAt(recipe, path))] ?? issue.errors[0];
  return branch.flatMap((inner) => placed(inner, path, schema, recipe));
}
