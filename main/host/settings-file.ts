// A file of settings in YAML (or JSON, which is YAML), read by a schema of the contract: what it says, or everything that is wrong with
// it, each with its place.
import { isMap, LineCounter, type Node, parseDocument } from "yaml";
import type { z } from "zod";
import { issueInWords, type RecipeProblem, valueOfIssue } from "../contract/index.ts";

export type Path = (string | number)[];

export interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: unknown;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  const?: unknown;
}

/** `json` is the schema as JSON Schema; `whatItIs` is said of a text that is no list of settings at all. */
export function readSettings<Settings>(
  text: string,
  schema: z.ZodType<Settings>,
  json: JsonSchema,
  whatItIs: string,
): { value: Settings } | { problems: RecipeProblem[] } {
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
  if (!isMap(document.contents)) return { problems: [problem([], whatItIs)] };
  const unknown = unknownKeys(value, [json], []).map(({ path, known }) =>
    problem(path, unknownInWords(String(path[path.length - 1]), known)),
  );
  const parsed = schema.safeParse(value);
  if (parsed.success && unknown.length === 0) return { value: parsed.data };
  const issues = (parsed.error?.issues ?? [])
    .filter(({ code }) => code !== "unrecognized_keys") // told above, with what they might have been
    .flatMap((issue) => flatten(issue, value))
    .map(({ path, message }) => problem(path, message));
  return { problems: [...unknown, ...issues].sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** A union's own message says nothing: the branch that comes nearest says what is missing. `value` is what the issue's path begins at. */
function flatten(issue: z.core.$ZodIssue, value: unknown): { path: Path; message: string }[] {
  const path = issue.path as Path;
  const here = valueOfIssue(issue, value);
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ path, message: issueInWords(issue, here) }];
  const nearest = issue.errors
    .map((branch) => branch.flatMap((inner) => flatten(inner, here)))
    .reduce((a, b) => (b.length < a.length ? b : a));
  return nearest.map((inner) => ({ path: [...path, ...inner.path], message: inner.message }));
}

/** Settings that no branch of the schema has, with those that are known at their place. */
function unknownKeys(value: unknown, schemas: JsonSchema[], path: Path): { path: Path; known: ReadonlySet<string> }[] {
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
    if (!known.has(key)) return [{ path: at, known }];
    return unknownKeys(inner, objects.flatMap(({ properties }) => properties![key] ?? []), at); // biome-ignore format: one thought
  });
}

/** The alternatives of a schema; of a union told apart by a constant, those whose constant fits. */
export function branchesOf(one: JsonSchema, value: unknown): JsonSchema[] {
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

/** More are no help in a sentence. */
const mostNamed = 16;

function unknownInWords(key: string, known: ReadonlySet<string>): string {
  const nearest = nearestOf(key, known);
  if (nearest !== null) return `${key} is no setting here; did you mean ${nearest}?`;
  return `${key} is no setting here${known.size > mostNamed ? "." : `: there ${known.size === 1 ? "is" : "are"} ${[...known].join(", ")}.`}`;
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
