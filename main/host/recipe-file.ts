// Recipes as YAML: read with the place of every problem, and written as short as they can be.
import { Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { z } from "zod";
import { issueInWords, type ParsedRecipe, type RecipeProblem, type StudyRecipe, studyRecipe, valueOfIssue } from "../contract/index.ts";

type Path = (string | number)[];

interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: unknown;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  const?: unknown;
}

/** JSON Schema of a recipe file, for editors (draft 2020-12). */
export function recipeJsonSchema(): Record<string, unknown> {
  return { title: "Headstart study", ...z.toJSONSchema(studyRecipe, { io: "input" }) };
}

let schema: JsonSchema | undefined;

/** A recipe, or everything that is wrong with the text: where, what, and what to do. Starts nothing. */
export function parseRecipe(text: string): ParsedRecipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0)
    return { problems: document.errors.map(({ message, pos }) => ({ ...place(pos[0]), path: "", message: `Not YAML: ${message}` })) };
  const value: unknown = document.toJS();
  const at = (path: Path): { line: number; column: number } => {
    // The nearest that is there: what is missing is shown where it belongs.
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const range = (node as Node | null | undefined)?.range;
      if (range) return place(range[0]);
    }
    return { line: 1, column: 1 };
  };
  const problem = (path: Path, message: string): RecipeProblem => ({ ...at(path), path: path.join("."), message });
  if (!isMap(document.contents)) return { problems: [problem([], "A recipe is a list of settings, the first of them its kind: write kind: weak-vs-strong, for example.")] }; // biome-ignore format: one thought
  schema ??= recipeJsonSchema() as JsonSchema;
  const unknown = unknownKeys(value, [schema], []).map(({ path, nearest }) => {
    const key = String(path[path.length - 1]);
    return problem(path, `${key} is no setting here${nearest ? `; did you mean ${nearest}?` : "."}`);
  });
  const parsed = studyRecipe.safeParse(value);
  if (parsed.success && unknown.length === 0) return { recipe: parsed.data };
  const issues = parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => flatten(issue, value)).map(({ path, message }) => problem(path, message));
  return { problems: [...unknown, ...issues].sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** A union's own message says nothing: the branch that comes nearest says what is missing. `value` is what the issue's path begins at. */
function flatten(issue: z.core.$ZodIssue, value: unknown): { path: Path; message: string }[] {
  const path = issue.path as Path;
  const here = valueOfIssue(issue, value);
  if (issue.code !== "invalid_union") return [{ path, message: issueInWords(issue, here) }];
  if (issue.errors.length === 0) {
    const { options } = issue as { options?: unknown[] };
    return [{ path, message: options ? `Choose one of ${options.join(", ")}.` : issue.message }];
  }
  const nearest = issue.errors
    .map((branch) => branch.flatMap((inner) => flatten(inner, here)))
    .reduce((a, b) => (b.length < a.length ? b : a));
  return nearest.map((inner) => ({ path: [...path, ...inner.path], message: inner.message }));
}

/** Settings that no branch of the schema has. */
function unknownKeys(value: unknown, schemas: JsonSchema[], path: Path): { path: Path; nearest: string | null }[] {
  const branches = schemas.flatMap((each) => branchesOf(each, value));
  if (Array.isArray(value)) {
    const items = branches.flatMap(({ items: inner }) => inner ?? []);
    return value.flatMap((item, i) => unknownKeys(item, items, [...path, i]));
  }
  if (value === null || typeof value !== "object") return [];
  const objects = branches.filter(({ properties }) => properties !== undefined);
  if (objects.length === 0) return [];
  const known = new Set(objects.flatMap(({ properties }) => Object.keys(properties!)));
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key];
    if (!known.has(key)) return [{ path: at, nearest: nearestOf(key, known) }];
    return unknownKeys(inner, objects.flatMap(({ properties }) => properties![key] ?? []), at); // biome-ignore format: one thought
  });
}

/** The alternatives of a schema; of a union told apart by a constant, those whose constant fits. */
function branchesOf(one: JsonSchema, value: unknown): JsonSchema[] {
  const alternatives = one.anyOf ?? one.oneOf;
  if (!alternatives) return [one];
  const leaves = alternatives.flatMap((each) => branchesOf(each, value));
  const own = (key: string) => (value as Record<string, unknown> | null)?.[key];
  const fitting = leaves.filter(({ properties }) =>
    Object.entries(properties ?? {}).every(
      ([key, { const: fixed }]) => fixed === undefined || own(key) === undefined || own(key) === fixed,
    ),
  );
  return fitting.length > 0 ? fitting : leaves;
}

function nearestOf(key: string, known: ReadonlySet<string>): string | null {
  const close = [...known].map((candidate) => ({ candidate, distance: editDistance(key.toLowerCase(), candidate.toLowerCase()) }));
  const best = close.reduce((a, b) => (b.distance < a.distance ? b : a));
  return best.distance <= Math.max(2, key.length / 3) ? best.candidate : null;
}

/** Levenshtein's, two rows at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
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
